package dev.lethe.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The statement that every instance runs ten times a second must not read what is not due yet. */
class PlanIT {

    private static Database database;

    @BeforeAll
    static void aHundredThousandMessagesInTheFuture() {
        database = Database.fresh("plan_it");
        new ResourceDatabasePopulator(new ClassPathResource("db/outbox/V0_1__messages.sql"))
                .execute(database.dataSource());
        database.execute("""
                insert into message (due_at, exchange, routing_key, properties, body)
                select now() + interval '1 hour' + n * interval '1 second', 'exchange', 'key', '', convert_to(repeat('x', 300), 'UTF8')
                  from generate_series(1, 100000) n
                """);
        database.execute("vacuum analyze message");
    }

    @ParameterizedTest
    @ValueSource(strings = {"force_custom_plan", "force_generic_plan"})
    void aClaimThatFindsNothingDueReadsAHandfulOfPages(String planMode) throws SQLException {
        JsonNode plan = explain(planMode);

        JsonNode scan = find(plan, "Index Name", "message_due");
        assertThat(scan.get("Node Type").asString()).isEqualTo("Index Scan");
        assertThat(scan.get("Index Cond").asString())
                .contains("shard =")
                .contains("due_at >=")
                .contains("due_at <=");
        assertThat(scan.has("Filter")).isFalse();
        assertThat(plan.get("Shared Hit Blocks").asInt()
                        + plan.get("Shared Read Blocks").asInt())
                .isLessThan(20);
    }

    /** Anybody may schedule large messages for the same second; a batch of 500 of them would not fit into memory. */
    @Test
    void aBatchOfLargeMessagesIsAFewOfThem() throws SQLException {
        try (Connection connection = database.dataSource().getConnection()) {
            connection.setAutoCommit(false);
            insertDue(connection, 20, 1024 * 1024);

            List<StoredMessage> batch = claim(connection);

            assertThat(batch).hasSize(8);
            assertThat(batch).extracting(StoredMessage::id).isSorted();
            assertThat(claim(connection)).hasSize(8);
            assertThat(claim(connection)).hasSize(4);
            insertDue(connection, 2, 10 * 1024 * 1024);
            assertThat(claim(connection)).hasSize(1);
            connection.rollback();
        }
    }

    private static void insertDue(Connection connection, int number, int bytes) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "insert into message (exchange, routing_key, properties, body) values ('exchange', 'key', ?, ?)")) {
            insert.setBytes(1, PropertiesCodec.encode(new AMQP.BasicProperties()));
            insert.setBytes(2, new byte[bytes - PropertiesCodec.encode(new AMQP.BasicProperties()).length]);
            for (int i = 0; i < number; i++) {
                insert.executeUpdate();
            }
        }
    }

    private static List<StoredMessage> claim(Connection connection) throws SQLException {
        return MessageTable.claim(connection, 0, null, Duration.ZERO, 500);
    }

    private static JsonNode explain(String planMode) throws SQLException {
        String claim = MessageTable.CLAIM;
        for (int parameter = 1; claim.contains("?"); parameter++) {
            claim = claim.replaceFirst("\\?", "\\$" + parameter);
        }
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("set plan_cache_mode = " + planMode);
            statement.execute("prepare claim(int, timestamptz, bigint, int) as " + claim);
            try (ResultSet row = statement.executeQuery(
                    "explain (analyze, buffers, format json) execute claim(0, '-infinity', 100, 500)")) {
                row.next();
                return JsonMapper.shared().readTree(row.getString(1)).get(0).get("Plan");
            }
        }
    }

    private static JsonNode find(JsonNode plan, String field, String value) {
        return plan.findParents(field).stream()
                .filter(node -> node.get(field).asString().equals(value))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no node with %s = %s in %s".formatted(field, value, plan)));
    }
}
