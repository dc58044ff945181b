package dev.lethe.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostgresServerIT extends ServerLife {
    private static final String DATABASE = "life";

    @Override
    Server server(LocalServers servers) {
        return servers.postgres();
    }

    @Override
    String program() {
        return "postgres";
    }

    @Override
    void write(LocalServers servers, String value) throws SQLException {
        servers.postgres().createDatabase(DATABASE);
        try (Connection connection = connect(servers.postgres(), DATABASE);
                Statement statement = connection.createStatement()) {
            statement.execute("create table if not exists kept (value text)");
            statement.execute("truncate kept");
            statement.execute("insert into kept values ('" + value + "')");
        }
    }

    @Override
    String read(LocalServers servers) throws SQLException {
        return ask(servers.postgres(), DATABASE, "select value from kept");
    }

    @Test
    void itIsPostgres18InUtf8WithRoomForTheFleet() throws SQLException {
        PostgresServer postgres = LocalServers.shared().postgres();

        assertThat(ask(postgres, "postgres", "show server_version")).startsWith("18.");
        assertThat(ask(postgres, "postgres", "show server_encoding")).isEqualTo("UTF8");
        assertThat(ask(postgres, "postgres", "show max_connections")).isEqualTo("200");
    }

    @Test
    void onlyTheOneForTestsDoesNotWaitForTheDisk(@TempDir Path elsewhere) throws SQLException {
        assertThat(ask(LocalServers.shared().postgres(), "postgres", "show fsync"))
                .isEqualTo("off");
        try (LocalServers durable = LocalServers.in(
                elsewhere, BrokerDefinitions.of(List.of(), Set.of(), LocalServers.passwords(elsewhere)))) {
            durable.postgres().start();
            assertThat(ask(durable.postgres(), "postgres", "show fsync")).isEqualTo("on");
        }
    }

    @Test
    void aDatabaseIsCreatedOnceHoweverManyAskForIt() throws SQLException {
        PostgresServer postgres = LocalServers.shared().postgres();

        CompletableFuture.allOf(IntStream.range(0, 4)
                        .mapToObj(i -> CompletableFuture.runAsync(() -> postgres.createDatabase("wanted")))
                        .toArray(CompletableFuture[]::new))
                .join();

        assertThat(ask(postgres, "wanted", "select current_database()")).isEqualTo("wanted");
        try (Connection connected = connect(postgres, "wanted")) {
            postgres.dropDatabase("wanted");
            postgres.dropDatabase("wanted");
            assertThat(connected.isValid(5)).isFalse();
        }
        assertThat(ask(postgres, "postgres", "select count(*) from pg_database where datname = 'wanted'"))
                .isEqualTo("0");
    }

    @Test
    void nobodyEntersWithoutThePassword() {
        PostgresServer postgres = LocalServers.shared().postgres();

        assertThatThrownBy(() -> DriverManager.getConnection(postgres.jdbcUrl("postgres"), postgres.user(), "guessed"))
                .hasMessageContaining("password authentication failed");
    }

    @Test
    void aDatabaseNameThatIsMoreThanANameIsRefused() {
        PostgresServer postgres = LocalServers.shared().postgres();

        assertThatThrownBy(() -> postgres.createDatabase("x; drop database y"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must match");
    }

    static String ask(PostgresServer postgres, String database, String sql) throws SQLException {
        try (Connection connection = connect(postgres, database);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            return rows.next() ? rows.getString(1) : "";
        }
    }

    private static Connection connect(PostgresServer postgres, String database) throws SQLException {
        return DriverManager.getConnection(postgres.jdbcUrl(database), postgres.user(), postgres.password());
    }
}
