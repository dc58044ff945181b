package dev.lethe.requests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.S3Object;

/** S3Mock in a process of its own: speaks S3 over HTTP, checks no signatures, and keeps one bucket in a folder. */
final class S3Server implements AutoCloseable {

    static final String BUCKET = "privacy-reports";

    private final Process process;
    private final URI endpoint;
    private final S3Client client;

    S3Server(Path folder) throws IOException {
        int port = freePort();
        Path output = folder.resolve("s3.log");
        this.endpoint = URI.create("http://127.0.0.1:" + port);
        this.process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx256m",
                        "-jar",
                        program(),
                        "--server.address=127.0.0.1",
                        "--server.port=" + port,
                        "--server.ssl.enabled=false",
                        "--com.adobe.testing.s3mock.store.initialBuckets=" + BUCKET,
                        "--com.adobe.testing.s3mock.store.root=" + Files.createDirectory(folder.resolve("s3")))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        await("S3Mock, which writes to " + output)
                .atMost(Duration.ofMinutes(3))
                .pollInterval(Duration.ofMillis(200))
                .failFast("it ended", () -> !process.isAlive())
                .until(() -> Files.readString(output, UTF_8).contains("Started S3Mock"));
        this.client = S3Client.builder()
                .httpClientBuilder(Apache5HttpClient.builder())
                .endpointOverride(endpoint)
                .region(Region.US_EAST_1)
                .forcePathStyle(true)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
                .build();
    }

    private static String program() {
        String here = System.getProperty("java.class.path");
        return Arrays.stream(
                        System.getProperty("surefire.test.class.path", here).split(File.pathSeparator))
                .filter(entry -> entry.matches(".*s3mock-.*-exec\\.jar"))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("expected s3mock's executable archive on the class path"));
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    List<String> settings() {
        return List.of(
                "lethe.reports.s3.endpoint=" + endpoint,
                "lethe.reports.s3.bucket=" + BUCKET,
                "lethe.reports.s3.access-key=test",
                "lethe.reports.s3.secret-key=test");
    }

    S3Client client() {
        return client;
    }

    List<String> objects() {
        return client.listObjectsV2(request -> request.bucket(BUCKET)).contents().stream()
                .map(S3Object::key)
                .toList();
    }

    List<String> unfinishedUploads() {
        return client.listMultipartUploads(request -> request.bucket(BUCKET)).uploads().stream()
                .map(MultipartUpload::key)
                .toList();
    }

    @Override
    public void close() {
        client.close();
        process.destroyForcibly().onExit().join();
    }
}
