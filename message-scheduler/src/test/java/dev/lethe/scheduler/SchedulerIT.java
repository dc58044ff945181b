package dev.lethe.scheduler;

import static com.rabbitmq.client.impl.LongStringHelper.asLongString;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Delivery;
import dev.lethe.messages.scheduling.ScheduleHeaders;
import dev.lethe.messages.scheduling.SchedulingReply;
import dev.lethe.messages.scheduling.SchedulingStatus;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a sender is promised: its own message, unchanged, once, when it said, unless it took it back. */
class SchedulerIT {

    private static final String QUEUE = "users.later";
    private static final int MUCH_LATER = Integer.MAX_VALUE;

    private Client users;
    private List<Delivery> delivered;

    @BeforeEach
    void serviceRuns() throws Exception {
        Service.start();
        users = new Client("users");
        delivered = users.queue(QUEUE);
    }

    @AfterEach
    void disconnected() throws Exception {
        users.close();
        Service.update("delete from message");
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "text/plain; charset=iso-8859-1", "application/octet-stream", "none"})
    void aMessageArrivesAsItWasWithItsVerifiedSender(String contentType) throws Exception {
        byte[] body = contentType.equals("none") ? new byte[0] : everyByte();
        Map<String, Object> own = new HashMap<>(Map.of(
                "text",
                asLongString("ein Wört"),
                "bytes",
                new byte[] {0, 1, (byte) 0xff},
                "decimal",
                new BigDecimal("-3.14"),
                "time",
                new Date(1_700_000_000_000L),
                "short",
                (short) 7,
                "table",
                Map.of("in", List.of(asLongString("it"), Map.of("deep", new byte[] {1}))),
                "x-attempt",
                3));
        own.put("nothing", null);
        Map<String, Object> all = new HashMap<>(own);
        all.putAll(Client.later(QUEUE, 1));
        AMQP.BasicProperties sent = new AMQP.BasicProperties.Builder()
                .contentType(contentType)
                .contentEncoding("identity")
                .deliveryMode(1)
                .priority(4)
                .correlationId("correlation")
                .replyTo("users.answers")
                .messageId(UUID.randomUUID().toString())
                .timestamp(new Date(1_600_000_000_000L))
                .type("some.type")
                .userId("users")
                .appId("some app")
                .headers(all)
                .build();

        users.publish(ScheduleHeaders.SCHEDULE, sent, body);

        Delivery delivery = first();
        assertThat(delivery.getBody()).isEqualTo(body);
        assertThat(withoutHeaders(delivery.getProperties())).isEqualTo(withoutHeaders(sent));
        assertThat(delivery.getProperties().getHeaders())
                .usingRecursiveComparison()
                .isEqualTo(own);
    }

    private static byte[] everyByte() {
        var bytes = new byte[256];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) i;
        }
        return bytes;
    }

    private static AMQP.BasicProperties withoutHeaders(AMQP.BasicProperties properties) {
        return properties.builder().headers(null).build();
    }

    @Test
    void whenCanBeSaidInEveryWayThatClientsHaveAndIsNeverTooEarly() throws Exception {
        Instant due = Instant.now().plusMillis(600);
        Date wholeSecond = new Date(Instant.now().getEpochSecond() * 1_000 + 1_000);
        List<Map<String, Object>> ways = List.of(
                Map.of("x-deliver-at", due.toString()),
                Map.of("x-deliver-at", due.toString().replace("Z", "+00:00")),
                Map.of("x-deliver-at", due.toEpochMilli()),
                Map.of("x-deliver-at", String.valueOf(due.toEpochMilli())),
                Map.of("x-deliver-at", wholeSecond),
                Map.of("x-delay", 600),
                Map.of("x-delay", 600L),
                Map.of("x-delay", (short) 600),
                Map.of("x-delay", "600"));

        for (Map<String, Object> way : ways) {
            Map<String, Object> headers = Client.later(QUEUE, 0);
            headers.remove("x-delay");
            headers.putAll(way);
            assertThat(users.schedule(headers, way.toString()).status()).isEqualTo(SchedulingStatus.SCHEDULED);
        }

        first();
        assertThat(Instant.now()).isAfter(due.isBefore(wholeSecond.toInstant()) ? due : wholeSecond.toInstant());
        Eventually.until(() -> delivered.size() >= ways.size());
        assertThat(Client.texts(delivered))
                .containsExactlyInAnyOrderElementsOf(
                        ways.stream().map(Map::toString).toList());
    }

    @Test
    void aTimeInThePastIsNow() throws Exception {
        Map<String, Object> headers = Client.later(QUEUE, 0);
        headers.remove("x-delay");
        headers.put("x-deliver-at", "2001-01-01T00:00:00Z");

        users.schedule(headers, "overdue");

        assertThat(first().getBody()).isEqualTo("overdue".getBytes(UTF_8));
    }

    @Test
    void whatHasNoIdIsGivenOne() throws Exception {
        AMQP.BasicProperties properties = users.message()
                .messageId(null)
                .correlationId("asked")
                .headers(Client.later(QUEUE, 0))
                .build();

        users.publish(ScheduleHeaders.SCHEDULE, properties, new byte[0]);

        assertThat(UUID.fromString(first().getProperties().getMessageId())).isNotNull();
        Eventually.until(() -> users.repliesTo("asked").size() == 1);
    }

    @Test
    void theSameKeyReplacesOrKeepsAndIsSentOnce() throws Exception {
        assertThat(users.schedule(keyed("a", MUCH_LATER), "first"))
                .isEqualTo(new SchedulingReply(SchedulingStatus.SCHEDULED, "a", null, null, null));
        assertThat(users.schedule(keyed("a", 300), "second").status()).isEqualTo(SchedulingStatus.REPLACED);
        Map<String, Object> keep = keyed("a", 0);
        keep.put("x-on-conflict", "keep");
        assertThat(users.schedule(keep, "third").status()).isEqualTo(SchedulingStatus.KEPT);

        first();
        nothingIsPending();
        assertThat(Client.texts(delivered)).containsExactly("second");
    }

    @Test
    void cancellingHasThreeAnswers() throws Exception {
        users.schedule(keyed("a", MUCH_LATER), "never");

        try (Connection other = Service.connection();
                Statement statement = other.createStatement()) {
            // As the dispatcher does while it sends
            other.setAutoCommit(false);
            statement.execute("select from message where key = 'a' for update");
            assertThat(users.cancel("a").status()).isEqualTo(SchedulingStatus.IN_FLIGHT);
            other.rollback();
        }
        assertThat(users.cancel("a")).isEqualTo(new SchedulingReply(SchedulingStatus.CANCELLED, "a", null, null, null));
        assertThat(users.cancel("a").status()).isEqualTo(SchedulingStatus.GONE);
        nothingIsPending();
        assertThat(delivered).isEmpty();
    }

    @Test
    void aKeyIsOneOfItsSendersOwn() throws Exception {
        users.schedule(keyed("a", MUCH_LATER), "of users");

        try (var billing = new Client("billing")) {
            assertThat(billing.cancel("a").status()).isEqualTo(SchedulingStatus.GONE);
        }
        assertThat(users.cancel("a").status()).isEqualTo(SchedulingStatus.CANCELLED);
    }

    @Test
    void anAnswerGoesToAQueueOfTheSendersOwn() throws Exception {
        List<Delivery> answers = users.queue("users.answers");
        AMQP.BasicProperties properties = users.message()
                .replyTo("users.answers")
                .correlationId("42")
                .headers(keyed("a", MUCH_LATER))
                .build();

        users.publish(ScheduleHeaders.SCHEDULE, properties, new byte[0]);

        Eventually.until(() -> !answers.isEmpty());
        assertThat(Client.reply(answers.getFirst()).status()).isEqualTo(SchedulingStatus.SCHEDULED);
        assertThat(answers.getFirst().getProperties().getCorrelationId()).isEqualTo("42");
        assertThat(answers.getFirst().getProperties().getUserId()).isEqualTo("message-scheduler");
        assertThat(answers.getFirst().getProperties().getType()).isEqualTo("scheduling.reply");
    }

    /** The broker treats a direct reply as unroutable, although it delivers it. */
    @Test
    void anAnswerIsGivenOnce() throws Exception {
        AMQP.BasicProperties question =
                users.message().headers(Map.of("x-key", "unknown")).build();

        users.ask(ScheduleHeaders.CANCEL, question, new byte[0]);

        nothingIsPending();
        assertThat(users.repliesTo(question.getMessageId())).hasSize(1);
    }

    @Test
    void whatIsPendingOutlivesTheService() throws Exception {
        users.schedule(Client.later(QUEUE, MUCH_LATER), "patient");

        Service.stop();
        assertThat(Service.pending()).isEqualTo(1);
        Service.update("update message set due_at = now()");
        // What comes while nobody is there waits in the queue
        users.publish(
                ScheduleHeaders.SCHEDULE,
                users.message().headers(Client.later(QUEUE, 0)).build(),
                "sent to nobody".getBytes(UTF_8));
        Service.start();

        Eventually.until(() -> delivered.size() >= 2);
        assertThat(Client.texts(delivered)).containsExactlyInAnyOrder("patient", "sent to nobody");
    }

    @Test
    void whatHasExpiredIsNotDelivered() throws Exception {
        Map<String, Object> expired = Client.later(QUEUE, 300);
        expired.put("x-expires-at", Instant.now().plusMillis(100).toString());
        users.schedule(expired, "too late");
        Map<String, Object> fresh = Client.later(QUEUE, 300);
        fresh.put("x-expires-at", Instant.now().plusSeconds(60).toEpochMilli());
        users.schedule(fresh, "in time");

        first();
        nothingIsPending();
        assertThat(Client.texts(delivered)).containsExactly("in time");
    }

    private static Map<String, Object> keyed(String key, int millis) {
        Map<String, Object> headers = Client.later(QUEUE, millis);
        headers.put("x-key", key);
        return headers;
    }

    private Delivery first() {
        Eventually.until(() -> !delivered.isEmpty());
        return delivered.getFirst();
    }

    /** Neither a message nor an answer that is to be sent again. */
    private static void nothingIsPending() {
        Eventually.until(() -> Service.pending() == 0);
    }
}
