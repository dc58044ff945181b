package dev.lethe.benchmarks.servers;

import dev.lethe.servers.Guard;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** One of our services: the built jar as a process of its own, with nothing configured but its addresses and what is asked for. */
public final class ServiceProcess implements AutoCloseable {

    /** The image's flags, and the heap that it gets in a container of 430 MB; there, too, the JVM chooses the serial collector. */
    public static final List<String> JVM = List.of(
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-Djdk.virtualThreadScheduler.parallelism=16",
            "-XX:+ExitOnOutOfMemoryError",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow");

    private final String service;
    private final Process process;
    private final URI url;
    private final Path log;

    private ServiceProcess(String service, Process process, URI url, Path log) {
        this.service = service;
        this.process = process;
        this.url = url;
        this.log = log;
    }

    /**
     * Returns when the service is ready.
     *
     * @param root where the project is, with its built jars
     * @param service as its module is called, and its broker user
     * @param database is there already
     * @param environment besides the addresses; <code>{url}</code> stands for where the service listens
     * @throws IllegalStateException if it does not become ready; with the end of its log
     */
    public static ServiceProcess start(
            Servers servers, Path root, Path logs, String service, String database, Map<String, String> environment)
            throws IOException, InterruptedException {
        Path log = logs.resolve(database + ".log");
        int port = freePort();
        var url = URI.create("http://127.0.0.1:" + port);
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JVM);
        command.addAll(List.of("-jar", jar(servers, root, service).toString()));
        var builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment()
                .putAll(Map.of(
                        "SERVER_ADDRESS",
                        "127.0.0.1",
                        "SERVER_PORT",
                        String.valueOf(port),
                        "SERVER_TOMCAT_BASEDIR",
                        log.resolveSibling("tomcat-" + database).toString(),
                        "SPRING_DATASOURCE_URL",
                        servers.postgres().jdbcUrl(database),
                        "SPRING_DATASOURCE_USERNAME",
                        servers.postgres().user(),
                        "SPRING_DATASOURCE_PASSWORD",
                        servers.postgres().password(),
                        "SPRING_RABBITMQ_ADDRESSES",
                        servers.rabbit().amqpUrl(),
                        "SPRING_RABBITMQ_USERNAME",
                        service,
                        "SPRING_RABBITMQ_PASSWORD",
                        servers.rabbit().password(service)));
        environment.forEach((name, value) -> builder.environment().put(name, value.replace("{url}", url.toString())));
        var started = new ServiceProcess(service, Guard.start(builder), url, log);
        try {
            started.awaitReady();
            return started;
        } catch (IOException | InterruptedException | RuntimeException e) {
            started.close();
            throw e;
        }
    }

    /** A copy: whoever builds meanwhile must not pull it from under the running process. */
    private static Path jar(Servers servers, Path root, String service) throws IOException {
        Path jar = root.resolve("%s/target/%1$s-app.jar".formatted(service));
        if (!Files.exists(jar)) {
            throw new IllegalStateException(
                    "%s is not there; './lethe bench' builds it".formatted(root.relativize(jar)));
        }
        Path copy = servers.folder().resolve(jar.getFileName());
        if (!Files.exists(copy)) {
            Files.copy(jar, copy);
        }
        return copy;
    }

    private void awaitReady() throws InterruptedException, IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(90);
        URI readiness = url.resolve("/actuator/health/readiness");
        try (HttpClient client = HttpClient.newHttpClient()) {
            while (!answers(client, readiness)) {
                if (!process.isAlive() || System.nanoTime() > end) {
                    throw new IllegalStateException(
                            "%s did not become ready; its log ends:%n%s".formatted(service, endOf(log)));
                }
                process.waitFor(50, TimeUnit.MILLISECONDS);
            }
        }
    }

    private static boolean answers(HttpClient client, URI readiness) throws InterruptedException {
        try {
            var request = HttpRequest.newBuilder(readiness)
                    .timeout(Duration.ofSeconds(2))
                    .build();
            return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    public static String endOf(Path log) throws IOException {
        List<String> lines = Files.exists(log) ? Files.readAllLines(log) : List.of();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 12), lines.size()));
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    public URI url() {
        return url;
    }

    public long pid() {
        return process.pid();
    }

    /** What it said last, for whoever finds it failing. */
    public String endOfLog() throws IOException {
        return endOf(log);
    }

    /** Ends it, as a crash would; nobody needs what it was at. */
    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
