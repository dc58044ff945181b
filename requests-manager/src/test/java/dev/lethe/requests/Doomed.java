package dev.lethe.requests;

import dev.lethe.outbox.CrashPoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An instance in a process of its own, which dies or stops at a {@link CrashPoint}. */
final class Doomed implements AutoCloseable {

    /** As {@code kill -9} ends a process. */
    static final int KILLED = 137;

    private static final long SECONDS = 60;
    private static final Pattern PORT = Pattern.compile("Tomcat started on port (\\d+)");

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
        command.addAll(settings);
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

    boolean isAlive() {
        return process.isAlive();
    }

    boolean isListening() throws IOException {
        return PORT.matcher(said()).find();
    }

    int port() throws IOException {
        Matcher port = PORT.matcher(said());
        if (!port.find()) {
            throw new IllegalStateException("it does not listen yet");
        }
        return Integer.parseInt(port.group(1));
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
