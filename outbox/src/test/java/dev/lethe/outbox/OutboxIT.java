package dev.lethe.outbox;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.AMQP;
import dev.lethe.messages.MessageJson;
import dev.lethe.messages.Messages;
import dev.lethe.messages.erasure.StopErasure;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.IllegalTransactionStateException;

/** What is promised of a message from the transaction that stores it to the queue that has it, while all servers are well. */
class OutboxIT {

    private static final Logger log = LoggerFactory.getLogger(OutboxIT.class);
    private static final String EXCHANGE = "requests-manager.outbox-it";
    private static final int MAX_ATTEMPTS = 25;

    private static Database database;
    private static Broker broker;
    private static Engine engine;

    private String queue;

    @BeforeAll
    static void engineRuns() throws Exception {
        database = Database.fresh("outbox_it");
        broker = new Broker();
        broker.exchange(EXCHANGE);
        engine = Engine.on(
                database,
                "lethe.outbox.first-retry=50ms",
                "lethe.outbox.last-retry=200ms",
                "lethe.outbox.sweep=500ms",
                "lethe.outbox.max-attempts=" + MAX_ATTEMPTS);
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
    void aMessageGoesOutAfterTheCommitAndNotBefore() throws Exception {
        Mailbox mailbox = broker.mailbox(queue);

        engine.inTransaction(() -> {
            engine.outbox().send(message("first stored"));
            CompletableFuture.runAsync(() -> engine.send(message("first committed")))
                    .join();
            mailbox.await(1);
        });

        mailbox.await(2);
        assertThat(mailbox.texts()).containsExactly("first committed", "first stored");
    }

    @Test
    void aRollbackSendsNothing() throws Exception {
        Mailbox mailbox = broker.mailbox(queue);

        engine.inTransactionRolledBack(() -> engine.outbox().send(message("never")));
        engine.send(message("after it"));

        mailbox.await(1);
        assertThat(mailbox.texts()).containsExactly("after it");
    }

    @Test
    void outsideATransactionNothingIsTaken() {
        assertThatThrownBy(() -> engine.outbox().send(message("lost with a crash")))
                .isInstanceOf(IllegalTransactionStateException.class);

        assertThat(database.count("message")).isZero();
    }

    @Test
    void aMessageOfTheContractCarriesItsEnvelope() throws Exception {
        var request = UUID.randomUUID();
        var body = new StopErasure(request);
        Instant before = Instant.now().minusSeconds(1);

        engine.inTransaction(() -> engine.outbox().send(EXCHANGE, queue, Messages.ERASURE_STOP, body, request));

        Mailbox.Letter letter = broker.mailbox(queue).first();
        AMQP.BasicProperties properties = letter.properties();
        assertThat(letter.text()).isEqualTo(new String(MessageJson.write(body), UTF_8));
        assertThat(UUID.fromString(letter.id()).version()).isEqualTo(4);
        assertThat(properties.getContentType()).isEqualTo("application/json");
        assertThat(properties.getType()).isEqualTo("erasure.stop");
        assertThat(properties.getCorrelationId()).isEqualTo(request.toString());
        assertThat(properties.getUserId()).isEqualTo(Engine.USER);
        assertThat(properties.getAppId()).isEqualTo(Engine.USER);
        assertThat(properties.getDeliveryMode()).isEqualTo(2);
        assertThat(properties.getTimestamp().toInstant()).isBetween(before, Instant.now());
        assertThat(letter.header("schema_version").toString()).isEqualTo("1");
        assertThat(letter.header("traceparent").toString()).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}");
    }

    @Test
    void messagesArriveInTheOrderInWhichTheyWereStored() throws Exception {
        Mailbox mailbox = broker.mailbox(queue);
        List<String> texts = IntStream.range(0, 1_700).mapToObj(String::valueOf).toList();

        // More than three batches, in transactions of different length
        for (int from = 0, to; from < texts.size(); from = to) {
            to = Math.min(texts.size(), from + 1 + from);
            List<String> together = texts.subList(from, to);
            engine.inTransaction(() -> together.forEach(text -> engine.outbox().send(message(text))));
        }

        mailbox.await(texts.size());
        assertThat(mailbox.texts()).isEqualTo(texts);
    }

    @Test
    void aMissingExchangeDelaysOnlyItsOwnMessages() throws Exception {
        String missing = EXCHANGE + ".declared-later";
        broker.channel().exchangeDelete(missing);
        Mailbox mailbox = broker.mailbox(queue);
        List<String> good = IntStream.range(0, 250).mapToObj(i -> "good " + i).toList();
        List<ScheduledMessage> stranded = IntStream.range(0, 250)
                .mapToObj(i -> Engine.now(missing, queue, "stranded " + i))
                .toList();

        engine.inTransaction(() -> IntStream.range(0, 250).forEach(i -> {
            engine.outbox().send(stranded.get(i));
            engine.outbox().send(message(good.get(i)));
        }));

        mailbox.await(250);
        assertThat(mailbox.texts()).isEqualTo(good);
        Eventually.untilAsserted(() -> assertThat(database.number(
                        "select count(*) from message where last_error = 'no_such_exchange' and attempts > 0"))
                .isEqualTo(250));

        broker.exchange(missing);
        broker.channel().queueBind(queue, missing, queue);
        mailbox.await(500);
        assertThat(mailbox.ids().subList(250, 500))
                .containsExactlyInAnyOrderElementsOf(stranded.stream()
                        .map(each -> each.properties().getMessageId())
                        .toList());
    }

    @Test
    void anUnroutableMessageIsNotSentUntilAQueueIsBound() throws Exception {
        broker.channel().queueUnbind(queue, EXCHANGE, queue);
        double sent = engine.counted("sent");
        double unroutable = engine.counted("no_route");
        ScheduledMessage message = message("nobody listens");

        engine.send(message);

        Eventually.until(() -> engine.counted("no_route") >= unroutable + 2);
        assertThat(engine.counted("sent")).isEqualTo(sent);
        broker.channel().queueBind(queue, EXCHANGE, queue);
        Mailbox mailbox = broker.mailbox(queue);
        mailbox.await(1);
        Eventually.until(() -> engine.counted("sent") == sent + 1);
        assertThat(mailbox.ids()).containsExactly(message.properties().getMessageId());
    }

    @Test
    void afterItsLastAttemptAMessageIsPutAside() throws Exception {
        String nowhere = EXCHANGE + ".nowhere";
        ScheduledMessage message = Engine.now(nowhere, queue, "undeliverable");

        engine.inTransaction(() -> {
            engine.outbox().send(message);
            engine.get(JdbcClient.class)
                    .sql("update message set attempts = ?")
                    .param(MAX_ATTEMPTS - 2)
                    .update();
        });

        Eventually.until(() -> database.count("undeliverable") == 1);
        Map<String, Object> aside =
                database.jdbc().sql("select * from undeliverable").query().singleRow();
        assertThat(aside)
                .containsEntry("exchange", nowhere)
                .containsEntry("attempts", MAX_ATTEMPTS)
                .containsEntry("last_error", "no_such_exchange")
                .containsEntry("body", "undeliverable".getBytes(UTF_8));
        assertThat(PropertiesCodec.decode((byte[]) aside.get("properties"))).isEqualTo(message.properties());
        assertThat(database.count("message")).isZero();
    }

    @Test
    void anExpiredMessageIsDropped() throws Exception {
        Mailbox mailbox = broker.mailbox(queue);
        double expired = engine.counted("expired");

        engine.inTransaction(() -> {
            engine.outbox()
                    .send(message("too late", Duration.ZERO, Instant.now().minusSeconds(1)));
            engine.outbox().send(message("in time", Duration.ZERO, Instant.now().plusSeconds(600)));
        });

        mailbox.await(1);
        Eventually.until(() -> database.count("message") == 0);
        assertThat(mailbox.texts()).containsExactly("in time");
        assertThat(engine.counted("expired")).isEqualTo(expired + 1);
    }

    /** The broker closes the channel and does not say which of the messages on it was the bad one. */
    @Test
    void aMessageThatTheBrokerRefusesTakesNobodyAlong() throws Exception {
        var forged = new AMQP.BasicProperties.Builder()
                .messageId(UUID.randomUUID().toString())
                .userId("somebody-else")
                .build();

        passAround(ScheduledMessage.now(EXCHANGE, queue, forged, new byte[0]), "precondition_failed");
    }

    /** The client refuses it before it reaches the broker, and the two must go on counting alike. */
    @Test
    void aMessageThatNoFrameCanHoldTakesNobodyAlong() throws Exception {
        passAround(Engine.now(EXCHANGE, "k".repeat(256), "its routing key has 256 bytes"), "unpublishable");
    }

    private void passAround(ScheduledMessage bad, String error) throws Exception {
        Mailbox mailbox = broker.mailbox(queue);
        double unknown = engine.counted("unknown");
        List<ScheduledMessage> good =
                IntStream.range(0, 100).mapToObj(i -> message("good " + i)).toList();

        engine.inTransaction(() -> {
            good.subList(0, 50).forEach(engine.outbox()::send);
            engine.outbox().send(bad);
            good.subList(50, 100).forEach(engine.outbox()::send);
        });

        Eventually.untilAsserted(() -> assertThat(mailbox.ids())
                .containsAll(good.stream()
                        .map(each -> each.properties().getMessageId())
                        .toList()));
        Eventually.untilAsserted(() -> assertThat(database.jdbc()
                        .sql("select last_error from message where attempts > 0")
                        .query(String.class)
                        .list())
                .containsExactly(error));
        assertThat(mailbox.texts()).allMatch(text -> text.startsWith("good"));
        assertThat(engine.counted("unknown")).isEqualTo(unknown);
    }

    @Test
    void nothingIsSentBeforeItsTimeAndLittleAfterIt() throws Exception {
        Mailbox mailbox = broker.mailbox(queue);
        engine.inTransaction(() -> IntStream.range(0, 200).forEach(i -> engine.outbox()
                .send(message(String.valueOf(i), Duration.ofMillis(700 + 10L * i), null))));
        Map<String, Instant> due = database
                .jdbc()
                .sql("select convert_from(body, 'UTF8'), due_at from message")
                .query((row, n) -> Map.entry(
                        row.getString(1), row.getObject(2, OffsetDateTime.class).toInstant()))
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        assertThat(due).hasSize(200);

        List<Duration> late = mailbox.await(200).stream()
                .map(letter -> Duration.between(due.get(letter.text()), letter.receivedAt()))
                .sorted()
                .toList();

        log.info(
                "lateness of 200 messages over 2 s: p50 {} ms, p99 {} ms, most {} ms",
                late.get(99).toNanos() / 1e6,
                late.get(197).toNanos() / 1e6,
                late.getLast().toNanos() / 1e6);
        assertThat(late.getFirst()).isPositive();
        assertThat(late.get(99)).isLessThan(Duration.ofMillis(250));
        assertThat(mailbox.ids()).doesNotHaveDuplicates();
    }

    /** Its time is that of the beginning of its transaction: by the commit the lane may be past it. */
    @Test
    void whatALongTransactionStoredIsFoundByTheNextSweep() throws Exception {
        Mailbox mailbox = broker.mailbox(queue);
        engine.send(message("moves the lane on"));
        mailbox.await(1);

        engine.inTransaction(() -> {
            engine.outbox().send(message("stored long ago"));
            engine.get(JdbcClient.class)
                    .sql("update message set due_at = due_at - interval '1 hour'")
                    .update();
        });

        mailbox.await(2);
        assertThat(mailbox.texts()).containsExactly("moves the lane on", "stored long ago");
    }

    private ScheduledMessage message(String text) {
        return Engine.now(EXCHANGE, queue, text);
    }

    private ScheduledMessage message(String text, Duration delay, Instant expiresAt) {
        return new ScheduledMessage(
                "",
                null,
                null,
                EXCHANGE,
                queue,
                Engine.withNewId(),
                text.getBytes(UTF_8),
                ScheduledMessage.When.in(delay),
                new ScheduledMessage.When(expiresAt, null));
    }
}
