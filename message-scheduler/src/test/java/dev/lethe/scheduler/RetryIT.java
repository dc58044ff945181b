package dev.lethe.scheduler;

import static dev.lethe.messages.scheduling.ScheduleHeaders.ATTEMPT;
import static dev.lethe.messages.scheduling.ScheduleHeaders.BACKOFF;
import static dev.lethe.messages.scheduling.ScheduleHeaders.DELAY;
import static dev.lethe.messages.scheduling.ScheduleHeaders.HISTORY;
import static dev.lethe.messages.scheduling.ScheduleHeaders.MAX_ATTEMPTS;
import static dev.lethe.messages.scheduling.ScheduleHeaders.MAX_DELAY;
import static dev.lethe.messages.scheduling.ScheduleHeaders.REASON;
import static dev.lethe.messages.scheduling.ScheduleHeaders.RETRY;
import static dev.lethe.messages.scheduling.ScheduleHeaders.ROUTING_KEY;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Delivery;
import dev.lethe.messages.Topology;
import dev.lethe.messages.scheduling.SchedulingReply;
import dev.lethe.messages.scheduling.SchedulingStatus;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A service hands back what it could not handle, with plain AMQP and nothing but the headers. */
class RetryIT {

    private static final String QUEUE = "users.work";
    private static final String EXCHANGE = "users.orders";
    private static final String PARKED = Topology.parkingLot(QUEUE);
    private static final int HOUR = 3_600_000;

    private Client users;
    private List<Delivery> delivered;
    private List<Delivery> parked;
    private int taken;

    @BeforeAll
    static void theServiceRuns() {
        Service.start();
    }

    @BeforeEach
    void usersListens() throws Exception {
        users = new Client("users");
        delivered = users.queue(QUEUE);
        parked = users.queue(PARKED);
        users.exchange(EXCHANGE, QUEUE);
    }

    @AfterEach
    void usersLeaves() throws Exception {
        users.close();
        Service.update("delete from message");
    }

    @Test
    void whatWasHandedBackComesAgainAsItCame() throws Exception {
        Map<String, Object> own = new HashMap<>();
        own.put("table", Map.of("list", List.of(1, "two", Map.of("deep", true))));
        own.put("bytes", new byte[] {0, -1});
        own.put("timestamp", new Date(1_767_322_800_000L));
        own.put("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
        var sent = new AMQP.BasicProperties.Builder()
                .contentType("application/vnd.example+xml")
                .contentEncoding("identity")
                .deliveryMode(2)
                .priority(3)
                .correlationId("correlation")
                .replyTo("users.answers")
                .messageId("not a uuid")
                .timestamp(new Date(1_767_322_801_000L))
                .type("order.placed")
                .appId("shop")
                .headers(own)
                .build();
        users.publishTo(EXCHANGE, sent, "<order/>".getBytes(UTF_8));
        Delivery first = next();
        Instant failed = Instant.now();

        handBack(first, Map.of(DELAY, 300, REASON, "IOException"));

        Delivery second = next();
        assertThat(Duration.between(failed, Instant.now())).isGreaterThanOrEqualTo(Duration.ofMillis(300));
        assertThat(second.getBody()).isEqualTo(first.getBody());
        assertThat(second.getProperties().builder().headers(null).build())
                .isEqualTo(first.getProperties()
                        .builder()
                        .headers(null)
                        .userId("users")
                        .build());
        assertThat(headersBesides(second, ATTEMPT, HISTORY))
                .usingRecursiveComparison()
                .isEqualTo(headersBesides(first));
        assertThat(second.getProperties().getHeaders().get(ATTEMPT)).isEqualTo(2);
        assertThat(history(second)).singleElement().satisfies(line -> {
            assertThat(line).endsWith(" IOException");
            assertThat(Instant.parse(line.split(" ", 2)[0])).isBetween(failed.minusSeconds(5), Instant.now());
        });
    }

    @Test
    void attemptsAreCountedAndAfterTheLastItIsParkedWithItsHistory() throws Exception {
        users.publishTo(EXCHANGE, users.message().build(), "poison".getBytes(UTF_8));
        for (String reason : List.of("A", "B", "C")) {
            handBack(next(), Map.of(DELAY, 0, MAX_ATTEMPTS, 3, REASON, reason));
        }

        Eventually.until(() -> parked.size() == 1);
        assertThat(attempts(delivered)).containsExactly(1, 2, 3);
        Delivery last = parked.getFirst();
        assertThat(last.getBody()).asString(UTF_8).isEqualTo("poison");
        assertThat(last.getProperties().getUserId()).isEqualTo("users");
        assertThat(history(last)).extracting(line -> line.split(" ", 2)[1]).containsExactly("A", "B", "C");
        assertThat(history(last)).isSorted();
        assertThat(Client.header(last, "x-parked-reason")).isEqualTo("attempts_exhausted");
        assertThat(Client.header(last, "x-parked-detail")).isNotBlank();
        assertThat(last.getProperties().getHeaders())
                .doesNotContainKeys(ROUTING_KEY, DELAY, MAX_ATTEMPTS, BACKOFF, REASON);
        Eventually.until(() -> Service.pending() == 0);
        assertThat(delivered).hasSize(3);
    }

    @Test
    void itIsDeliveredFiveTimesUnlessTold() throws Exception {
        users.publishTo(EXCHANGE, users.message().build(), new byte[0]);
        for (int delivery = 1; delivery <= 5; delivery++) {
            handBack(next(), Map.of(DELAY, 0));
        }

        Eventually.until(() -> parked.size() == 1);
        assertThat(attempts(delivered)).containsExactly(1, 2, 3, 4, 5);
        assertThat(history(parked.getFirst())).hasSize(5);
    }

    @Test
    void oneAttemptInAllParksAtOnce() throws Exception {
        users.publishTo(EXCHANGE, users.message().build(), "hopeless".getBytes(UTF_8));

        handBack(next(), Map.of(DELAY, HOUR, MAX_ATTEMPTS, 1, REASON, "InvalidOrder"));

        Eventually.until(() -> parked.size() == 1);
        assertThat(history(parked.getFirst())).singleElement().asString().endsWith(" InvalidOrder");
        assertThat(delivered).hasSize(1);
    }

    @Test
    void theLastTwentyFailuresAreKept() throws Exception {
        List<String> before = IntStream.range(10, 30)
                .mapToObj("2026-03-02T09:15:%d.000Z Old"::formatted)
                .toList();
        users.publishTo(
                EXCHANGE,
                users.message().headers(Map.of(ATTEMPT, 21, HISTORY, before)).build(),
                new byte[0]);

        handBack(next(), Map.of(DELAY, 0, MAX_ATTEMPTS, 100, REASON, "New"));

        Delivery again = next();
        assertThat(again.getProperties().getHeaders().get(ATTEMPT)).isEqualTo(22);
        assertThat(history(again))
                .hasSize(20)
                .startsWith(before.get(1))
                .element(19)
                .asString()
                .endsWith(" New");
    }

    @ParameterizedTest
    @CsvSource({
        // attempt that failed, back-off, first delay, longest delay, so long until the next
        "1, exponential, 600000,,        600000",
        "2, exponential, 600000,,       1200000",
        "3, exponential, 600000,,       2400000",
        "4, exponential, 600000,,       3600000",
        "90, exponential, 600000,,      3600000",
        "3, exponential, 600000, 900000, 900000",
        "3,, 600000,,                   2400000",
        "1, fixed, 600000,,              600000",
        "4, fixed, 600000,,              600000",
        "4, fixed, 7200000,,            7200000",
    })
    void theDelayGrowsAsItWasToldTo(int attempt, String backoff, int delay, Integer maxDelay, long expected)
            throws Exception {
        Map<String, Object> headers = new HashMap<>(Map.of(DELAY, delay, MAX_ATTEMPTS, 100));
        if (backoff != null) {
            headers.put(BACKOFF, backoff);
        }
        if (maxDelay != null) {
            headers.put(MAX_DELAY, maxDelay);
        }
        for (int message = 0; message < 8; message++) {
            users.publishTo(EXCHANGE, failedBefore(attempt - 1), new byte[0]);
            handBack(next(), headers);
        }

        Eventually.until(() -> Service.pending() == 8);
        List<Long> delays = delays();
        if ("fixed".equals(backoff)) {
            assertThat(delays).containsOnly(expected);
        } else {
            assertThat(delays).allSatisfy(millis -> assertThat(millis).isBetween(expected, expected * 5 / 4));
            assertThat(delays.stream().distinct()).as("jitter").hasSizeGreaterThan(1);
        }
    }

    @Test
    void itComesBackToItsQueueAndNoOtherBehindTheExchangeThatItCameThrough() throws Exception {
        List<Delivery> other = users.queue("users.other");
        users.exchange("users.facts", QUEUE, "users.other");
        users.publishTo("users.facts", users.message().build(), new byte[0]);
        Eventually.until(() -> other.size() == 1);

        handBack(next(), Map.of(DELAY, 0));

        assertThat(next().getProperties().getHeaders().get(ATTEMPT)).isEqualTo(2);
        Eventually.until(() -> Service.pending() == 0);
        assertThat(other).hasSize(1);
    }

    @Test
    void nobodyIsToldThatARetryWasTaken() throws Exception {
        AMQP.BasicProperties asked = users.message().build();
        users.publishTo(EXCHANGE, asked, new byte[0]);

        handBack(next(), Map.of(DELAY, 0));

        next();
        Eventually.until(() -> Service.pending() == 0);
        assertThat(users.repliesTo(asked.getMessageId())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"participant.billing", "billing.inbox", "message-scheduler.schedule", "users", "usersdata.x"})
    void aQueueOfSomebodyElseIsRefused(String queue) throws Exception {
        SchedulingReply reply = users.ask(
                RETRY,
                users.message().headers(Map.of(ROUTING_KEY, queue, DELAY, 0)).build(),
                "forged".getBytes(UTF_8));

        assertThat(reply.status()).isEqualTo(SchedulingStatus.REJECTED);
        assertThat(reply.reason()).isEqualTo("target_not_allowed");
        Eventually.until(() -> Service.pending() == 0);
    }

    @Test
    void theParkingLotOfSomebodyElseIsRefusedToo() throws Exception {
        SchedulingReply reply = users.ask(
                RETRY,
                users.message()
                        .headers(Map.of(ROUTING_KEY, "participant.billing", DELAY, 0, MAX_ATTEMPTS, 1))
                        .build(),
                "forged".getBytes(UTF_8));

        assertThat(reply.reason()).isEqualTo("target_not_allowed");
    }

    private static AMQP.BasicProperties failedBefore(int times) {
        Map<String, Object> headers = new HashMap<>();
        if (times > 0) {
            headers.put(ATTEMPT, times + 1);
        }
        return new AMQP.BasicProperties.Builder()
                .messageId(UUID.randomUUID().toString())
                .headers(headers)
                .build();
    }

    /** As it came, under our own name, and with what is to be done. */
    private void handBack(Delivery failed, Map<String, Object> retry) throws Exception {
        Map<String, Object> headers = headersBesides(failed);
        headers.put(ROUTING_KEY, QUEUE);
        headers.putAll(retry);
        users.publish(
                RETRY,
                failed.getProperties()
                        .builder()
                        .userId("users")
                        .headers(headers)
                        .build(),
                failed.getBody());
    }

    private Delivery next() {
        int index = taken++;
        Eventually.until(() -> delivered.size() > index);
        return delivered.get(index);
    }

    private static List<Integer> attempts(List<Delivery> deliveries) {
        return deliveries.stream()
                .map(delivery -> (Integer) headersBesides(delivery).getOrDefault(ATTEMPT, 1))
                .toList();
    }

    private static List<String> history(Delivery delivery) {
        var lines = new ArrayList<String>();
        ((List<?>) delivery.getProperties().getHeaders().get(HISTORY)).forEach(line -> lines.add(line.toString()));
        return lines;
    }

    private static Map<String, Object> headersBesides(Delivery delivery, String... ours) {
        Map<String, Object> given = delivery.getProperties().getHeaders();
        Map<String, Object> headers = given == null ? new HashMap<>() : new HashMap<>(given);
        headers.keySet().removeAll(List.of(ours));
        return headers;
    }

    /** From when each was stored, in milliseconds. */
    private static List<Long> delays() throws SQLException {
        try (Connection connection = Service.connection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "select round(extract(epoch from due_at - created_at) * 1000) from message")) {
            var delays = new ArrayList<Long>();
            while (rows.next()) {
                delays.add(rows.getLong(1));
            }
            return delays;
        }
    }
}
