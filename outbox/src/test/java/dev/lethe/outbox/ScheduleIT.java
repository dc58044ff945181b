package dev.lethe.outbox;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lethe.outbox.Schedule.Cancelled;
import dev.lethe.outbox.Schedule.Put;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.springframework.transaction.IllegalTransactionStateException;

class ScheduleIT {

    private static final String EXCHANGE = "requests-manager.schedule-it";
    private static final Duration SOON = Duration.ofMillis(400);
    private static final Duration MUCH_LATER = Duration.ofDays(30_000);

    private static Database database;
    private static Broker broker;
    private static Engine engine;

    private String queue;

    @BeforeAll
    static void engineRuns() throws Exception {
        database = Database.fresh("schedule_it");
        broker = new Broker();
        broker.exchange(EXCHANGE);
        engine = Engine.on(database);
    }

    @AfterAll
    static void engineStops() {
        engine.close();
        broker.close();
    }

    @BeforeEach
    void queueOfThisTest(TestInfo test) throws Exception {
        queue = "requests-manager." + test.getTestMethod().orElseThrow().getName();
        broker.queue(queue, EXCHANGE);
        database.clear();
    }

    @Test
    void theLastOfAKeyIsSentAndNoneBeforeIt() throws Exception {
        Mailbox mailbox = broker.mailbox(queue);

        assertThat(put("key", "first", MUCH_LATER)).isEqualTo(Put.SCHEDULED);
        assertThat(put("key", "second", SOON)).isEqualTo(Put.REPLACED);
        assertThat(put("key", "third", SOON)).isEqualTo(Put.REPLACED);

        mailbox.await(1);
        Eventually.until(() -> database.count("message") == 0);
        assertThat(mailbox.texts()).containsExactly("third");
        assertThat(put("key", "fourth", MUCH_LATER)).isEqualTo(Put.SCHEDULED);
    }

    @Test
    void aReplacementIsNewInEverything() {
        put("key", "first", MUCH_LATER);
        database.execute("update message set attempts = 7, last_error = 'no_route', subject = 'somebody'");

        put("key", "second", MUCH_LATER);

        assertThat(database.number("select count(*) from message where attempts = 0 and last_error is null"
                        + " and subject is null and convert_from(body, 'UTF8') = 'second'"))
                .isEqualTo(1);
    }

    @Test
    void theFirstOfAKeyStaysIfItIsToBeKept() throws Exception {
        Mailbox mailbox = broker.mailbox(queue);
        put("key", "first", SOON);

        Put second = transacted(() -> engine.schedule()
                .put(List.of(message("key", "second", Duration.ZERO)), true)
                .getFirst());

        assertThat(second).isEqualTo(Put.KEPT);
        mailbox.await(1);
        assertThat(mailbox.texts()).containsExactly("first");
    }

    @Test
    void aKeyBelongsToItsOwner() {
        put("key", "mine", MUCH_LATER);

        assertThat(cancel("somebody-else", "key")).isEqualTo(Cancelled.GONE);
        assertThat(database.count("message")).isEqualTo(1);
    }

    @Test
    void whatIsCancelledIsNeverSent() throws Exception {
        Mailbox mailbox = broker.mailbox(queue);
        put("cancelled", "cancelled", SOON);
        put("not cancelled", "not cancelled", SOON.plusMillis(50));

        assertThat(cancel(Engine.USER, "cancelled")).isEqualTo(Cancelled.CANCELLED);
        assertThat(cancel(Engine.USER, "cancelled")).isEqualTo(Cancelled.GONE);

        mailbox.await(1);
        assertThat(mailbox.texts()).containsExactly("not cancelled");
    }

    @Test
    void whatTheBrokerHasNotConfirmedIsInFlightAndThenGone() throws Exception {
        Mailbox mailbox = broker.mailbox(queue);
        engine.send(Engine.now(EXCHANGE, queue, "opens the channel"));
        mailbox.await(1);
        Broker.SERVER.pause();
        try {
            put("key", "held", Duration.ZERO);
            Eventually.until(() -> database.jdbc()
                    .sql("select 1 from message where key = 'key' for update skip locked")
                    .query()
                    .listOfRows()
                    .isEmpty());

            assertThat(cancel(Engine.USER, "key")).isEqualTo(Cancelled.IN_FLIGHT);
        } finally {
            Broker.SERVER.resume();
        }
        mailbox.await(2);
        Eventually.until(() -> cancel(Engine.USER, "key") == Cancelled.GONE);
        assertThat(mailbox.texts()).containsExactly("opens the channel", "held");
    }

    /** While the lane takes one after the other, somebody cancels them all, in another order. */
    @Test
    void whatIsAnsweredIsTrueHoweverCloseToItsSendingOneAsks() throws Exception {
        Mailbox mailbox = broker.mailbox(queue);
        List<String> keys = new ArrayList<>(
                IntStream.range(0, 200).mapToObj(i -> "key " + i).toList());
        engine.inTransaction(() -> engine.schedule()
                .put(
                        keys.stream()
                                .map(key -> message(key, key, Duration.ofMillis(150 + 2L * keys.indexOf(key))))
                                .toList(),
                        false));
        Collections.shuffle(keys, new Random(1));

        Map<Boolean, List<String>> byWhetherCancelled = keys.stream()
                .collect(Collectors.partitioningBy(key -> cancel(Engine.USER, key) == Cancelled.CANCELLED));

        Eventually.until(() -> database.count("message") == 0);
        mailbox.await(byWhetherCancelled.get(false).size());
        assertThat(mailbox.texts()).containsExactlyInAnyOrderElementsOf(byWhetherCancelled.get(false));
        assertThat(byWhetherCancelled.values()).noneMatch(List::isEmpty);
    }

    /** It may have reached the broker, so nobody may be told that it never will have been sent. */
    @Test
    void whatTheBrokerMayHaveIsTakenBackButNotCalledCancelled() {
        put("key", "perhaps", MUCH_LATER);
        database.execute("update message set maybe_sent = true");

        assertThat(cancel(Engine.USER, "key")).isEqualTo(Cancelled.IN_FLIGHT);
        assertThat(cancel(Engine.USER, "key")).isEqualTo(Cancelled.GONE);
    }

    @Test
    void whatIsPendingAboutAPersonIsForgotten() {
        for (String subject : List.of("ada", "ada", "grace")) {
            engine.send(new ScheduledMessage(
                    Engine.USER,
                    null,
                    subject,
                    EXCHANGE,
                    queue,
                    Engine.withNewId(),
                    subject.getBytes(UTF_8),
                    ScheduledMessage.When.in(MUCH_LATER),
                    ScheduledMessage.When.NEVER));
        }

        AboutPerson ada = transacted(() -> engine.schedule().about("ada", 1));
        assertThat(ada.count()).isEqualTo(2);
        assertThat(ada.soonest())
                .singleElement()
                .returns(EXCHANGE, AboutPerson.Planned::exchange)
                .returns(queue, AboutPerson.Planned::routingKey);
        assertThat(transacted(() -> engine.schedule().forget("ada", null))).isEqualTo(2);
        assertThat(transacted(() -> engine.schedule().about("ada", 1))).isEqualTo(new AboutPerson(0, List.of()));
        assertThat(transacted(() -> engine.schedule().forget("ada", null))).isZero();

        assertThat(transacted(() -> engine.schedule().forget("grace", "somebody-else")))
                .isZero();
        assertThat(database.number("select count(*) from message where subject = 'grace'"))
                .isEqualTo(1);
        assertThatThrownBy(() -> engine.schedule().forget("grace", null))
                .isInstanceOf(IllegalTransactionStateException.class);
    }

    private ScheduledMessage message(String key, String text, Duration delay) {
        return Engine.named(key, EXCHANGE, queue, text, delay);
    }

    private Put put(String key, String text, Duration delay) {
        return transacted(() ->
                engine.schedule().put(List.of(message(key, text, delay)), false).getFirst());
    }

    private static Cancelled cancel(String owner, String key) {
        return transacted(
                () -> engine.schedule().cancel(List.of(new Name(owner, key))).getFirst());
    }

    private static <T> T transacted(Supplier<T> work) {
        var result = new AtomicReference<T>();
        engine.inTransaction(() -> result.set(work.get()));
        return result.get();
    }
}
