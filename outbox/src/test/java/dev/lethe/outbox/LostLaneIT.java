package dev.lethe.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.outbox.Schedule.Cancelled;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** "Cancelled" is a promise, also about messages that a lane had in its hands when it lost its session or the broker's word. */
class LostLaneIT {

    private static final String EXCHANGE = "requests-manager.lost-lane-it";
    private static final Duration CONFIRM_TIMEOUT = Duration.ofSeconds(1);

    private static Database database;
    private static Broker broker;
    private static Engine engine;

    private String queue;

    @BeforeAll
    static void engineRuns() throws Exception {
        database = Database.fresh("lost_lane_it");
        broker = new Broker();
        broker.exchange(EXCHANGE);
        engine = Engine.on(
                database,
                "lethe.outbox.standby=50ms",
                "lethe.outbox.look-ahead=300ms",
                "lethe.outbox.confirm-timeout=" + CONFIRM_TIMEOUT.toMillis() + "ms");
    }

    @AfterAll
    static void engineStops() {
        engine.close();
        broker.close();
    }

    @BeforeEach
    void queueOfItsOwn() throws Exception {
        queue = "requests-manager.lost-lane-it-" + UUID.randomUUID();
        broker.queue(queue, EXCHANGE);
        database.clear();
    }

    /** The database tells the session that it ends before it lets go of the rows. */
    @RepeatedTest(5)
    void whatIsCancelledAfterTheLaneLostItsSessionIsNotSent() throws Exception {
        Mailbox mailbox = broker.mailbox(queue);
        put("claimed", Duration.ofMillis(500));
        untilClaimed("claimed");

        endLaneSessions();
        Eventually.until(() -> cancel("claimed") == Cancelled.CANCELLED);
        assertThat(mailbox.texts()).isEmpty();

        put("later", Duration.ofMillis(800));
        mailbox.await(1);
        assertThat(mailbox.texts()).containsExactly("later");
    }

    /** It is in the broker's hands as far as anybody knows; the broker that wakes up delivers it. */
    @Test
    void whatTheBrokerMayHaveIsNotSaidToBeCancelled() throws Exception {
        Mailbox mailbox = broker.mailbox(queue);
        put("opens the channel", Duration.ZERO);
        mailbox.await(1);
        Broker.SERVER.pause();
        Cancelled answer;
        try {
            put("unknown", Duration.ZERO);
            untilClaimed("unknown");
            Eventually.until(() -> isFree("unknown"));
            answer = cancel("unknown");
        } finally {
            Broker.SERVER.resume();
        }
        put("later", Duration.ZERO);
        Eventually.until(() -> mailbox.texts().contains("later"));
        assertThat(List.of(answer, mailbox.texts().contains("unknown")))
                .isNotEqualTo(List.of(Cancelled.CANCELLED, true));
    }

    private void put(String key, Duration delay) {
        engine.inTransaction(
                () -> engine.schedule().put(List.of(Engine.named(key, EXCHANGE, queue, key, delay)), false));
    }

    private static Cancelled cancel(String key) {
        List<Cancelled> answers = new ArrayList<>();
        engine.inTransaction(() -> answers.addAll(engine.schedule().cancel(List.of(new Name(Engine.USER, key)))));
        return answers.getFirst();
    }

    private static void untilClaimed(String key) {
        Eventually.until(() -> !isFree(key));
    }

    private static boolean isFree(String key) {
        return !database.jdbc()
                .sql("select 1 from message where key = ? for update skip locked")
                .param(key)
                .query()
                .listOfRows()
                .isEmpty();
    }

    private static void endLaneSessions() {
        assertThat(database.number("""
                        select count(pg_terminate_backend(pid))
                          from pg_locks join pg_stat_activity using (pid)
                         where locktype = 'advisory' and mode = 'ExclusiveLock' and granted and datname = current_database()
                        """)).isPositive();
    }
}
