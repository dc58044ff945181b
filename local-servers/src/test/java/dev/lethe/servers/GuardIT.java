package dev.lethe.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ends JVMs in every way there is and looks for what they leave. */
class GuardIT {
    @TempDir
    Path folder;

    private Process jvm;

    @AfterEach
    void ended() {
        jvm.destroyForcibly();
    }

    @Test
    void aJvmThatIsKilledLeavesNoServerBehindNotEvenAPausedOneNorItsFolder() throws Exception {
        begin("shared");
        awaitLine("up");
        Set<ProcessHandle> all = processes();
        assertThat(all)
                .as("JVM, guard, postgres, redis, epmd, beam and their children")
                .hasSizeGreaterThan(10);

        jvm.destroyForcibly().waitFor();

        awaitEnd(all);
        await().untilAsserted(
                        () -> assertThat(folder.resolve("tmp").toFile().list()).isEmpty());
    }

    @Test
    void ctrlCStopsTheServersCleanlyAfterWhatDependsOnThem() throws Exception {
        begin("folder", folder.resolve("servers").toString());
        awaitLine("up");
        Set<ProcessHandle> all = processes();

        // What a terminal does: to the whole group, of which none but the JVM must be a member.
        new ProcessBuilder("sh", "-c", "kill -s INT -- -" + jvm.pid()).start().waitFor();

        awaitLine("closed first, servers up: 3");
        assertThat(jvm.waitFor()).isEqualTo(128 + 2);
        awaitEnd(all);
        assertThat(folder.resolve("servers/postgres/postgres.log")).content().contains("database system is shut down");
        assertThat(folder.resolve("servers/redis/redis.log")).content().contains("Redis is now ready to exit");
        assertThat(folder.resolve("servers/rabbitmq/rabbitmq.log"))
                .content()
                .contains("SIGTERM received - shutting down");
    }

    @Test
    void aJvmThatIsEndedWhileItStartsServersLeavesNone() throws Exception {
        begin("folder", folder.resolve("servers").toString());
        await().atMost(Duration.ofSeconds(30)).until(() -> Files.exists(folder.resolve("servers/rabbitmq/pids")));
        Set<ProcessHandle> all = processes();

        jvm.destroy();

        jvm.waitFor();
        awaitEnd(all);
    }

    @Test
    void aFolderIsTheOtherJvmsUntilThatIsKilled() throws Exception {
        Path theirs = folder.resolve("servers");
        begin("redis", theirs.toString());
        awaitLine("up");
        try (LocalServers ours =
                LocalServers.in(theirs, BrokerDefinitions.of(List.of(), Set.of(), LocalServers.passwords(theirs)))) {
            assertThatThrownBy(() -> ours.redis().start())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("belong to process " + jvm.pid());
            int port = ours.redis().port();

            jvm.destroyForcibly().waitFor();
            ours.redis().start();

            assertThat(ours.redis().isRunning()).isTrue();
            assertThat(ours.redis().port()).isEqualTo(port);
        }
    }

    @Test
    void aWatchedProcessEndsWithItsChildren() throws Exception {
        begin("process");
        awaitLine("up");
        Set<ProcessHandle> all = processes();
        assertThat(all).hasSize(5);

        jvm.destroyForcibly();

        awaitEnd(all);
    }

    private void begin(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                "setsid",
                // Whoever runs the tests in the background has it ignored, and children inherit that
                "env",
                "--default-signal=INT",
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Djava.io.tmpdir=" + Files.createDirectory(folder.resolve("tmp")),
                "-cp",
                System.getProperty("java.class.path"),
                Victim.class.getName()));
        command.addAll(List.of(arguments));
        // PostgreSQL, as another user, must be able to pass.
        folder.toFile().setExecutable(true, false);
        jvm = new ProcessBuilder(command)
                .redirectError(folder.resolve("errors").toFile())
                .start();
    }

    private void awaitLine(String wanted) throws IOException {
        BufferedReader lines = jvm.inputReader();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.equals(wanted)) {
                return;
            }
        }
        throw new AssertionError("the JVM ended without saying: " + wanted);
    }

    private Set<ProcessHandle> processes() {
        return ProcessTree.all(List.of(jvm.toHandle()));
    }

    private static void awaitEnd(Set<ProcessHandle> processes) {
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(ProcessTree.all(processes)).isEmpty());
    }
}
