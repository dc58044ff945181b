package dev.lethe.requests;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lethe.requests.access.storage.FinishedReport;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * An instance in a process of its own, which may crash. It writes a report of so many bytes for a claimed request, registers it,
 * reads it, and ends; without a request it does what instances do by themselves, until it is ended.
 */
final class StorageProcess implements AutoCloseable {

    /** As {@code kill -9} ends a process. */
    static final int KILLED = 137;

    private final Process process;
    private final Path output;

    /** @param settings of Spring, as on the command line */
    StorageProcess(List<String> settings, String request, long bytes, String... options) throws IOException {
        output = Files.createTempFile("lethe-storage-", ".log");
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-Xshare:auto"));
        command.addAll(List.of(options));
        String here = System.getProperty("java.class.path");
        command.addAll(List.of(
                "-cp",
                System.getProperty("surefire.test.class.path", here),
                getClass().getName()));
        command.addAll(List.of(request, Long.toString(bytes)));
        command.addAll(settings);
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
    }

    public static void main(String[] arguments) throws Exception {
        String request = arguments[0];
        long bytes = Long.parseLong(arguments[1]);
        String[] settings = List.of(arguments).subList(2, arguments.length).toArray(String[]::new);
        var instance = new SpringApplicationBuilder(RequestsManager.class).run(settings);
        if (request.equals("none")) {
            Thread.currentThread().join();
        }
        var vault = new Vault(instance);
        UUID id = request.equals("new") ? Vault.claimed(instance.getBean(JdbcClient.class)) : UUID.fromString(request);
        FinishedReport report = vault.reports().write(id, 1, out -> {
            byte[] block = Vault.noise(Vault.MIB);
            for (long written = 0; written < bytes; written += block.length) {
                out.write(block, 0, (int) Math.min(block.length, bytes - written));
            }
        });
        vault.register(report, Duration.ofDays(7));
        long read = 0;
        try (InputStream in = vault.begin(vault.request(report.token())).body()) {
            var buffer = new byte[Vault.MIB];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                read += n;
            }
        }
        System.out.println("read " + read);
        System.exit(SpringApplication.exit(instance));
    }

    int exitCode() throws InterruptedException {
        if (!process.waitFor(5, TimeUnit.MINUTES)) {
            throw new IllegalStateException("the process does not end; it said: " + said());
        }
        return process.exitValue();
    }

    String said() {
        try {
            return Files.readString(output, UTF_8);
        } catch (IOException e) {
            return "nothing that can be read: " + e.getMessage();
        }
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly().onExit().join();
        Files.deleteIfExists(output);
    }
}
