package dev.lethe.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalServersIT {
    @TempDir
    Path folder;

    @Test
    void twoFoldersStandSideBySide() throws Exception {
        List<String> lines = Collections.synchronizedList(new ArrayList<>());
        try (LocalServers one = servers("one");
                LocalServers two = servers("two")) {
            one.startAll(lines::add);
            two.startAll(lines::add);

            assertThat(List.of(
                            one.postgres().port(),
                            two.postgres().port(),
                            one.redis().port(),
                            two.redis().port(),
                            one.rabbit().port(),
                            two.rabbit().port()))
                    .doesNotHaveDuplicates();
            one.rabbit().ctl("add_user", "guest", "guest");
            assertThat(two.rabbit().ctl("list_users")).doesNotContain("guest");
            assertThat(lines).hasSize(6).allMatch(line -> line.matches("\\w+ +ready on port \\d+ after \\d+\\.\\d s"));
            one.close();
            assertThat(one.all()).noneMatch(Server::isRunning);
            assertThat(two.all()).allMatch(Server::isRunning);
        }
    }

    @Test
    void theSameFolderAgainHasTheSameAddressesPasswordsAndData() throws Exception {
        int port;
        String password;
        try (LocalServers first = servers("same")) {
            first.postgres().start();
            first.postgres().createDatabase("kept");
            port = first.postgres().port();
            password = first.postgres().password();
        }

        try (LocalServers again = servers("same")) {
            again.postgres().start();
            assertThat(again.postgres().port()).isEqualTo(port);
            assertThat(again.postgres().password()).isEqualTo(password);
            assertThat(PostgresServerIT.ask(again.postgres(), "kept", "select 1"))
                    .isEqualTo("1");
        }
    }

    @Test
    void aFolderBelongsToOneAtATime() {
        try (LocalServers first = servers("same");
                LocalServers second = servers("same")) {
            first.redis().start();

            assertThatThrownBy(() -> second.redis().start())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(
                            "belong to process " + ProcessHandle.current().pid());
            first.close();
            second.redis().start();
        }
    }

    @Test
    void aPortThatWasTakenMeanwhileIsReplaced() throws Exception {
        try (LocalServers servers = servers("taken");
                ServerSocket taken = listenOn(servers.redis().port())) {
            servers.redis().start();

            assertThat(servers.redis().port()).isNotEqualTo(taken.getLocalPort());
        }
    }

    @Test
    void aPortThatClientsKnowIsNeverReplaced() throws Exception {
        try (LocalServers servers = servers("known")) {
            servers.redis().start();
            servers.redis().kill();
            try (ServerSocket taken = listenOn(servers.redis().port())) {
                assertThatThrownBy(() -> servers.redis().start())
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("port " + taken.getLocalPort())
                        .hasMessageContaining("taken by another program");
            }
            servers.redis().start();
        }
    }

    @Test
    void aServerThatCannotStartSaysWhyAndWhatToDo() throws Exception {
        try (LocalServers servers = servers("broken")) {
            servers.postgres().start();
            servers.postgres().stop();
            Files.writeString(
                    folder.resolve("broken/postgres/data/postgresql.conf"),
                    "\nno_such_setting = 1\n",
                    StandardOpenOption.APPEND);

            assertThatThrownBy(() -> servers.postgres().start())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("postgres did not start: it ended with exit code 1")
                    .hasMessageContaining("unrecognized configuration parameter \"no_such_setting\"")
                    .hasMessageContaining("delete " + folder.resolve("broken/postgres"))
                    .hasMessageContaining("LETHE_POSTGRES_URL");
            assertThat(servers.postgres().isRunning()).isFalse();
        }
    }

    @Test
    void aFailureOfOneIsToldAndTheOthersStand() throws Exception {
        try (LocalServers servers = servers("one-fails")) {
            Files.createDirectories(folder.resolve("one-fails"));
            Files.writeString(folder.resolve("one-fails/redis"), "a file where the folder should be");

            assertThatThrownBy(servers::startAll)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("redis did not start");
            assertThat(servers.postgres().isRunning()).isTrue();
            assertThat(servers.rabbit().isRunning()).isTrue();
        }
    }

    private LocalServers servers(String name) {
        Path below = folder.resolve(name);
        return LocalServers.in(
                below, BrokerDefinitions.of(List.of("billing"), Set.of(), LocalServers.passwords(below)));
    }

    private static ServerSocket listenOn(int port) throws Exception {
        return new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
    }
}
