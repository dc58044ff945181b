package dev.lethe.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Servers that the environment names; here they are private ones of somebody else. */
class GivenServersIT {
    @TempDir
    static Path folder;

    private static LocalServers theirs;
    private static LocalServers given;

    @BeforeAll
    static void theirsRun() {
        theirs = LocalServers.in(folder.resolve("theirs"), BrokerDefinitions.of(List.of(), Set.of(), user -> "theirs"));
        theirs.startAll();
        int management = Ports.pick(port -> true);
        theirs.rabbit()
                .ctl(
                        "eval",
                        "application:set_env(rabbitmq_management, tcp_config, [{ip, \"127.0.0.1\"}, {port, "
                                + management + "}]).");
        theirs.rabbit().script("rabbitmq-plugins", "enable", "rabbitmq_management");
        given = servers(Map.of(
                "LETHE_POSTGRES_URL", theirs.postgres().jdbcUrl("postgres") + "?ApplicationName=given",
                "LETHE_POSTGRES_USER", theirs.postgres().user(),
                "LETHE_POSTGRES_PASSWORD", theirs.postgres().password(),
                "LETHE_REDIS_URL", theirs.redis().url(),
                "LETHE_RABBITMQ_URL", theirs.rabbit().amqpUrl().replace("//", "//admin:theirs@"),
                "LETHE_RABBITMQ_MANAGEMENT_URL", "http://127.0.0.1:" + management));
        given.startAll();
    }

    @AfterAll
    static void closed() {
        theirs.close();
    }

    @Test
    void theyAreUsedInsteadOfPrivateOnes() throws Exception {
        given.postgres().createDatabase("here");

        assertThat(PostgresServerIT.ask(theirs.postgres(), "here", "select 1")).isEqualTo("1");
        assertThat(given.postgres().jdbcUrl("here"))
                .isEqualTo(theirs.postgres().jdbcUrl("here") + "?ApplicationName=given");
        assertThat(given.redis().port()).isEqualTo(theirs.redis().port());
        assertThat(given.rabbit().amqpUrl()).isEqualTo(theirs.rabbit().amqpUrl());
        assertThat(folder.resolve("given")).doesNotExist();
    }

    @Test
    void theBrokerHasBeenToldOurUsersAndKeepsItsAdministrator() throws Exception {
        assertThat(given.rabbit().password("admin")).isEqualTo("theirs");
        assertThat(given.rabbit().password("billing")).isEqualTo("ours");
        RabbitServerIT.connect(given.rabbit(), "billing").close();
        RabbitServerIT.connect(given.rabbit(), "admin").close();
    }

    @Test
    void theyCannotBeHurtFromHere() {
        for (Server server : given.all()) {
            for (Runnable harm : List.<Runnable>of(server::stop, server::kill, server::pause, server::resume)) {
                assertThatThrownBy(harm::run)
                        .isInstanceOf(UnsupportedOperationException.class)
                        .hasMessageContaining("LETHE_" + server.name().toUpperCase(java.util.Locale.ROOT) + "_URL");
            }
            server.close();
            assertThat(server.pid()).isEqualTo(-1);
            assertThat(server.isRunning()).isTrue();
        }
    }

    @Test
    void oneThatDoesNotAnswerIsNamedWithoutItsPassword() {
        int nobody = Ports.pick(port -> true);
        LocalServers absent = servers(Map.of("LETHE_REDIS_URL", "redis://user:hunter2@127.0.0.1:" + nobody));

        assertThat(absent.redis().isRunning()).isFalse();
        assertThatThrownBy(() -> absent.redis().start())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("redis at 127.0.0.1 (LETHE_REDIS_URL) cannot be used: no answer within 10 s")
                .hasMessageContaining("unset it")
                .hasMessageNotContaining("hunter2");
    }

    @Test
    void halfAnAddressIsRefused() {
        assertThatThrownBy(() -> servers(Map.of("LETHE_POSTGRES_URL", "jdbc:postgresql://host/postgres")))
                .hasMessageContaining("LETHE_POSTGRES_USER");
        assertThatThrownBy(() -> servers(Map.of("LETHE_RABBITMQ_URL", "amqp://u:p@host")))
                .hasMessageContaining("LETHE_RABBITMQ_MANAGEMENT_URL");
        assertThatThrownBy(() -> servers(Map.of(
                        "LETHE_RABBITMQ_URL", "amqp://u:p@host/x", "LETHE_RABBITMQ_MANAGEMENT_URL", "http://host")))
                .hasMessageContaining("virtual host");
    }

    private static LocalServers servers(Map<String, String> environment) {
        return new LocalServers(
                folder.resolve("given"),
                BrokerDefinitions.of(List.of("billing"), Set.of(), user -> "ours"),
                environment,
                false);
    }
}
