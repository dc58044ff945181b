package dev.lethe.scheduler.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import dev.lethe.messages.MessageJson;
import dev.lethe.messages.Topology;
import dev.lethe.messages.scheduling.ScheduleHeaders;
import dev.lethe.messages.scheduling.SchedulingReply;
import dev.lethe.messages.scheduling.SchedulingStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Only the database's clock decides: the clock of the host that the service runs on may be hours wrong, and jump. */
class ClockIT {

    private static final String QUEUE = "users.clock";
    private static final String REPLIES = "amq.rabbitmq.reply-to";
    private static final int MESSAGES = 300;

    private static Site site;
    private static FakeTime time;

    private record Reply(SchedulingReply body, Instant timestamp) {}

    @BeforeAll
    static void aClockThatCanBeWrong() throws Exception {
        Optional<FakeTime> found = FakeTime.in(Site.folder());
        assumeTrue(
                found.isPresent(),
                "there is no libfaketime on this machine and apt-get could not fetch one; to run this, install libfaketime");
        time = found.get();
        site = new Site(1);
    }

    @AfterAll
    static void ended() throws Exception {
        if (site != null) {
            site.close();
        }
    }

    @ParameterizedTest
    @CsvSource({"+7200,-7200", "-7200,+7200"})
    void nothingIsEarlyOrLateOnAHostWhoseClockIsWrongAndJumps(String atFirst, String then) throws Exception {
        time.shift(atFirst);
        site.run();
        Instance instance = site.launch("a", Map.of(), time.environment());
        instance.awaitReady();
        Eventually.until(() -> site.owners().size() == 1);
        try (Connection connection = site.broker(Site.SENDER)) {
            Channel channel = connection.createChannel();
            channel.queueDeclare(QUEUE, true, false, false, Map.of("x-queue-type", "quorum"));
            channel.queuePurge(QUEUE);
            Map<String, Instant> arrived = new ConcurrentHashMap<>();
            channel.basicConsume(
                    QUEUE,
                    true,
                    (tag, delivery) -> arrived.put(delivery.getProperties().getMessageId(), Instant.now()),
                    tag -> {});
            BlockingQueue<Reply> replies = new LinkedBlockingQueue<>();
            channel.basicConsume(
                    REPLIES,
                    true,
                    (tag, reply) -> replies.add(new Reply(
                            MessageJson.read(reply.getBody(), SchedulingReply.class),
                            reply.getProperties().getTimestamp().toInstant())),
                    tag -> {});

            for (int i = 0; i < MESSAGES; i++) {
                schedule(channel, 2_500 + 5 * i);
            }
            Duration wrong =
                    Duration.between(Instant.now(), answer(replies).timestamp()).abs();
            for (int i = 1; i < MESSAGES; i++) {
                answer(replies);
            }
            Map<String, Instant> due = due();
            time.shift(then);
            Eventually.until(() -> arrived.size() == MESSAGES);

            List<Duration> late = due.entrySet().stream()
                    .map(entry -> Duration.between(entry.getValue(), arrived.get(entry.getKey())))
                    .sorted()
                    .toList();
            System.out.printf(
                    "clock | host %s s, then %s s | of %d early %d | late p50 %.1f ms, p99 %.1f ms, most %.1f ms%n",
                    atFirst,
                    then,
                    MESSAGES,
                    late.stream().filter(Duration::isNegative).count(),
                    late.get(MESSAGES / 2).toNanos() / 1e6,
                    late.get(MESSAGES * 99 / 100).toNanos() / 1e6,
                    late.getLast().toNanos() / 1e6);
            assertThat(wrong).as("by which the host's clock was wrong").isGreaterThan(Duration.ofHours(1));
            assertThat(due).hasSize(MESSAGES);
            assertThat(late.getFirst()).isPositive();
            assertThat(late.getLast()).isLessThan(Duration.ofSeconds(1));
        }
    }

    /** With an expiry a little after it is due, which a host clock that is ahead would find long over. */
    private static void schedule(Channel channel, int delay) throws Exception {
        channel.basicPublish(
                Topology.SCHEDULER_EXCHANGE,
                ScheduleHeaders.SCHEDULE,
                new AMQP.BasicProperties.Builder()
                        .userId(Site.SENDER)
                        .messageId(UUID.randomUUID().toString())
                        .replyTo(REPLIES)
                        .headers(Map.of(
                                ScheduleHeaders.EXCHANGE,
                                "",
                                ScheduleHeaders.ROUTING_KEY,
                                QUEUE,
                                ScheduleHeaders.DELAY,
                                delay,
                                ScheduleHeaders.EXPIRES_AT,
                                Instant.now().plusSeconds(60).toString()))
                        .build(),
                new byte[0]);
    }

    private static Reply answer(BlockingQueue<Reply> replies) throws InterruptedException {
        Reply reply = replies.poll(10, TimeUnit.SECONDS);
        assertThat(reply).as("answer within 10 s").isNotNull();
        assertThat(reply.body().status()).isEqualTo(SchedulingStatus.SCHEDULED);
        return reply;
    }

    private static Map<String, Instant> due() throws Exception {
        Map<String, Instant> due = new ConcurrentHashMap<>();
        try (var connection = site.database();
                var rows = connection
                        .createStatement()
                        .executeQuery("select properties, due_at from message where routing_key = '" + QUEUE + "'")) {
            while (rows.next()) {
                due.put(
                        Headers.messageId(rows.getBytes(1)),
                        rows.getObject(2, OffsetDateTime.class).toInstant());
            }
        }
        return due;
    }
}
