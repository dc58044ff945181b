package dev.lethe.scheduler;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Delivery;
import dev.lethe.messages.MessageJson;
import dev.lethe.messages.Messages;
import dev.lethe.messages.Subject;
import dev.lethe.messages.Topology;
import dev.lethe.messages.participant.ExportOutcome;
import dev.lethe.messages.participant.ExportSubject;
import dev.lethe.messages.participant.ExportedDocument;
import dev.lethe.messages.participant.SubjectExported;
import dev.lethe.messages.scheduling.ScheduleHeaders;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What is pending about a person is told for an access report, but not what it says. */
class ExportIT {

    private static final String QUEUE = "users.export-it";
    private static final String SECRET = "QmF1bXNjaHVsZQ";
    private static final Instant TOMORROW =
            Instant.now().plus(Duration.ofDays(1)).truncatedTo(ChronoUnit.SECONDS);

    private Client admin;
    private Client users;
    private List<Delivery> answers;

    @BeforeEach
    void prepare() throws Exception {
        Service.start();
        Service.update("delete from message");
        Service.update("delete from undeliverable");
        admin = new Client("admin");
        admin.declare("admin.exports");
        admin.exchange(Topology.repliesExchange("message-scheduler"), "admin.exports");
        answers = admin.read("admin.exports");
        users = new Client("users");
        users.declare(QUEUE);
    }

    @AfterEach
    void close() throws Exception {
        Service.update("delete from message");
        Service.update("delete from undeliverable");
        users.close();
        admin.close();
    }

    @Test
    void theSchedulerTellsWhatIsPendingAndNotWhatItSays() throws Exception {
        schedule("ada", TOMORROW.plusSeconds(60), "trial.ends");
        schedule("ada", TOMORROW, null);
        schedule("grace", TOMORROW, "trial.ends");

        SubjectExported exported = export("ada", "requests-manager");

        assertThat(exported.outcome()).isEqualTo(ExportOutcome.EXPORTED);
        ExportedDocument document = exported.documents().getFirst();
        assertThat(exported.documents()).hasSize(1);
        assertThat(document.name()).isEqualTo("pending-messages.json");
        assertThat(document.mediaType()).isEqualTo("application/json");
        assertThat(document.content()).doesNotContain(SECRET, "grace");
        JsonNode told = JsonMapper.shared().readTree(document.content());
        assertThat(told.propertyNames()).containsExactly("about", "count", "messages");
        assertThat(told.path("count").intValue()).isEqualTo(2);
        assertThat(told.path("messages"))
                .containsExactly(
                        JsonMapper.shared()
                                .valueToTree(
                                        Map.of("due_at", TOMORROW.toString(), "exchange", "", "routing_key", QUEUE)),
                        JsonMapper.shared()
                                .valueToTree(Map.of(
                                        "due_at",
                                        TOMORROW.plusSeconds(60).toString(),
                                        "exchange",
                                        "",
                                        "routing_key",
                                        QUEUE,
                                        "type",
                                        "trial.ends")));
        Delivery answer = answers.getFirst();
        assertThat(answer.getProperties().getUserId()).isEqualTo("message-scheduler");
        assertThat(answer.getProperties().getType()).isEqualTo(Messages.PARTICIPANT_EXPORTED.name());
        assertThat(Service.pending()).as("telling deletes nothing").isEqualTo(3);
    }

    @Test
    void whatCouldNotBeDeliveredIsToldToo() throws Exception {
        schedule("ada", TOMORROW, "trial.ends");
        Service.update("""
                with failed as (delete from message where subject = 'ada' returning *)
                insert into undeliverable (id, shard, due_at, owner, key, subject, exchange, routing_key, properties, body)
                select id, shard, due_at, owner, key, subject, exchange, routing_key, properties, body from failed
                """);

        assertThat(export("ada", "requests-manager").documents().getFirst().content())
                .contains("\"count\":1");
    }

    @Test
    void ofVeryManyAllAreCountedAndTheSoonestTold() throws Exception {
        schedule("ada", TOMORROW, "trial.ends");
        // The longest names there can be, of what grows most when it is escaped
        Service.update("""
                insert into message (due_at, owner, subject, exchange, routing_key, properties, body)
                select due_at + n * interval '1 second', owner, subject, exchange, repeat(e'\\x01', 255), properties, body
                  from message, generate_series(1, 10000) as n where subject = 'ada'
                """);

        SubjectExported exported = export("ada", "requests-manager");

        JsonNode told =
                JsonMapper.shared().readTree(exported.documents().getFirst().content());
        assertThat(told.path("count").intValue()).isEqualTo(10_001);
        assertThat(told.path("messages")).hasSize(100);
        assertThat(told.path("messages").path(0).path("due_at").stringValue()).isEqualTo(TOMORROW.toString());
        assertThat(answers.getFirst().getBody()).hasSizeLessThan(1024 * 1024);
    }

    @Test
    void ofSomebodyUnknownNothingIsFound() throws Exception {
        schedule("grace", TOMORROW, "trial.ends");

        SubjectExported exported = export("%", "requests-manager");

        assertThat(exported.outcome()).isEqualTo(ExportOutcome.NOTHING_FOUND);
        assertThat(exported.documents()).isEmpty();
    }

    @Test
    void onlyTheRequestsManagerIsTold() throws Exception {
        schedule("ada", TOMORROW, "trial.ends");
        List<Delivery> parked = admin.read(Topology.parkingLot(Topology.participantQueue("message-scheduler")));

        ask(task("ada"), "cancellation-service");

        Eventually.until(() -> parked.size() == 1);
        assertThat(Client.header(parked.getFirst(), Topology.PARKED_REASON_HEADER))
                .isEqualTo("wrong_sender");
        assertThat(answers).isEmpty();
    }

    private SubjectExported export(String subject, String asker) throws Exception {
        ExportSubject task = task(subject);
        ask(task, asker);
        Eventually.until(() -> answers.size() == 1);
        SubjectExported exported = MessageJson.read(answers.getFirst().getBody(), SubjectExported.class);
        assertThat(exported.taskId()).isEqualTo(task.taskId());
        return exported;
    }

    private static ExportSubject task(String subject) {
        return new ExportSubject(UUID.randomUUID(), UUID.randomUUID(), new Subject(subject, null, Map.of()), TOMORROW);
    }

    private static void ask(ExportSubject task, String user) throws Exception {
        try (var asker = new Client(user)) {
            AMQP.BasicProperties properties = asker.message()
                    .replyTo(null)
                    .type(Messages.PARTICIPANT_EXPORT.name())
                    .contentType("application/json")
                    .build();
            asker.exchange(Topology.PARTICIPANTS_EXCHANGE, Topology.participantQueue("message-scheduler"));
            asker.publishTo(Topology.PARTICIPANTS_EXCHANGE, properties, MessageJson.write(task));
        }
    }

    private void schedule(String subject, Instant due, String type) throws Exception {
        Map<String, Object> headers = new HashMap<>(Map.of(
                ScheduleHeaders.EXCHANGE,
                "",
                ScheduleHeaders.ROUTING_KEY,
                QUEUE,
                ScheduleHeaders.DELIVER_AT,
                due.toString(),
                ScheduleHeaders.SUBJECT,
                subject));
        users.ask(
                ScheduleHeaders.SCHEDULE,
                users.message().type(type).headers(headers).build(),
                SECRET.getBytes(UTF_8));
    }
}
