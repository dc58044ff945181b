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
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What runs many times a second must find its rows without reading those of others: not those that are not due, not the dead. */
class PlanIT {

    private static final Logger log = LoggerFactory.getLogger(PlanIT.class);
    private static final String THE_FLOOR = "now() - interval '1 second'";
    /** How many it is depends on whether statistics were gathered in between. */
    private static final int FEW_OF_THOUSANDS = 100;

    private static final int A_HANDFUL = 20;

    private static Database database;

    @BeforeAll
    static void aHundredThousandMessagesInTheFuture() {
        database = Database.fresh("plan_it");
        // It brings its tables
        Engine.on(database).close();
        database.execute("""
                insert into message (due_at, owner, key, subject, exchange, routing_key, properties, body)
                select now() + interval '1 hour' + n * interval '1 second', 'owner', 'key ' || n, 'subject ' || n,
                       'exchange', 'key', '', convert_to(repeat('x', 300), 'UTF8')
                  from generate_series(1, 100000) n
                """);
        database.execute("vacuum analyze message");
    }

    /** From the beginning, as a sweep looks; and from where the lane was a second ago, as it looks all the time. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "force_custom_plan | '-infinity'",
                "force_generic_plan | '-infinity'",
                "force_custom_plan | " + THE_FLOOR,
                "force_generic_plan | " + THE_FLOOR
            },
            quoteCharacter = '"')
    void aClaimThatFindsNothingDueReadsAHandfulOfPages(String planMode, String floor) throws SQLException {
        JsonNode plan = claim(planMode, floor);

        JsonNode scan = find(plan, "Index Name", "message_due");
        assertThat(scan.get("Node Type").asString()).isEqualTo("Index Scan");
        assertThat(scan.get("Index Cond").asString())
                .contains("shard =")
                .contains("due_at >=")
                .contains("due_at <=");
        assertThat(scan.has("Filter")).isFalse();
        assertThat(pages("a claim that finds nothing due", plan)).isLessThan(A_HANDFUL);
    }

    @ParameterizedTest
    @ValueSource(strings = {"force_custom_plan", "force_generic_plan"})
    void theNextToBecomeDueIsFoundInAHandfulOfPages(String planMode) throws SQLException {
        JsonNode plan = next(planMode);

        assertThat(find(plan, "Index Name", "message_due").get("Index Cond").asString())
                .contains("shard =")
                .contains("due_at >");
        assertThat(pages("the question when the next is due", plan)).isLessThan(A_HANDFUL);
    }

    /** What was sent while somebody holds an old snapshot cannot be cleaned away; only the floor keeps the lane from it. */
    @Test
    void whatWasSentUnderAPinnedHorizonIsReadBySweepsAlone() throws SQLException {
        try (Connection holder = database.dataSource().getConnection();
                Statement pin = holder.createStatement()) {
            holder.setAutoCommit(false);
            pin.execute("set transaction isolation level repeatable read");
            pin.execute("select pg_current_xact_id()");
            database.execute("""
                    insert into message (due_at, exchange, routing_key, properties, body)
                    select now() - interval '1 hour' + n * interval '1 millisecond', 'exchange', 'key', '', ''
                      from generate_series(1, 300000) n
                    """);
            database.execute("delete from message where due_at < now()");

            assertThat(pages("a sweep over 300,000 dead", claim("auto", "'-infinity'")))
                    .isGreaterThan(1_000);
            assertThat(pages("a claim above 300,000 dead", claim("auto", THE_FLOOR)))
                    .isLessThan(FEW_OF_THOUSANDS);
            assertThat(pages("the question when the next is due, above 300,000 dead", next("auto")))
                    .isLessThan(FEW_OF_THOUSANDS);
            holder.rollback();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"REPLACE", "KEEP"})
    void storingLooksForItsKeysAndForNothingElse(String how) throws SQLException {
        int rows = 500;
        JsonNode plan = explain(
                "auto",
                how.equals("KEEP") ? MessageStore.KEEP : MessageStore.REPLACE,
                array(rows, "int", n -> "0"),
                array(rows, "timestamptz", n -> "null"),
                array(rows, "bigint", n -> "3600000"),
                array(rows, "text", n -> "'owner'"),
                array(rows, "text", n -> "'key %d'".formatted(n)),
                array(rows, "text", n -> "null"),
                array(rows, "text", n -> "'exchange'"),
                array(rows, "text", n -> "'routing key'"),
                array(rows, "bytea", n -> "''"),
                array(rows, "bytea", n -> "'some body'"),
                array(rows, "timestamptz", n -> "null"),
                array(rows, "bigint", n -> "null"));

        assertThat(find(plan, "Node Type", "ModifyTable")
                        .get("Conflict Arbiter Indexes")
                        .toString())
                .isEqualTo("[\"message_key\"]");
        assertNothingElseIsRead(plan);
        assertThat(pages(how + " of 500 that are all there", plan)).isLessThan(40 * rows);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 100})
    void cancellingLooksForItsKeysAndForNothingElse(int names) throws SQLException {
        JsonNode plan = explain(
                "auto", MessageStore.CANCEL, array(names, "text", n -> "'owner'"), array(names, "text", n -> "'key %d'"
                        .formatted(n * 100)));

        assertThat(find(plan, "Index Name", "message_key").get("Index Cond").asString())
                .contains("owner =")
                .contains("key =");
        assertNothingElseIsRead(plan);
        assertThat(pages("cancelling " + names, plan)).isLessThan(40 * names);
    }

    @Test
    void forgettingLooksForThePersonAndForNothingElse() throws SQLException {
        String forget = MessageStore.FORGET.replace(":subject", "'subject 7'").replace(":owner", "null");

        JsonNode plan = explain("auto", forget);

        assertThat(find(plan, "Index Name", "message_subject").get("Index Cond").asString())
                .contains("subject =");
        assertThat(pages("forgetting one of 100,000", plan)).isLessThan(40);
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

    /** With the look-ahead of 100 ms. */
    private static JsonNode claim(String planMode, String floor) throws SQLException {
        return explain(planMode, MessageTable.CLAIM, "0", floor, "100", "500");
    }

    private static JsonNode next(String planMode) throws SQLException {
        return explain(planMode, MessageTable.NEXT, "0");
    }

    private static String array(int size, String type, IntFunction<String> element) {
        return IntStream.rangeClosed(1, size)
                .mapToObj(element)
                .collect(Collectors.joining(",", "array[", "]::" + type + "[]"));
    }

    /** Runs it and takes it back. */
    private static JsonNode explain(String planMode, String sql, String... values) throws SQLException {
        String numbered = sql;
        for (int parameter = 1; numbered.contains("?"); parameter++) {
            numbered = numbered.replaceFirst("\\?", "\\$" + parameter);
        }
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("set plan_cache_mode = " + planMode);
            statement.execute("prepare explained as " + numbered);
            try (ResultSet row = statement.executeQuery("explain (analyze, buffers, format json) execute explained"
                    + (values.length == 0 ? "" : "(" + String.join(", ", values) + ")"))) {
                row.next();
                return JsonMapper.shared().readTree(row.getString(1)).get(0).get("Plan");
            } finally {
                connection.rollback();
            }
        }
    }

    private static void assertNothingElseIsRead(JsonNode plan) {
        assertThat(plan.findParents("Relation Name"))
                .noneMatch(node -> node.get("Node Type").asString().equals("Seq Scan"));
    }

    private static int pages(String what, JsonNode plan) {
        int pages = plan.get("Shared Hit Blocks").asInt()
                + plan.get("Shared Read Blocks").asInt();
        log.info("{}: {} pages", what, pages);
        return pages;
    }

    private static JsonNode find(JsonNode plan, String field, String value) {
        return plan.findParents(field).stream()
                .filter(node -> node.get(field).asString().equals(value))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no node with %s = %s in %s".formatted(field, value, plan)));
    }
}
