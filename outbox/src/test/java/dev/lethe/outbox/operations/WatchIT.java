package dev.lethe.outbox.operations;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.outbox.Database;
import dev.lethe.outbox.Engine;
import dev.lethe.outbox.Eventually;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.OffsetDateTime;
import java.util.Properties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What is told of an engine that cannot send, because somebody else has its lane: everything stays as the test puts it. */
@ExtendWith(OutputCaptureExtension.class)
class WatchIT {

    private static final String MESSAGES = """
            insert into message (due_at, exchange, routing_key, properties, body)
            select now() + interval '%s', 'exchange', 'key', '', convert_to(repeat('x', 300), 'UTF8')
              from generate_series(1, %d)
            """;

    private static Database database;
    private static Connection laneOwner;
    private static Engine engine;

    @BeforeAll
    static void anEngineThatStandsBy() throws Exception {
        database = Database.fresh("watch_it");
        laneOwner = session("another instance");
        try (Statement statement = laneOwner.createStatement()) {
            statement.execute("select pg_advisory_lock(hashtext('lethe.outbox'), 0)");
        }
        engine = Engine.on(
                database,
                "lethe.outbox.watch.every=50ms",
                "lethe.outbox.watch.pinned-after=200ms",
                "lethe.outbox.watch.behind-after=1s");
    }

    @AfterAll
    static void engineStops() throws SQLException {
        engine.close();
        laneOwner.close();
    }

    @AfterEach
    void empty() {
        database.clear();
    }

    @Test
    void gaugesTellWhatWaitsAndForHowLong() {
        database.execute(MESSAGES.formatted("1 hour", 3));
        database.execute(MESSAGES.formatted("-5 seconds", 2));
        database.execute("""
                insert into undeliverable (id, exchange, routing_key, properties, body) values (-1, 'exchange', 'key', '', '')
                """);

        Eventually.untilAsserted(() -> {
            assertThat(gauge("lethe.outbox.pending")).isEqualTo(5);
            assertThat(gauge("lethe.outbox.overdue")).isEqualTo(2);
            assertThat(gauge("lethe.outbox.overdue.oldest")).isBetween(5.0, 20.0);
            assertThat(gauge("lethe.outbox.undeliverable")).isEqualTo(1);
        });

        database.clear();
        Eventually.untilAsserted(() -> {
            assertThat(gauge("lethe.outbox.pending")).isZero();
            assertThat(gauge("lethe.outbox.overdue")).isZero();
            assertThat(gauge("lethe.outbox.overdue.oldest")).isZero();
            assertThat(gauge("lethe.outbox.undeliverable")).isZero();
        });
    }

    @Test
    void theHealthSaysBehindWhenSomethingIsTooLateAndUpAgainAfterwards() {
        database.execute(MESSAGES.formatted("0 seconds", 1));
        Eventually.until(() -> gauge("lethe.outbox.overdue") == 1);
        assertThat(health().getStatus()).isEqualTo(Status.UP);

        Eventually.until(() -> health().getStatus().equals(OutboxHealth.BEHIND));
        assertThat(health().getDetails()).containsEntry("overdue", 1);
        assertThat((Double) health().getDetails().get("oldest_overdue_seconds")).isBetween(1.0, 10.0);

        database.clear();
        Eventually.until(() -> health().getStatus().equals(Status.UP));
    }

    @Test
    void whoKeepsTheDatabaseFromVacuumingIsNamedUntilHeLetsGo(CapturedOutput log) throws Exception {
        try (Connection report = session("night-report")) {
            report.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            report.setAutoCommit(false);
            query(report, "select count(*) from message");
            // Others come and go, and hold the same horizon while they do
            database.execute(MESSAGES.formatted("1 hour", 1));

            Eventually.untilAsserted(
                    () -> assertThat(pinnedBy("session", "night-report")).isNotNull());
            Eventually.untilAsserted(() ->
                    assertThat(pinnedBy("session", "night-report").value()).isGreaterThan(0.3));
            Eventually.until(() -> log.getAll().contains("vacuum-pinned"));
            query(report, "select count(*) from message");
            report.rollback();

            Eventually.untilAsserted(
                    () -> assertThat(pinnedBy("session", "night-report")).isNull());
            assertThat(log.getAll().lines().filter(line -> line.contains("vacuum-pinned")))
                    .singleElement()
                    .asString()
                    .contains("session 'night-report' has kept the database", "user=\"" + Database.SERVER.user());
        }
    }

    @Test
    void aWriterThatWasForgottenIsNamedAndNotThoseWhoReadMeanwhile() throws Exception {
        try (Connection reader = session("reader");
                Connection writer = session("forgotten")) {
            writer.setAutoCommit(false);
            try (Statement statement = writer.createStatement()) {
                statement.execute("create temporary table t (n int)");
            }
            reader.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            reader.setAutoCommit(false);
            query(reader, "select count(*) from message");

            Eventually.untilAsserted(
                    () -> assertThat(pinnedBy("session", "forgotten")).isNotNull());
            assertThat(pinnedBy("session", "reader")).isNull();
        }
    }

    @Test
    void withoutTheRightToSeeOthersTheyAreStillNamed() throws Exception {
        database.execute("drop role if exists watch_it_plain");
        database.execute("create role watch_it_plain login password 'plain'");
        var plain = JdbcClient.create(
                new DriverManagerDataSource(Database.SERVER.jdbcUrl(database.name()), "watch_it_plain", "plain"));
        try (Connection report = session("night-report")) {
            report.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            report.setAutoCommit(false);
            query(report, "select count(*) from message");

            VacuumPin pin = VacuumPin.furthest(plain).orElseThrow();

            assertThat(pin.name()).isEqualTo("night-report");
            assertThat(pin.kind()).isEqualTo("session");
            assertThat(pin.user()).isEqualTo(Database.SERVER.user());
            assertThat(pin.seconds()).isNull();
        } finally {
            database.execute("drop role watch_it_plain");
        }
    }

    /** Half a minute of a busy service, all of it sent, and none of it gone for good: somebody holds the horizon. */
    @Test
    void aLookReadsNeitherTheDeadNorTheFuture() throws Exception {
        try (Connection report = session("night-report")) {
            database.execute(MESSAGES.formatted("1 day", 50_000));
            database.execute(MESSAGES.formatted("-30 seconds", 50_000));
            report.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            report.setAutoCommit(false);
            query(report, "select count(*) from undeliverable");
            database.execute("delete from message where due_at < now()");
            database.execute("vacuum analyze message");
            database.execute(MESSAGES.formatted("0 seconds", 7));

            JsonNode plan = explain(OffsetDateTime.now().minusSeconds(10));
            Backlog backlog =
                    Backlog.read(database.jdbc(), 1, OffsetDateTime.now().minusSeconds(10));

            assertThat(plan.get("Shared Hit Blocks").asInt()
                            + plan.get("Shared Read Blocks").asInt())
                    .isLessThan(40);
            assertThat(backlog.overdue()).isEqualTo(7);
            assertThat(backlog.pending()).isBetween(49_000L, 51_000L);
            assertThat(Backlog.readAll(database.jdbc(), 1).overdue()).isEqualTo(7);
        }
    }

    @Test
    void whatLiesInAShardThatThereIsNoMoreIsSeen() {
        database.execute(MESSAGES.formatted("-1 minute", 1));
        database.execute("update message set shard = 5");

        assertThat(Backlog.readAll(database.jdbc(), 2).overdue()).isEqualTo(1);
    }

    private static JsonNode explain(OffsetDateTime floor) throws SQLException {
        String sql = Backlog.OVERDUE
                .replace(":shards", "1")
                .replace(":floor", "timestamptz '%s'".formatted(floor))
                .replace(":limit", "10000");
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("explain (analyze, buffers, format json) " + sql)) {
            row.next();
            return JsonMapper.shared().readTree(row.getString(1)).get(0).get("Plan");
        }
    }

    private static Health health() {
        return engine.get(OutboxHealth.class).health();
    }

    private static double gauge(String name) {
        return engine.get(MeterRegistry.class).get(name).gauge().value();
    }

    private static Gauge pinnedBy(String kind, String name) {
        return engine.get(MeterRegistry.class)
                .find("lethe.outbox.vacuum.pinned")
                .tag("kind", kind)
                .tag("name", name)
                .gauge();
    }

    private static void query(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.executeQuery(sql).close();
        }
    }

    private static Connection session(String name) throws SQLException {
        var properties = new Properties();
        properties.setProperty("user", Database.SERVER.user());
        properties.setProperty("password", Database.SERVER.password());
        properties.setProperty("ApplicationName", name);
        return DriverManager.getConnection(Database.SERVER.jdbcUrl(database.name()), properties);
    }
}
