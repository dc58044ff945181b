package dev.lethe.requests;

import dev.lethe.outbox.CrashPoint;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** An instance in a process of its own, which dies or stops at a {@link CrashPoint}. */
final class Doomed implements AutoCloseable {

    /** As {@code kill -9} ends a process. */
    static final int KILLED = 137;

    private static final long SECONDS = 60;

    /** What a {@link CrashPoint} says before it stops the process. */
    private static final String STOPPING = "stopping at ";

    private final int port;
    private final Process process;
    private final Path output;

    Doomed(List<String> settings, String option) throws IOException {
        this.output = Files.createTempFile("lethe-doomed-", ".log");
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xshare:auto",
                "--enable-native-access=ALL-UNNAMED",
                "-Djdk.virtualThreadScheduler.parallelism=16",
                option,
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                RequestsManager.class.getName()));
        settings.stream()
                .filter(setting -> !setting.startsWith("--server.port="))
                .forEach(command::add);
        this.port = freePort();
        command.add("--server.port=" + port);
        this.process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
    }

    int awaitExit() throws InterruptedException, IOException {
        if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("it has not died within %d s; it said: %s".formatted(SECONDS, said()));
        }
        return process.exitValue();
    }

    boolean isStopped() throws IOException {
        String state = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
        return state.substring(state.lastIndexOf(')') + 2).startsWith("T");
    }

    void goOn() throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-CONT", Long.toString(process.pid()))
                .start()
                .waitFor();
    }

    /** Where it has stopped so far. */
    List<String> stops() throws IOException {
        return said().lines()
                .filter(line -> line.startsWith(STOPPING))
                .map(line -> line.substring(STOPPING.length()))
                .toList();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    boolean isListening() {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }

    int port() {
        return port;
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    String said() throws IOException {
        return Files.readString(output);
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly().onExit().join();
        Files.deleteIfExists(output);
    }
}
