package dev.lethe.scheduler;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Delivery;
import dev.lethe.messages.MessageJson;
import dev.lethe.messages.Messages;
import dev.lethe.messages.Subject;
import dev.lethe.messages.Topology;
import dev.lethe.messages.participant.EraseSubject;
import dev.lethe.messages.participant.ErasureOutcome;
import dev.lethe.messages.participant.SubjectErased;
import dev.lethe.messages.scheduling.ScheduleHeaders;
import dev.lethe.messages.scheduling.SchedulingReply;
import dev.lethe.messages.scheduling.SchedulingStatus;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is pending about a person can be deleted, and how much that was is told. */
class ForgetIT {

    private static final String QUEUE = "users.forget-it";
    private static final int MUCH_LATER = 3_600_000;

    private Client users;
    private Client billing;

    @BeforeEach
    void prepare() throws Exception {
        Service.start();
        Service.update("delete from message");
        Service.update("delete from undeliverable");
        users = new Client("users");
        billing = new Client("billing");
        users.declare(QUEUE);
        for (String subject : List.of("ada", "ada", "grace")) {
            users.schedule(about(subject, QUEUE), "from users");
        }
        billing.schedule(about("ada", "billing.forget-it"), "from billing");
        assertThat(Service.pending()).isEqualTo(4);
    }

    @AfterEach
    void close() throws Exception {
        Service.update("delete from message");
        users.close();
        billing.close();
    }

    @Test
    void whoScheduledForgetsWhatItScheduled() throws Exception {
        assertThat(forget(users, "ada"))
                .isEqualTo(new SchedulingReply(SchedulingStatus.FORGOTTEN, null, null, null, 2));
        assertThat(forget(users, "ada").count()).isZero();

        assertThat(Service.pending()).isEqualTo(2);
        assertThat(forget(billing, "ada").count()).isEqualTo(1);
    }

    @Test
    void administratorsForgetForAll() throws Exception {
        try (var admin = new Client("admin")) {
            assertThat(forget(admin, "ada").count()).isEqualTo(3);
        }
        assertThat(Service.pending()).isEqualTo(1);
    }

    @Test
    void whatCouldNotBeDeliveredIsForgottenToo() throws Exception {
        Service.update("""
                with failed as (delete from message where subject = 'ada' and owner = 'users' returning *)
                insert into undeliverable (id, shard, due_at, owner, key, subject, exchange, routing_key, properties, body)
                select id, shard, due_at, owner, key, subject, exchange, routing_key, properties, body from failed
                """);

        assertThat(forget(users, "ada").count()).isEqualTo(2);
    }

    /** As cancellation-service does for a plan that lists message-scheduler. */
    @Test
    void theSchedulerIsAParticipantLikeAnyOther() throws Exception {
        try (var admin = new Client("admin")) {
            admin.declare("admin.answers");
            admin.exchange(Topology.repliesExchange("message-scheduler"), "admin.answers");
            List<Delivery> answers = admin.read("admin.answers");
            var task = new EraseSubject(
                    UUID.randomUUID(),
                    UUID.randomUUID(),
                    new Subject("ada", null, Map.of()),
                    1,
                    Instant.now().plusSeconds(60));

            ask(task);
            Eventually.until(() -> answers.size() == 1);
            ask(new EraseSubject(UUID.randomUUID(), task.requestId(), task.subject(), 1, task.deadline()));
            Eventually.until(() -> answers.size() == 2);

            SubjectErased first = MessageJson.read(answers.getFirst().getBody(), SubjectErased.class);
            assertThat(first.taskId()).isEqualTo(task.taskId());
            assertThat(first.outcome()).isEqualTo(ErasureOutcome.ERASED);
            assertThat(first.records()).isEqualTo(3);
            assertThat(answers.getFirst().getProperties().getUserId()).isEqualTo("message-scheduler");
            assertThat(MessageJson.read(answers.getLast().getBody(), SubjectErased.class)
                            .outcome())
                    .isEqualTo(ErasureOutcome.NOTHING_FOUND);
        }
        assertThat(Service.pending()).isEqualTo(1);
    }

    private static void ask(EraseSubject task) throws Exception {
        try (var cancellation = new Client("cancellation-service")) {
            AMQP.BasicProperties properties = cancellation
                    .message()
                    .replyTo(null)
                    .type(Messages.PARTICIPANT_ERASE.name())
                    .contentType("application/json")
                    .build();
            cancellation.exchange(Topology.PARTICIPANTS_EXCHANGE, Topology.participantQueue("message-scheduler"));
            cancellation.publishTo(Topology.PARTICIPANTS_EXCHANGE, properties, MessageJson.write(task));
        }
    }

    private static SchedulingReply forget(Client client, String subject) throws Exception {
        return client.ask(
                ScheduleHeaders.FORGET,
                client.message()
                        .headers(Map.of(ScheduleHeaders.SUBJECT, subject))
                        .build(),
                "".getBytes(UTF_8));
    }

    private static Map<String, Object> about(String subject, String queue) {
        Map<String, Object> headers = Client.later(queue, MUCH_LATER);
        headers.put(ScheduleHeaders.SUBJECT, subject);
        return headers;
    }
}
