package dev.lethe.scheduler.faults;

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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One process of message-scheduler, from the packaged jar, with a wire of its own to each server. */
final class Instance implements AutoCloseable {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    final String name;
    final TcpProxy database;
    final TcpProxy broker;

    private final Path log;
    private @Nullable Process process;
    private int port;

    Instance(String name, TcpProxy database, TcpProxy broker, Path folder) {
        this.name = name;
        this.database = database;
        this.broker = broker;
        this.log = folder.resolve(name + ".log");
    }

    void launch(Map<String, String> settings, Map<String, String> environment) throws IOException {
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-Djdk.virtualThreadScheduler.parallelism=16",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-jar",
                Jar.unpacked().toString(),
                "--server.port=" + port));
        settings.forEach((key, value) -> command.add("--" + key + "=" + value));
        var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        process = Guard.start(builder);
    }

    void awaitReady() {
        Eventually.until(() -> {
            if (!running().isAlive()) {
                throw new IllegalStateException("%s ended while it started; it said:%n%s".formatted(name, said()));
            }
            return answers();
        });
    }

    private boolean answers() throws InterruptedException {
        try {
            HttpRequest probe = HttpRequest.newBuilder(
                            URI.create("http://127.0.0.1:%d/actuator/health/readiness".formatted(port)))
                    .build();
            return HTTP.send(probe, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    String said() throws IOException {
        List<String> lines = Files.readAllLines(log);
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
    }

    boolean isRunning() {
        return process != null && process.isAlive();
    }

    private Process running() {
        if (process == null) {
            throw new IllegalStateException(name + " was never started");
        }
        return process;
    }

    /** SIGKILL; returns when it is gone. */
    void kill() {
        running().destroyForcibly().onExit().join();
    }

    /** SIGTERM; returns when it has ended. */
    void terminate() {
        running().toHandle().destroy();
        running().onExit().join();
    }

    void pause() throws Exception {
        signal("STOP");
    }

    void resume() throws Exception {
        signal("CONT");
    }

    private void signal(String signal) throws IOException, InterruptedException {
        var command = new ProcessBuilder(
                "/bin/sh", "-c", "kill -s %s %d".formatted(signal, running().pid()));
        if (command.start().waitFor() != 0) {
            throw new IllegalStateException(
                    "no signal %s to %s, which %s".formatted(signal, name, isRunning() ? "runs" : "does not run"));
        }
    }

    @Override
    public void close() throws IOException {
        if (isRunning()) {
            kill();
        }
        database.close();
        broker.close();
    }
}
