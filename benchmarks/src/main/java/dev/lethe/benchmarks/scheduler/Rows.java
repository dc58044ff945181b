package dev.lethe.benchmarks.scheduler;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import dev.lethe.benchmarks.servers.Servers;
import dev.lethe.messages.Topology;
import dev.lethe.messages.scheduling.ScheduleHeaders;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.postgresql.PGConnection;

/**
 * Rows in the scheduler's table, a hundred thousand at once. What a row looks like is learned from the service: a few messages
 * are scheduled over AMQP, and what it makes of them is copied.
 */
final class Rows {

    private static final int SAMPLES = 64;
    private static final long DAY_MS = 86_400_000;
    private static final int AT_ONCE = 500_000;

    private final Servers servers;
    private final String database;
    private String columns = "";
    private String isDone = "";
    private double secondsPerRow = 0.000_05;
    private int patience = 1;

    Rows(Servers servers, String database) {
        this.servers = servers;
        this.database = database;
    }

    /** As many patterns as there are shards: what the service stores is spread over them. */
    void learn() throws Exception {
        Connection connection = servers.broker("samples");
        try {
            Channel channel = connection.createChannel();
            channel.confirmSelect();
            for (int n = 0; n < SAMPLES; n++) {
                channel.basicPublish(
                        Topology.SCHEDULER_EXCHANGE, ScheduleHeaders.SCHEDULE, true, sample(n), Bodies.of(0, n));
            }
            channel.waitForConfirmsOrDie(10_000);
        } finally {
            connection.abort(1_000);
        }
        Servers.await(
                "the service stores what it is given", 30, () -> count("select count(*) from message") == SAMPLES);
        servers.execute(database, """
                create table bench_pattern as
                select row_number() over (order by shard) - 1 as slot, count(*) over () as slots,
                       position(convert_to('%s', 'UTF8') in properties) + %d as digits_at, one.*
                  from (select distinct on (shard) * from message order by shard, id) one
                """.formatted(Bodies.ID_PREFIX, Bodies.ID_PREFIX.length()), "delete from message");
        columns = String.join(", ", columns());
    }

    /** The patterns of another scheduler. */
    void learnFrom(Rows other) throws SQLException, IOException {
        servers.execute(
                database,
                "create table bench_pattern as select 0::bigint as slot, 0::bigint as slots, 0 as digits_at, message.* "
                        + "from message with no data");
        var patterns = new ByteArrayOutputStream();
        try (var from = servers.connect(other.database);
                var to = servers.connect(database)) {
            from.unwrap(PGConnection.class).getCopyAPI().copyOut("copy bench_pattern to stdout", patterns);
            to.unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyIn("copy bench_pattern from stdin", new ByteArrayInputStream(patterns.toByteArray()));
        }
        columns = other.columns;
    }

    private static AMQP.BasicProperties sample(int n) {
        Map<String, Object> headers = new HashMap<>();
        headers.put(ScheduleHeaders.DELAY, DAY_MS);
        headers.put(ScheduleHeaders.EXCHANGE, "");
        headers.put(ScheduleHeaders.ROUTING_KEY, BenchQueue.NAME);
        return new AMQP.BasicProperties.Builder()
                .userId(Servers.brokerUser())
                .messageId(Bodies.id(n))
                .contentType("text/plain")
                .deliveryMode(2)
                .headers(headers)
                .build();
    }

    private int count(String query) throws SQLException {
        return (int) servers.number(database, query);
    }

    /** Whatever the table has, but for what is made anew for each row. */
    private List<String> columns() throws SQLException {
        var names = new ArrayList<String>();
        try (var connection = servers.connect(database);
                PreparedStatement query = connection.prepareStatement("""
                        select column_name
                          from information_schema.columns
                         where table_schema = 'public' and table_name = 'message' and is_generated = 'NEVER'
                         order by ordinal_position
                        """);
                ResultSet row = query.executeQuery()) {
            while (row.next()) {
                names.add(row.getString(1));
            }
        }
        names.removeAll(Set.of("id", "due_at", "properties", "body", "created_at"));
        return names;
    }

    /** Rows that are due from tomorrow on. */
    void future(int number) throws SQLException {
        for (int from = 0; from < number; from += AT_ONCE) {
            insert("now() + interval '1 day' + n * interval '50 milliseconds'", from, Math.min(number, from + AT_ONCE));
        }
    }

    /**
     * @param due in SQL, when row {@code n} is due
     */
    void due(String due, int number) throws SQLException {
        long last = (long) servers.number(database, "select coalesce(max(id), 0) from message");
        isDone = "select not exists (select from message where id > %d)".formatted(last);
        insert(due, 0, number);
    }

    /** A query that is true as soon as none of the rows last stored by {@link #due} is left. */
    String isDone() {
        return isDone;
    }

    /** When rows that are stored from now on can be due, with the table tidied up before: they are not sent while it lasts. */
    Instant dueAfterStoring(int number) {
        Duration storing = Duration.ofMillis((long) (number * secondsPerRow * 1_000));
        Duration expected = storing.plus(servers.tidying(database));
        return Instant.now()
                .plus(Duration.ofSeconds(1).plus(expected.multipliedBy(2)).multipliedBy(patience));
    }

    /** It took longer: the rows were due, and sent, before all was ready. */
    void plannedTooShort() {
        patience *= 2;
    }

    private void insert(String due, int from, int to) throws SQLException {
        long begun = System.nanoTime();
        servers.execute(database, """
                insert into message (%1$s, due_at, created_at, properties, body)
                select %2$s, due, now(),
                       overlay(properties placing convert_to(lpad(to_hex(n), 12, '0'), 'UTF8') from digits_at),
                       %3$s
                  from (select n, %4$s as due from generate_series(%5$d, %6$d - 1) n) row
                  join bench_pattern pattern on pattern.slot = n %% pattern.slots
                 order by n
                """.formatted(columns, prefixed(), Bodies.sql("due"), due, from, to));
        secondsPerRow = Math.max((System.nanoTime() - begun) / 1e9 / (to - from), secondsPerRow / 2);
    }

    private String prefixed() {
        return "pattern." + columns.replace(", ", ", pattern.");
    }
}
