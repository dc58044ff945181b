package dev.lethe.servers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tries, on a real broker, what each user may do and what it may not. */
class BrokerPermissionsIT {
    private static final RabbitServer RABBIT = LocalServers.shared().rabbit();
    private static final Map<String, Connection> CONNECTIONS = new ConcurrentHashMap<>();
    private static final int ACCESS_REFUSED = 403;
    private static final int PRECONDITION_FAILED = 406;

    /** The services declare everything themselves, with the rights that they have and no other's help. */
    @BeforeAll
    static void topology() throws Exception {
        as("message-scheduler", channel -> {
            channel.exchangeDeclare("scheduler", BuiltinExchangeType.DIRECT, true);
            queueWithParkingLot(channel, "message-scheduler.intake");
            channel.queueBind("message-scheduler.intake", "scheduler", "schedule");
        });
        as("requests-manager", channel -> {
            channel.exchangeDeclare("privacy.requests", BuiltinExchangeType.TOPIC, true);
            channel.exchangeDeclare("privacy.events", BuiltinExchangeType.TOPIC, true);
            channel.exchangeDeclare("privacy.commands", BuiltinExchangeType.DIRECT, true);
            queueWithParkingLot(channel, "requests-manager.requests");
            channel.queueBind("requests-manager.requests", "privacy.requests", "request.*");
            queueWithParkingLot(channel, "requests-manager.events");
            channel.queueBind("requests-manager.events", "privacy.events", "#");
            queueWithParkingLot(channel, "requests-manager.checks");
            participants(channel, "requests-manager.exports");
        });
        as("cancellation-service", channel -> {
            queueWithParkingLot(channel, "cancellation-service.commands");
            channel.queueBind("cancellation-service.commands", "privacy.commands", "erasure.start");
            participants(channel, "cancellation-service.replies");
        });
    }

    /** Each of the two services that ask them; neither waits for the other. */
    private static void participants(Channel channel, String replies) throws IOException {
        channel.exchangeDeclare("participants", BuiltinExchangeType.DIRECT, true);
        queueWithParkingLot(channel, replies);
        for (String participant : new String[] {"users", "billing", "emailing"}) {
            queueWithParkingLot(channel, "participant." + participant);
            channel.queueBind("participant." + participant, "participants", participant);
            channel.exchangeDeclare("participant." + participant + ".replies", BuiltinExchangeType.FANOUT, true);
            channel.queueBind(replies, "participant." + participant + ".replies", "");
        }
    }

    @AfterAll
    static void disconnected() throws IOException {
        for (Connection connection : CONNECTIONS.values()) {
            connection.abort();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"cancellation-service", "requests-manager"})
    void aTaskGoesOutAndItsAnswerComesBack(String asker) throws Exception {
        as(asker, channel -> publish(channel, "participants", "billing", null, "task"));

        as("billing", channel -> {
            assertThat(body(channel.basicGet("participant.billing", true))).isEqualTo("task");
            publish(channel, "participant.billing.replies", "", "billing", "answer");
        });

        as("cancellation-service", channel -> assertThat(body(channel.basicGet("cancellation-service.replies", true)))
                .isEqualTo("answer"));
        as("requests-manager", channel -> assertThat(body(channel.basicGet("requests-manager.exports", true)))
                .isEqualTo("answer"));
    }

    @Test
    void whatAParticipantCannotHandleIsParkedWhereOnlyTheServiceFindsIt() throws Exception {
        as("cancellation-service", channel -> publish(channel, "participants", "users", null, "poison"));

        as("users", channel -> {
            GetResponse task = channel.basicGet("participant.users", false);
            channel.basicReject(task.getEnvelope().getDeliveryTag(), false);
        });

        as("cancellation-service", channel -> {
            GetResponse parked =
                    await().until(() -> channel.basicGet("participant.users.parked", true), message -> message != null);
            assertThat(body(parked)).isEqualTo("poison");
        });
        refused("users", channel -> channel.basicGet("participant.users.parked", true));
        refused("users", channel -> publish(channel, "parking", "participant.billing", null, "forged"));
    }

    @Test
    void aParticipantOwnsWhatBeginsWithItsName() throws Exception {
        as("users", channel -> {
            channel.exchangeDeclare("users.facts", BuiltinExchangeType.TOPIC, true);
            queue(channel, "users.inbox");
            channel.queueBind("users.inbox", "users.facts", "#");
            publish(channel, "users.facts", "user.left", null, "bye");
            assertThat(body(channel.basicGet("users.inbox", true))).isEqualTo("bye");
        });
        refused("billing", channel -> channel.basicGet("users.inbox", true));
        refused("billing", channel -> queue(channel, "users.another"));
        refused("billing", channel -> publish(channel, "users.facts", "user.left", null, "forged"));
        refused("billing", channel -> channel.queueDelete("users.inbox"));
    }

    @Test
    void aParticipantCannotAnswerForAnother() throws Exception {
        refused("users", channel -> publish(channel, "participant.billing.replies", "", "users", "forged"));
        refused("users", channel -> channel.basicGet("participant.billing", true));
        refused("users", channel -> publish(channel, "participants", "billing", null, "forged"));
        refused("users", channel -> channel.queueDelete("participant.users"));
        refused("users", channel -> channel.queueBind("users.spy", "participant.billing.replies", ""));
    }

    @Test
    void nobodyCanGoRoundTheExchangesThroughTheDefaultOne() throws Exception {
        for (String user : new String[] {"users", "emailing", "frontend", "requests-manager", "cancellation-service"}) {
            refused(user, channel -> publish(channel, "", "cancellation-service.replies", null, "forged"));
        }
    }

    @Test
    void nobodyCanSpeakUnderAnothersName() throws Exception {
        ShutdownSignalException refusal =
                refusal("users", channel -> publish(channel, "participant.users.replies", "", "billing", "forged"));

        assertThat(code(refusal)).isEqualTo(PRECONDITION_FAILED);
        assertThat(refusal).hasMessageContaining("user_id");
    }

    @Test
    void theSchedulerDeliversUnderTheNameOfWhomItDeliversFor() throws Exception {
        as("users", channel -> publish(channel, "scheduler", "schedule", "users", "later"));

        as("message-scheduler", channel -> {
            GetResponse scheduled = channel.basicGet("message-scheduler.intake", true);
            assertThat(scheduled.getProps().getUserId()).isEqualTo("users");
            publish(channel, "", "requests-manager.requests", "users", "now");
        });

        as("requests-manager", channel -> {
            GetResponse delivered = channel.basicGet("requests-manager.requests", true);
            assertThat(body(delivered)).isEqualTo("now");
            assertThat(delivered.getProps().getUserId()).isEqualTo("users");
        });
        refused("message-scheduler", channel -> channel.basicGet("requests-manager.requests", true));
    }

    @Test
    void theRequestsManagerHasItselfWoken() throws Exception {
        as("requests-manager", channel -> publish(channel, "scheduler", "schedule", "requests-manager", "check"));

        as("message-scheduler", channel -> {
            assertThat(body(channel.basicGet("message-scheduler.intake", true))).isEqualTo("check");
            publish(channel, "", "requests-manager.checks", "requests-manager", "check");
        });

        as("requests-manager", channel -> assertThat(body(channel.basicGet("requests-manager.checks", true)))
                .isEqualTo("check"));
        refused("requests-manager", channel -> publish(channel, "", "requests-manager.checks", null, "forged"));
        refused("users", channel -> channel.basicGet("requests-manager.checks", true));
    }

    @Test
    void aFrontendAsksAndListensAndNoMore() throws Exception {
        as("frontend", channel -> {
            queue(channel, "frontend.news");
            channel.queueBind("frontend.news", "privacy.events", "request.*");
            publish(channel, "privacy.requests", "request.erasure", "frontend", "please");
            publish(channel, "scheduler", "cancel", "frontend", "never mind");
        });
        as("requests-manager", channel -> {
            assertThat(body(channel.basicGet("requests-manager.requests", true)))
                    .isEqualTo("please");
            publish(channel, "privacy.events", "request.received", null, "received");
        });
        as("frontend", channel -> assertThat(body(channel.basicGet("frontend.news", true)))
                .isEqualTo("received"));
        refused("frontend", channel -> publish(channel, "privacy.events", "request.completed", null, "forged"));
        refused("frontend", channel -> publish(channel, "privacy.commands", "erasure.start", null, "forged"));
        refused("frontend", channel -> channel.basicGet("requests-manager.requests", true));
    }

    @Test
    void theNotifierMaySayThatItNotifiedAndNothingElse() throws Exception {
        as("emailing", channel -> {
            queue(channel, "emailing.news");
            channel.queueBind("emailing.news", "privacy.events", "erasure.data_erased");
            publish(channel, "privacy.events", "notification.sent", "emailing", "told");
        });
        refused("emailing", channel -> publish(channel, "privacy.events", "request.completed", null, "forged"));
        refused("emailing", channel -> publish(channel, "privacy.events", "notification.sent.x", null, "forged"));
        refused("billing", channel -> publish(channel, "privacy.events", "notification.sent", null, "forged"));
    }

    @Test
    void theServicesStayOutOfEachOthersQueues() throws Exception {
        refused("requests-manager", channel -> channel.basicGet("participant.billing.parked", true));
        refused("requests-manager", channel -> publish(channel, "participant.billing.replies", "", null, "forged"));
        refused("requests-manager", channel -> channel.basicGet("cancellation-service.replies", true));
        refused("cancellation-service", channel -> publish(channel, "participant.billing.replies", "", null, "forged"));
        refused("cancellation-service", channel -> channel.basicGet("requests-manager.requests", true));
        refused("cancellation-service", channel -> publish(channel, "privacy.commands", "erasure.start", null, "x"));
        refused("message-scheduler", channel -> channel.queueDelete("participant.billing"));
    }

    @Test
    void theAdministratorMayDoEverything() throws Exception {
        as("admin", channel -> {
            queue(channel, "anything");
            publish(channel, "", "anything", "admin", "at all");
            assertThat(body(channel.basicGet("anything", true))).isEqualTo("at all");
            channel.queueDelete("anything");
        });
    }

    @Test
    void aQueueOfOursGivesUpOnAMessageAfterTwentyDeliveries() {
        assertThat(RABBIT.ctl("list_queues", "--silent", "name", "policy").lines())
                .contains(
                        "participant.billing\tlethe-delivery-limit", "message-scheduler.intake\tlethe-delivery-limit");
    }

    /** As the fleet declares them: what cannot be handled goes to a queue beside it. */
    private static void queueWithParkingLot(Channel channel, String name) throws IOException {
        channel.exchangeDeclare("parking", BuiltinExchangeType.DIRECT, true);
        queue(channel, name + ".parked");
        channel.queueBind(name + ".parked", "parking", name);
        channel.queueDeclare(
                name,
                true,
                false,
                false,
                Map.of(
                        "x-queue-type", "quorum",
                        "x-dead-letter-exchange", "parking",
                        "x-dead-letter-routing-key", name,
                        "x-dead-letter-strategy", "at-least-once",
                        "x-overflow", "reject-publish"));
    }

    private static void queue(Channel channel, String name) throws IOException {
        channel.queueDeclare(name, true, false, false, Map.of("x-queue-type", "quorum"));
    }

    private static void publish(Channel channel, String exchange, String key, String userId, String body)
            throws Exception {
        channel.basicPublish(
                exchange,
                key,
                true,
                new AMQP.BasicProperties.Builder()
                        .deliveryMode(2)
                        .userId(userId)
                        .build(),
                body.getBytes(UTF_8));
        channel.waitForConfirmsOrDie(10_000);
    }

    private static String body(GetResponse message) {
        return new String(message.getBody(), UTF_8);
    }

    private static void as(String user, Action action) throws Exception {
        try (Channel channel = connection(user).createChannel()) {
            channel.confirmSelect();
            action.on(channel);
        }
    }

    private static void refused(String user, Action action) throws Exception {
        assertThat(code(refusal(user, action))).isEqualTo(ACCESS_REFUSED);
    }

    private static ShutdownSignalException refusal(String user, Action action) throws Exception {
        Channel channel = connection(user).createChannel();
        channel.confirmSelect();
        Throwable thrown = catchThrowable(() -> action.on(channel));
        assertThat(thrown).as("what %s should not be able to do", user).isNotNull();
        while (!(thrown instanceof ShutdownSignalException refusal)) {
            assertThat(thrown.getCause()).as("why it failed: %s", thrown).isNotNull();
            thrown = thrown.getCause();
        }
        return refusal;
    }

    private static int code(ShutdownSignalException refusal) {
        return ((AMQP.Channel.Close) refusal.getReason()).getReplyCode();
    }

    private static Connection connection(String user) {
        return CONNECTIONS.computeIfAbsent(user, name -> {
            try {
                return RabbitServerIT.connect(RABBIT, name);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private interface Action {
        void on(Channel channel) throws Exception;
    }
}
