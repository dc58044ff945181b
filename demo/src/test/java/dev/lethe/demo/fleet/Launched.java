package dev.lethe.demo.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lethe.servers.Guard;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/** {@code ./lethe up} as its user runs it: the script, in a shell's environment without JAVA_HOME. */
final class Launched implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final Process process;
    private final Queue<String> lines = new ConcurrentLinkedQueue<>();
    private final Thread reader;

    private Launched(Process process) {
        this.process = process;
        this.reader = Thread.ofPlatform().daemon().start(this::read);
    }

    /**
     * The project as the launcher finds it after a build, so that it does not begin one inside of ours: the same script, with
     * links to what is built.
     */
    static Path project(Path folder) throws IOException {
        Path built = RunningFleet.ROOT;
        if (!Files.exists(built.resolve("demo/target/demo-app.jar"))) {
            throw new IllegalStateException("nothing is built in %s; run './lethe build' first".formatted(built));
        }
        Files.copy(built.resolve("lethe"), folder.resolve("lethe"), StandardCopyOption.COPY_ATTRIBUTES);
        for (String name :
                List.of("pom.xml", "demo", "requests-manager", "cancellation-service", "message-scheduler")) {
            Files.createSymbolicLink(folder.resolve(name), built.resolve(name));
        }
        Path unpacked = Files.createDirectories(built.resolve(".lethe").resolve("services"));
        Path state = Files.createDirectory(folder.resolve(".lethe"));
        Files.createSymbolicLink(state.resolve("services"), unpacked);
        Files.createFile(state.resolve("built"));
        return folder;
    }

    static Launched up(Path project, Object... options) throws IOException {
        var command = new ArrayList<>(List.of(project.resolve("lethe").toString(), "up"));
        for (Object option : options) {
            command.add(option.toString());
        }
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().remove("JAVA_HOME");
        return new Launched(Guard.start(builder));
    }

    private void read() {
        try (BufferedReader out = process.inputReader()) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                lines.add(line);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read what the launcher says", e);
        }
    }

    String said() {
        return String.join("\n", lines);
    }

    void awaitLine(String part) {
        await().atMost(PATIENCE).untilAsserted(() -> {
            if (process.isAlive()) {
                assertThat(said()).contains(part);
            }
        });
        // If it has ended, what it said to the last is still to be read
        await().atMost(Duration.ofSeconds(5))
                .untilAsserted(() -> assertThat(said()).contains(part));
    }

    /** The launcher's process and all below it, as it is now. */
    List<ProcessHandle> processes() {
        var all = new ArrayList<>(process.descendants().toList());
        all.add(process.toHandle());
        return all;
    }

    /** SIGTERM. */
    int terminate() throws InterruptedException {
        // Not the process itself, which would close what it says
        process.toHandle().destroy();
        return awaitExit();
    }

    /** SIGKILL, to the launcher alone. */
    int kill() throws InterruptedException {
        process.toHandle().destroyForcibly();
        return awaitExit();
    }

    int awaitExit() throws InterruptedException {
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new IllegalStateException("it still runs; it said:\n" + said());
        }
        reader.join(Duration.ofSeconds(10));
        return process.exitValue();
    }

    /** The last to go is a small shell that has seen to it that all others did. */
    static void awaitEndOf(List<ProcessHandle> begun) {
        await().atMost(Duration.ofSeconds(10)).until(() -> begun.stream().noneMatch(ProcessHandle::isAlive));
    }

    @Override
    public void close() throws InterruptedException {
        process.toHandle().destroy();
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            kill();
        }
    }
}
