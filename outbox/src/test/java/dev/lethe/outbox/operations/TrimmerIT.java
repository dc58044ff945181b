package dev.lethe.outbox.operations;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.outbox.Database;
import dev.lethe.outbox.Engine;
import dev.lethe.outbox.Eventually;
import java.sql.Connection;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class TrimmerIT {

    private static final int OLD = 2 * Trimmer.BATCH + 1;

    private static Database database;
    private static Engine engine;

    @BeforeAll
    static void engineRuns() {
        database = Database.fresh("trimmer_it");
        engine = Engine.on(database);
    }

    @AfterAll
    static void engineStops() {
        engine.close();
    }

    @BeforeEach
    void oldAndNew() {
        database.execute("truncate inbox, delivery_attempt, failed_attempt, lane_event");
        insert("inbox (consumer, message_id, body_sha256, handled_at)", "'c', gen_random_uuid(), ''");
        insert("delivery_attempt (consumer, message_id, attempts, begun_at)", "'c', gen_random_uuid(), 1");
        insert("failed_attempt (message_id, attempt, reason, exchange, at)", "n, 1, 'no_route', 'e'");
        insert("lane_event (shard, instance, event, at)", "0, 'i', 'owned'");
    }

    private static void insert(String table, String values) {
        database.execute(
                "insert into %s select %s, now() - interval '31 days' - n * interval '1 ms' from generate_series(1, %d) n"
                        .formatted(table, values, OLD));
        database.execute("insert into %s select %s, now() - interval '29 days' from generate_series(1, 3) n"
                .formatted(table, values));
    }

    @Test
    void whatIsOlderThanAMonthGoesAndTheRestStays(CapturedOutput log) {
        engine.get(Trimmer.class).trim();

        assertThat(remaining()).containsExactly(3, 3, 3, 3);
        assertThat(log).contains("inbox=" + OLD);
    }

    @Test
    void oneInstanceTrimsAtATime() throws Exception {
        try (Connection other = database.dataSource().getConnection();
                Statement statement = other.createStatement()) {
            statement.execute("select pg_advisory_lock(hashtext('lethe.outbox.trim'), 0)");

            engine.get(Trimmer.class).trim();
            assertThat(remaining()).containsOnly(OLD + 3);
        }
        Eventually.untilAsserted(() -> {
            engine.get(Trimmer.class).trim();
            assertThat(remaining()).containsOnly(3);
        });
    }

    private static int[] remaining() {
        return new int[] {
            database.count("inbox"),
            database.count("delivery_attempt"),
            database.count("failed_attempt"),
            // Without those of this engine's own lane
            database.number("select count(*) from lane_event where instance = 'i'")
        };
    }
}
