package dev.lethe.outbox.operations;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.outbox.Broker;
import dev.lethe.outbox.Database;
import dev.lethe.outbox.Engine;
import dev.lethe.outbox.Eventually;
import dev.lethe.outbox.Mailbox;
import dev.lethe.outbox.Name;
import dev.lethe.outbox.ScheduledMessage;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** What operators see is what is there, and what they do happens once, while the engine runs. */
class OperationsIT {

    private static final String EXCHANGE = "requests-manager.operations-it";
    private static final Duration LATER = Duration.ofHours(1);

    private static Database database;
    private static Broker broker;
    private static Engine engine;
    private static Operations operations;

    private String queue;

    @BeforeAll
    static void engineRuns() throws Exception {
        database = Database.fresh("operations_it");
        broker = new Broker();
        broker.exchange(EXCHANGE);
        engine = Engine.on(database, "lethe.outbox.max-attempts=1");
        operations = engine.get(Operations.class);
    }

    @AfterAll
    static void engineStops() {
        engine.close();
        broker.close();
    }

    @BeforeEach
    void nothingThere(TestInfo test) {
        queue = "requests-manager." + test.getTestMethod().orElseThrow().getName();
        database.clear();
    }

    @Test
    void whatWasGivenUpIsSentWithTheSameIdOnceItsQueueIsThere() throws Exception {
        ScheduledMessage lost = Engine.now(EXCHANGE, queue, "waits for its queue");
        engine.send(lost);
        MessageSummary given = undeliverable(1).getFirst();
        assertThat(given.lastError()).isEqualTo("no_route");
        assertThat(given.failedAt()).isNotNull();
        assertThat(operations.history(given.id()).orElseThrow().why()).startsWith("It was given up at ");

        broker.queue(queue, EXCHANGE);
        Mailbox mailbox = broker.mailbox(queue);
        assertThat(operations.redrive(given.id())).isEqualTo(Operations.Redriven.REDRIVEN);

        mailbox.await(1);
        assertThat(mailbox.ids()).containsExactly(lost.properties().getMessageId());
        Eventually.until(() -> operations.redrive(given.id()) == Operations.Redriven.GONE);
        assertThat(operations.list(true, MessageFilter.all(), null, 10)).isEmpty();
    }

    @Test
    void manyAreRedrivenByExchangeAndReasonInTheirOrderAndOthersStay() throws Exception {
        int many = 1_500;
        engine.inTransaction(() ->
                IntStream.range(0, many).forEach(i -> engine.outbox().send(Engine.now(EXCHANGE, queue, "no " + i))));
        engine.send(Engine.now("requests-manager.nowhere", queue, "stays"));
        undeliverable(many + 1);
        broker.queue(queue, EXCHANGE);
        Mailbox mailbox = broker.mailbox(queue);
        MessageFilter filter = by(EXCHANGE, "no_route");

        assertThat(operations.redrive(by(EXCHANGE, "no_such_exchange")).redriven())
                .isZero();
        assertThat(operations.redrive(filter)).isEqualTo(new Operations.RedrivenAll(many, 0));
        assertThat(operations.redrive(filter)).isEqualTo(new Operations.RedrivenAll(0, 0));

        mailbox.await(many);
        assertThat(mailbox.texts())
                .isEqualTo(IntStream.range(0, many).mapToObj(i -> "no " + i).toList());
        assertThat(undeliverable(1)).extracting(MessageSummary::exchange).containsExactly("requests-manager.nowhere");
    }

    @Test
    void anOlderMessageDoesNotReplaceTheNewerOneThatHasItsKey() {
        put("a", "older", Duration.ZERO);
        MessageSummary older = undeliverable(1).getFirst();
        put("a", "newer", LATER);

        assertThat(operations.redrive(older.id())).isEqualTo(Operations.Redriven.KEY_TAKEN);
        assertThat(operations.redrive(by(EXCHANGE, "no_route"))).isEqualTo(new Operations.RedrivenAll(0, 1));
        assertThat(undeliverable(1)).hasSize(1);

        engine.inTransaction(() -> engine.schedule().cancel(List.of(new Name(Engine.USER, "a"))));
        assertThat(operations.redrive(older.id())).isEqualTo(Operations.Redriven.REDRIVEN);
    }

    @Test
    void sendNowIsNowAndSaysWhatItFound() throws Exception {
        broker.queue(queue, EXCHANGE);
        Mailbox mailbox = broker.mailbox(queue);
        put("a", "now", LATER);
        MessageSummary pending = pending().getFirst();

        try (Connection other = database.dataSource().getConnection();
                Statement statement = other.createStatement()) {
            // As the lane does while it sends
            other.setAutoCommit(false);
            statement.execute("select from message where id = %d for update".formatted(pending.id()));
            assertThat(operations.sendNow(pending.id())).isEqualTo(Operations.SentNow.IN_FLIGHT);
            assertThat(operations.history(pending.id()).orElseThrow().state()).isEqualTo(MessageState.IN_FLIGHT);
            other.rollback();
        }
        assertThat(operations.sendNow(pending.id())).isEqualTo(Operations.SentNow.DUE_NOW);

        mailbox.await(1);
        Eventually.until(() -> operations.sendNow(pending.id()) == Operations.SentNow.GONE);
        assertThat(operations.sendNow(-1)).isEqualTo(Operations.SentNow.GONE);
        assertThat(mailbox.texts()).containsExactly("now");
    }

    @Test
    void pagesOverEqualDueTimesHoldEveryMessageOnce() {
        Instant due = Instant.now().plus(LATER);
        engine.inTransaction(() -> IntStream.range(0, 25).forEach(i -> engine.outbox()
                .send(new ScheduledMessage(
                        "",
                        null,
                        null,
                        EXCHANGE,
                        queue,
                        Engine.withNewId(),
                        new byte[0],
                        ScheduledMessage.When.at(due),
                        ScheduledMessage.When.NEVER))));
        List<Long> read = new ArrayList<>();
        MessageSummary.Position after = null;
        List<MessageSummary> page;
        do {
            page = operations.list(false, MessageFilter.all(), after, 10);
            page.forEach(message -> read.add(message.id()));
            after = page.isEmpty() ? null : page.getLast().position();
        } while (!page.isEmpty());

        assertThat(read).hasSize(25).doesNotHaveDuplicates().isSorted();
    }

    @Test
    void aHistoryHasTheFailedAttemptsAndWhatBefellTheLaneSinceTheFirst() {
        put("a", "later", LATER);
        put("b", "later", LATER.plusMinutes(1));
        long id = pending().getLast().id();
        database.execute("update message set attempts = 2, last_error = 'no_route' where id = " + id);
        database.execute("""
                insert into failed_attempt (message_id, at, attempt, reason, exchange)
                values (%1$d, now() - interval '9 minutes', 2, 'no_route', 'e'),
                       (%1$d, now() - interval '10 minutes', 1, 'nack', 'e')
                """.formatted(id));
        database.execute("""
                insert into lane_event (at, shard, instance, event, detail)
                select now() - minutes * interval '1 minute', shard, instance, 'owned', 'detail'
                  from (values (11, %1$d, 'before'), (5, %1$d, 'since'), (5, %1$d + 1, 'elsewhere')) e (minutes, shard, instance)
                """.formatted(pending().getLast().shard()));

        MessageHistory history = operations.history(id).orElseThrow();

        assertThat(history.failedAttempts())
                .extracting(MessageHistory.FailedAttempt::reason)
                .containsExactly("nack", "no_route");
        assertThat(history.laneEvents())
                .extracting(MessageHistory.LaneEvent::instance)
                .contains("since")
                .doesNotContain("before", "elsewhere");
        assertThat(history.dueBefore()).isEqualTo(1);
        assertThat(history.why()).startsWith("2 attempts failed, the last because of no_route at exchange");

        database.execute("delete from message where id = " + id);
        MessageHistory gone = operations.history(id).orElseThrow();
        assertThat(gone.state()).isEqualTo(MessageState.GONE);
        assertThat(gone.why()).contains("after attempt 2 failed");
        assertThat(operations.history(-1)).isEmpty();
    }

    private void put(String key, String text, Duration delay) {
        engine.inTransaction(
                () -> engine.schedule().put(List.of(Engine.named(key, EXCHANGE, queue, text, delay)), false));
    }

    private static MessageFilter by(String exchange, String reason) {
        return new MessageFilter(null, null, null, null, exchange, null, reason, null, null);
    }

    private static List<MessageSummary> pending() {
        return operations.list(false, MessageFilter.all(), null, 10);
    }

    private static List<MessageSummary> undeliverable(int number) {
        Eventually.until(() -> database.count("undeliverable") == number);
        return operations.list(true, MessageFilter.all(), null, number);
    }
}
