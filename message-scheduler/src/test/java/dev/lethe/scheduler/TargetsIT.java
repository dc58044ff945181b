package dev.lethe.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Delivery;
import dev.lethe.messages.Topology;
import dev.lethe.messages.scheduling.ScheduleHeaders;
import dev.lethe.messages.scheduling.SchedulingReply;
import dev.lethe.messages.scheduling.SchedulingStatus;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The scheduler may write everywhere; that nobody can make it write where they may not themselves. */
class TargetsIT {

    private static Client admin;
    private static List<Delivery> toBilling;

    private Client users;

    @BeforeAll
    static void everybodysTopology() throws Exception {
        Service.start();
        admin = new Client("admin");
        toBilling = admin.queue("participant.billing");
        admin.exchange("participants", "participant.billing");
        admin.exchange("participant.billing.replies", "participant.billing");
        admin.exchange("billing.facts", "participant.billing");
        admin.exchange("usersdata.facts", "participant.billing");
        admin.declare("participant.users");
    }

    @AfterAll
    static void adminLeaves() {
        admin.close();
    }

    @BeforeEach
    void usersComes() throws Exception {
        users = new Client("users");
        toBilling.clear();
    }

    @AfterEach
    void usersLeaves() throws Exception {
        users.close();
        Service.update("delete from message");
    }

    @ParameterizedTest
    @CsvSource({
        "participants, billing",
        "participant.billing.replies, ''",
        "'', participant.billing",
        "'', billing.inbox",
        "'', participant.users.replies",
        "'', participant.usersdata",
        "'', usersdata.inbox",
        "'', users",
        "'', message-scheduler.schedule",
        "scheduler, schedule",
        "parking, participant.billing",
        "privacy.events, request.completed",
        "billing.facts, ''",
        "usersdata.facts, ''",
        "users, ''",
        "amq.direct, users.inbox",
        "does.not.exist, ''"
    })
    void aParticipantCannotReach(String exchange, String routingKey) throws Exception {
        SchedulingReply reply = users.schedule(to(exchange, routingKey), "forged");

        assertThat(reply.status()).isEqualTo(SchedulingStatus.REJECTED);
        assertThat(reply.reason()).isEqualTo("target_not_allowed");
        Eventually.until(() -> Service.pending() == 0);
    }

    @Test
    void aParticipantReachesWhatIsItsOwn() throws Exception {
        List<Delivery> retried = users.read("participant.users");
        List<Delivery> inbox = users.queue("users.inbox");
        users.exchange("users.facts", "users.inbox");

        users.schedule(to("", "participant.users"), "retry");
        users.schedule(to("", "users.inbox"), "reminder");
        users.schedule(to("users.facts", "anything"), "fact");

        Eventually.untilAsserted(() -> {
            assertThat(Client.texts(retried)).containsExactly("retry");
            assertThat(Client.texts(inbox)).containsExactlyInAnyOrder("reminder", "fact");
        });
    }

    /** As it asks to be told when something may be due. */
    @Test
    void theRequestsManagerHasItselfWokenInItsOwnName() throws Exception {
        try (var requests = new Client("requests-manager")) {
            List<Delivery> checks = requests.queue(Topology.CHECKS_QUEUE);

            requests.schedule(to("", Topology.CHECKS_QUEUE), "check");

            Eventually.until(() -> checks.size() == 1);
            assertThat(checks.getFirst().getProperties().getUserId()).isEqualTo("requests-manager");
        }
    }

    @Test
    void whomTheConfigurationNamesReachesMore() throws Exception {
        try (var cancellation = new Client("cancellation-service")) {
            assertThat(cancellation
                            .schedule(to("participants", "billing"), "task")
                            .status())
                    .isEqualTo(SchedulingStatus.SCHEDULED);
            assertThat(cancellation.schedule(to("billing.facts", ""), "no task").reason())
                    .isEqualTo("target_not_allowed");
        }
        assertThat(admin.schedule(to("billing.facts", ""), "by the administrator")
                        .status())
                .isEqualTo(SchedulingStatus.SCHEDULED);

        Eventually.untilAsserted(
                () -> assertThat(Client.texts(toBilling)).containsExactlyInAnyOrder("task", "by the administrator"));
    }

    @Test
    void copiesAreNotMadeAndAPastIsNotMadeUp() throws Exception {
        List<Delivery> own = users.queue("users.inbox");
        Map<String, Object> headers = to("", "users.inbox");
        headers.put("CC", List.of("participant.billing"));
        headers.put("BCC", List.of("participant.billing"));
        headers.put("x-death", List.of(Map.of("queue", "participant.users", "count", 7L)));

        users.schedule(headers, "to one only");
        users.schedule(to("", "users.inbox"), "afterwards");

        Eventually.until(() -> own.size() == 2);
        assertThat(own.getFirst().getProperties().getHeaders()).isNullOrEmpty();
        assertThat(toBilling).isEmpty();
    }

    @Test
    void anAnswerGoesToNobodyElse() throws Exception {
        users.publish(
                ScheduleHeaders.CANCEL,
                users.message()
                        .replyTo("participant.billing")
                        .headers(Map.of("x-key", "unknown"))
                        .build(),
                new byte[0]);
        // Four threads read the queue; by the time that each has had its turn, the first one has decided
        for (int i = 0; i < 8; i++) {
            assertThat(users.cancel("unknown").status()).isEqualTo(SchedulingStatus.GONE);
        }

        Eventually.until(() -> Service.pending() == 0);
        assertThat(toBilling).isEmpty();
    }

    private static Map<String, Object> to(String exchange, String routingKey) {
        return new HashMap<>(
                Map.of("x-exchange", exchange, "x-routing-key", routingKey == null ? "" : routingKey, "x-delay", 0));
    }
}
