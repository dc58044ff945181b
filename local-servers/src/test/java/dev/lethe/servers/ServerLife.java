package dev.lethe.servers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** What every server must stand, whichever it is. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ServerLife {
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    static Path folder;

    private LocalServers servers;

    abstract Server server(LocalServers servers);

    abstract String program();

    /** Stores this where it must outlive the process. */
    abstract void write(LocalServers servers, String value) throws Exception;

    abstract String read(LocalServers servers) throws Exception;

    @BeforeEach
    void started() {
        if (servers == null) {
            servers = LocalServers.in(
                    folder.resolve(program()),
                    BrokerDefinitions.of(List.of("billing"), Set.of(), LocalServers.passwords(folder)));
        }
        server().start();
    }

    @AfterAll
    void closed() {
        servers.close();
    }

    private Server server() {
        return server(servers);
    }

    @Test
    void itsPidIsTheServerItselfWithASessionOfItsOwn() throws Exception {
        String stat = Files.readString(Path.of("/proc/" + server().pid() + "/stat"), UTF_8);
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");

        assertThat(stat).contains("(" + program() + ")");
        assertThat(Long.parseLong(fields[3])).as("session").isEqualTo(server().pid());
    }

    @Test
    void startingItTwiceChangesNothing() {
        long pid = server().pid();

        server().start();

        assertThat(server().pid()).isEqualTo(pid);
    }

    @Test
    void aKilledServerIsGoneAtOnceAndHasItsDataWhenStartedAgain() throws Exception {
        write(servers, "before the kill");
        Set<ProcessHandle> all = ProcessTree.all(List.of(handle()));

        server().kill();

        assertThat(server().isRunning()).isFalse();
        assertThat(server().pid()).isEqualTo(-1);
        assertThat(ProcessTree.all(all)).isEmpty();
        server().start();
        assertThat(read(servers)).isEqualTo("before the kill");
    }

    @Test
    void aRestartedServerIsAnotherProcessWithTheSameData() throws Exception {
        write(servers, "before the restart");
        long pid = server().pid();

        server().restart();

        assertThat(server().pid()).isNotEqualTo(pid);
        assertThat(read(servers)).isEqualTo("before the restart");
    }

    @Test
    void aServerThatCrashedIsSeenToBeDownAndStartsAgain() throws Exception {
        write(servers, "before the crash");
        handle().destroyForcibly();
        await().until(() -> !server().isRunning());

        server().start();

        assertThat(read(servers)).isEqualTo("before the crash");
    }

    @Test
    void aPausedServerAnswersWhenItIsResumedAndNotBefore() throws Exception {
        write(servers, "before the pause");
        server().pause();

        CompletableFuture<String> answer = CompletableFuture.supplyAsync(() -> {
            try {
                return read(servers);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        assertThat(server().isRunning()).isTrue();
        assertThat(answer).failsWithin(1, TimeUnit.SECONDS);
        server().resume();

        assertThat(answer).succeedsWithin(20, TimeUnit.SECONDS).isEqualTo("before the pause");
    }

    @Test
    void aPausedServerCanBeStoppedAndKilledAndStarted() {
        long pid = server().pid();
        server().pause();
        server().start();
        assertThat(server().pid()).isEqualTo(pid);

        server().pause();
        server().stop();
        assertThat(server().isRunning()).isFalse();
        server().start();

        server().pause();
        server().kill();
        assertThat(server().isRunning()).isFalse();
        server().start();
    }

    private ProcessHandle handle() {
        return ProcessHandle.of(server().pid()).orElseThrow();
    }
}
