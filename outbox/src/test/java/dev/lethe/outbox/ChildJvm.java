package dev.lethe.outbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.json.JsonMapper;

/** A process of its own, which can crash without taking the tests along. Spring reads the settings; others may. */
final class ChildJvm implements AutoCloseable {

    static final String SETTINGS = "SPRING_APPLICATION_JSON";

    /** As {@code kill -9} ends a process. */
    static final int KILLED = 137;

    private final Process process;
    private final Path output;

    ChildJvm(Class<?> main, Map<String, String> settings, String... options) throws IOException {
        output = Files.createTempFile("lethe-child-", ".log");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto"));
        command.addAll(List.of(options));
        String here = System.getProperty("java.class.path");
        command.addAll(List.of("-cp", System.getProperty("surefire.test.class.path", here), main.getName()));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().put(SETTINGS, JsonMapper.shared().writeValueAsString(settings));
        process = builder.start();
    }

    /** How it ended, within a minute. */
    int exitCode() throws InterruptedException {
        if (!process.waitFor(1, TimeUnit.MINUTES)) {
            throw new IllegalStateException("the child process does not end; it said: " + said());
        }
        return process.exitValue();
    }

    /** How it ended, however long that takes. */
    int awaitExit() throws InterruptedException {
        return process.waitFor();
    }

    String said() {
        try {
            return Files.readString(output);
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
