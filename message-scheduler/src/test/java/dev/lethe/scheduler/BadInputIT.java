package dev.lethe.scheduler;

import static dev.lethe.messages.scheduling.SchedulingStatus.SCHEDULED;
import static dev.lethe.scheduler.BadInput.PERSON;
import static dev.lethe.scheduler.BadInput.QUEUE;
import static dev.lethe.scheduler.BadInput.schedule;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Delivery;
import dev.lethe.messages.Topology;
import dev.lethe.messages.scheduling.ScheduleHeaders;
import dev.lethe.messages.scheduling.SchedulingReply;
import dev.lethe.messages.scheduling.SchedulingStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever comes in is answered or parked with a reason, or delivered; the next one passes, and nobody's name gets into a log. */
class BadInputIT {

    private static final Duration AT_ONCE = Duration.ofSeconds(3);

    private static Client admin;
    private static LogLines log;
    private static int consumers;
    private static List<Delivery> delivered;
    private static List<Delivery> ofBilling;
    private static List<Delivery> parked;

    private Client users;

    @BeforeAll
    static void serviceRuns() throws Exception {
        Service.start();
        log = LogLines.ofEverything();
        admin = new Client("admin");
        delivered = admin.queue(QUEUE);
        ofBilling = admin.queue("billing.inbox");
        parked = admin.read(Topology.parkingLot(Topology.SCHEDULE_QUEUE));
        consumers = admin.consumers(Topology.SCHEDULE_QUEUE);
    }

    @AfterAll
    static void disconnected() throws Exception {
        log.close();
        admin.close();
        Service.update("delete from message");
    }

    @BeforeEach
    void usersComes() throws Exception {
        users = new Client("users");
    }

    @AfterEach
    void usersLeaves() {
        users.close();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.lethe.scheduler.BadInputs#all")
    void whateverComesInIsSettledAndDisturbsNothing(BadInput input) throws Exception {
        AMQP.BasicProperties properties = input.properties(users);

        users.publish(input.command(), properties, input.body());
        theNextOnePassesAtOnce();

        switch (input.expected()) {
            case BadInput.Expected.Rejected(String reason) -> {
                SchedulingReply answer = users.replyTo(properties.getMessageId());
                assertThat(answer.status()).isEqualTo(SchedulingStatus.REJECTED);
                assertThat(answer.reason()).isEqualTo(reason);
                assertThat(answer.detail()).isNotBlank().doesNotContain(PERSON);
                isParked(input, properties, reason);
            }
            case BadInput.Expected.Parked(String reason) -> isParked(input, properties, reason);
            case BadInput.Expected.Answered(SchedulingStatus status) -> {
                assertThat(users.replyTo(properties.getMessageId()).status()).isEqualTo(status);
                assertThat(those(parked, input, properties)).isEmpty();
            }
            case BadInput.Expected.Delivered(boolean answered) -> {
                Eventually.until(() -> those(delivered, input, properties).size() == 1);
                assertThat(those(delivered, input, properties)
                                .getFirst()
                                .getProperties()
                                .getHeaders())
                        .containsKey("customer")
                        .doesNotContainKeys("x-delay", "x-exchange", "x-key", "x-death", "CC", "BCC");
                assertThat(those(parked, input, properties)).isEmpty();
                if (answered) {
                    assertThat(users.replyTo(properties.getMessageId()).status())
                            .isEqualTo(SCHEDULED);
                } else {
                    assertThat(users.repliesTo(properties.getMessageId())).isEmpty();
                }
            }
        }
        if (!(input.expected() instanceof BadInput.Expected.Delivered)) {
            assertThat(those(delivered, input, properties)).isEmpty();
        }
        assertThat(ofBilling).isEmpty();
        assertThat(admin.consumers(Topology.SCHEDULE_QUEUE)).isEqualTo(consumers);
        assertThat(log.lines()).noneMatch(line -> line.contains("Erika") || line.contains("Mustermann"));
    }

    /** The exchange has no such binding, but a copy for another key, or somebody who may bind, brings it in. */
    @Test
    void anUnknownCommandIsRejected() throws Exception {
        BadInput input = schedule("by another name").with("CC", List.of(ScheduleHeaders.SCHEDULE));
        AMQP.BasicProperties properties = input.properties(users);

        users.publish("reschedule", properties, input.body());

        assertThat(users.replyTo(properties.getMessageId()).reason()).isEqualTo("unknown_command");
        isParked(input, properties, "unknown_command");
        theNextOnePassesAtOnce();
        assertThat(log.lines()).anyMatch(line -> line.contains("unknown_command") && line.contains("\"users\""));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.lethe.scheduler.BadInputs#forTheBroker")
    void whatTheBrokerRefusesDisturbsNothingEither(BadInput input) throws Exception {
        try (var other = new Client("users")) {
            assertThatThrownBy(() -> other.publish(input.command(), input.properties(other), input.body()))
                    .hasStackTraceContaining("ShutdownSignalException");
        }
        theNextOnePassesAtOnce();
    }

    /** 2,000 levels would end a reader with a stack of ordinary size, and the broker would deliver them again and again. */
    @ParameterizedTest(name = "{0} deep")
    @ValueSource(ints = {200, 2_000})
    void headersTooDeepToBeReadHoldUpNobody(int depth) throws Exception {
        Object deep = "down here";
        for (int i = 0; i < depth; i++) {
            deep = List.of(deep);
        }
        BadInput input = schedule("lists " + depth + " deep").with("deep", deep);
        AMQP.BasicProperties properties = input.properties(users);
        var publishing = new FutureTask<>(() -> {
            users.publish(input.command(), properties, input.body());
            return properties;
        });
        new Thread(null, publishing, "large stack", 1L << 29).start();
        publishing.get();

        theNextOnePassesAtOnce();
        assertThat(users.replyTo(properties.getMessageId()).reason()).isEqualTo("invalid_header");
        isParked(input, properties, "invalid_header");
    }

    private void theNextOnePassesAtOnce() throws Exception {
        AMQP.BasicProperties next =
                users.message().headers(Client.later(QUEUE, 0)).build();
        Instant before = Instant.now();
        assertThat(users.ask(ScheduleHeaders.SCHEDULE, next, new byte[0]).status())
                .isEqualTo(SCHEDULED);
        Eventually.until(() -> delivered.stream().anyMatch(each -> next.getMessageId()
                .equals(each.getProperties().getMessageId())));
        assertThat(Duration.between(before, Instant.now())).isLessThan(AT_ONCE);
    }

    private static void isParked(BadInput input, AMQP.BasicProperties properties, String reason) {
        Eventually.until(() -> those(parked, input, properties).size() == 1);
        Delivery kept = those(parked, input, properties).getFirst();
        assertThat(Client.header(kept, Topology.PARKED_REASON_HEADER)).isEqualTo(reason);
        assertThat(Client.header(kept, Topology.PARKED_DETAIL_HEADER)).isNotBlank();
        assertThat(kept.getBody()).isEqualTo(input.body());
    }

    /** By its id, or if it has none by what it says. */
    private static List<Delivery> those(List<Delivery> deliveries, BadInput input, AMQP.BasicProperties properties) {
        return deliveries.stream()
                .filter(each -> properties.getMessageId() == null
                        ? Objects.deepEquals(each.getBody(), input.body())
                        : properties.getMessageId().equals(each.getProperties().getMessageId()))
                .toList();
    }
}
