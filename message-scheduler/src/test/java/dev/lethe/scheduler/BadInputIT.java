package dev.lethe.scheduler;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Delivery;
import dev.lethe.messages.Topology;
import dev.lethe.messages.scheduling.ScheduleHeaders;
import dev.lethe.messages.scheduling.SchedulingReply;
import dev.lethe.messages.scheduling.SchedulingStatus;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever comes in is answered with a reason and kept, and the next one passes. */
class BadInputIT {

    private static final String QUEUE = "users.later";
    private static final Object ABSENT = new Object();

    private static Client users;
    private static Client admin;
    private static List<Delivery> delivered;
    private static List<Delivery> parked;

    @BeforeAll
    static void serviceRuns() throws Exception {
        Service.start();
        users = new Client("users");
        delivered = users.queue(QUEUE);
        admin = new Client("admin");
        parked = admin.read(Topology.parkingLot(Topology.SCHEDULE_QUEUE));
    }

    @AfterAll
    static void disconnected() {
        users.close();
        admin.close();
    }

    static List<Arguments> badHeaders() {
        return List.of(
                bad("both times", Map.of("x-deliver-at", "2099-01-01T00:00:00Z"), "invalid_time"),
                bad("neither time", Map.of("x-delay", ABSENT), "invalid_time"),
                bad("a negative delay", Map.of("x-delay", -1), "invalid_time"),
                bad("a delay in words", Map.of("x-delay", "soon"), "invalid_time"),
                bad("half a millisecond", Map.of("x-delay", 0.5), "invalid_time"),
                bad("more than a century", Map.of("x-delay", Long.MAX_VALUE), "invalid_time"),
                bad("more digits than a number has", Map.of("x-delay", "9".repeat(40)), "invalid_time"),
                bad("a time in words", at("tomorrow"), "invalid_time"),
                bad("a time without an offset", at("2099-01-01T00:00:00"), "invalid_time"),
                bad("a time after the calendar", at("+10000-01-01T00:00:00Z"), "invalid_time"),
                bad("a table for a time", at(Map.of("year", 2099)), "invalid_time"),
                bad("an expiry in words", Map.of("x-expires-at", "never"), "invalid_time"),
                bad("a key of 10,000 characters", Map.of("x-key", "k".repeat(10_000)), "invalid_header"),
                bad("a key with a NUL", Map.of("x-key", "k\0"), "invalid_header"),
                bad("a key with a line break", Map.of("x-key", "k\nk"), "invalid_header"),
                bad("a number for a key", Map.of("x-key", 17), "invalid_header"),
                bad("a long subject", Map.of("x-subject", "s".repeat(257)), "invalid_header"),
                bad("nonsense on conflict", Map.of("x-on-conflict", "merge"), "invalid_header"),
                bad("a long routing key", Map.of("x-routing-key", "users." + "ü".repeat(125)), "invalid_header"),
                bad("no exchange", Map.of("x-exchange", ABSENT), "no_target"),
                bad("the default exchange without a queue", Map.of("x-routing-key", ABSENT), "no_target"),
                bad("somebody else's queue", Map.of("x-routing-key", "billing.later"), "target_not_allowed"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badHeaders")
    void whatCannotBeScheduledIsRejectedWithItsReason(String what, Map<String, Object> headers, String reason)
            throws Exception {
        rejected(ScheduleHeaders.SCHEDULE, users.message().headers(headers).build(), what.getBytes(UTF_8), reason);
    }

    @Test
    void aBodyOfTwoMebibytesIsRejected() throws Exception {
        rejected(ScheduleHeaders.SCHEDULE, good().build(), new byte[2 * 1024 * 1024], "too_large");
    }

    @Test
    void whoDoesNotSayWhoItIsIsRejected() throws Exception {
        rejected(ScheduleHeaders.SCHEDULE, good().userId(null).build(), new byte[0], "no_user_id");
        rejected(
                ScheduleHeaders.CANCEL,
                good().userId(null).headers(Map.of("x-key", "k")).build(),
                new byte[0],
                "no_user_id");
    }

    /** The exchange has no such binding, but a copy for another key brings it in. */
    @Test
    void anUnknownCommandIsRejected() throws Exception {
        Map<String, Object> headers = Client.later(QUEUE, 0);
        headers.put("CC", List.of(ScheduleHeaders.SCHEDULE));

        rejected("reschedule", users.message().headers(headers).build(), new byte[0], "unknown_command");
    }

    @Test
    void aCancellationOfNothingIsRejected() throws Exception {
        rejected(ScheduleHeaders.CANCEL, users.message().build(), new byte[0], "no_key");
        rejected(
                ScheduleHeaders.CANCEL,
                users.message().headers(Map.of("x-key", "k".repeat(257))).build(),
                new byte[0],
                "invalid_header");
    }

    private static void rejected(String command, AMQP.BasicProperties properties, byte[] body, String reason)
            throws Exception {
        SchedulingReply reply = users.ask(command, properties, body);

        assertThat(reply.status()).isEqualTo(SchedulingStatus.REJECTED);
        assertThat(reply.reason()).isEqualTo(reason);
        assertThat(reply.detail()).isNotBlank();
        Eventually.until(() -> parkedOf(properties).size() == 1);
        Delivery kept = parkedOf(properties).getFirst();
        assertThat(Client.header(kept, Topology.PARKED_REASON_HEADER)).isEqualTo(reason);
        assertThat(Client.header(kept, Topology.PARKED_DETAIL_HEADER)).isEqualTo(reply.detail());
        assertThat(kept.getBody()).isEqualTo(body);

        AMQP.BasicProperties next = good().build();
        assertThat(users.ask(ScheduleHeaders.SCHEDULE, next, new byte[0]).status())
                .isEqualTo(SchedulingStatus.SCHEDULED);
        Eventually.until(() -> delivered.stream().anyMatch(each -> next.getMessageId()
                .equals(each.getProperties().getMessageId())));
        assertThat(delivered)
                .noneMatch(each ->
                        properties.getMessageId().equals(each.getProperties().getMessageId()));
    }

    private static List<Delivery> parkedOf(AMQP.BasicProperties properties) {
        return parked.stream()
                .filter(each ->
                        properties.getMessageId().equals(each.getProperties().getMessageId()))
                .toList();
    }

    private static AMQP.BasicProperties.Builder good() {
        return users.message().headers(Client.later(QUEUE, 0));
    }

    private static Map<String, Object> at(Object time) {
        return Map.of("x-delay", ABSENT, "x-deliver-at", time);
    }

    private static Arguments bad(String what, Map<String, Object> different, String reason) {
        Map<String, Object> headers = new HashMap<>(Client.later(QUEUE, 0));
        headers.putAll(different);
        headers.values().removeIf(ABSENT::equals);
        return Arguments.of(what, headers, reason);
    }
}
