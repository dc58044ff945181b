package dev.lethe.cancellation;

import static dev.lethe.cancellation.fleet.ParticipantStandIn.says;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP;
import dev.lethe.cancellation.fleet.AmqpUser;
import dev.lethe.cancellation.fleet.Fleet;
import dev.lethe.cancellation.fleet.ParticipantStandIn;
import dev.lethe.cancellation.fleet.SchedulerStandIn.Scheduled;
import dev.lethe.messages.MessageJson;
import dev.lethe.messages.Messages;
import dev.lethe.messages.Subject;
import dev.lethe.messages.Topology;
import dev.lethe.messages.erasure.StartErasure;
import dev.lethe.messages.erasure.StopErasure;
import dev.lethe.messages.participant.EraseSubject;
import dev.lethe.messages.participant.ErasureOutcome;
import dev.lethe.messages.participant.Retained;
import dev.lethe.messages.participant.SubjectExported;
import dev.lethe.messages.request.CompletionOutcome;
import dev.lethe.messages.request.DataErased;
import dev.lethe.messages.request.ErasureException;
import dev.lethe.messages.request.ErasureStarted;
import dev.lethe.messages.request.RequestCompleted;
import dev.lethe.messages.request.RequestKind;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class ErasureIT {

    private static Fleet fleet;
    private static ParticipantStandIn users;
    private static ParticipantStandIn billing;
    private static ParticipantStandIn history;
    private static ParticipantStandIn emailing;

    @BeforeAll
    static void startFleet() throws Exception {
        fleet = Fleet.start("cancellation_erasure", 1);
        users = fleet.participant("users");
        billing = fleet.participant("billing");
        history = fleet.participant("viewing-history");
        emailing = fleet.participant("emailing");
    }

    @AfterAll
    static void stopFleet() {
        fleet.close();
    }

    @Test
    void anErasureRunsToItsEndAndTheMailSystemForgetsLast(CapturedOutput output) throws Exception {
        StartErasure order = Fleet.order();
        UUID id = fleet.starts(order);

        assertThat(fleet.facts().fact(id, Messages.ERASURE_STARTED))
                .extracting(ErasureStarted::participants)
                .isEqualTo(List.of("users", "billing", "viewing-history", "emailing"));
        EraseSubject question = users.question(id);
        assertThat(question).isEqualTo(new EraseSubject(question.taskId(), id, order.subject(), 1, order.deadline()));
        assertThat(users.lastEnvelope().getUserId()).isEqualTo("cancellation-service");
        assertThat(users.lastEnvelope().getType()).isEqualTo("participant.erase");
        assertThat(users.lastEnvelope().getCorrelationId()).isEqualTo(id.toString());

        users.erases(id);
        billing.erases(id);
        assertThat(fleet.facts().typesOf(id)).doesNotContain("erasure.data_erased");
        assertThat(emailing.questions(id)).isEmpty();
        history.answers(says(history.question(id).taskId(), ErasureOutcome.NOTHING_FOUND));

        assertThat(fleet.facts().fact(id, Messages.ERASURE_DATA_ERASED))
                .extracting(DataErased::subjectId)
                .isEqualTo(order.subject().id());
        EraseSubject last = emailing.question(id);
        assertThat(last.subject()).isEqualTo(order.subject());
        Scheduled deferred =
                fleet.scheduler().scheduled("erase:" + last.taskId()).getFirst();
        assertThat(deferred.delay()).isEqualTo(300);
        assertThat(deferred.exchange()).isEqualTo("participants");
        assertThat(deferred.routingKey()).isEqualTo("emailing");
        assertThat(deferred.message().getProperties().getUserId()).isEqualTo("cancellation-service");
        assertThat(deferred.message().getProperties().getHeaders())
                .containsOnlyKeys("schema_version", "traceparent", "x-delay", "x-exchange", "x-routing-key", "x-key");
        assertThat(emailing.lastEnvelope().getMessageId())
                .isEqualTo(deferred.message().getProperties().getMessageId());
        assertThat(state(id)).containsEntry("state", "noticed");

        emailing.erases(id);
        RequestCompleted completed = fleet.facts().fact(id, Messages.REQUEST_COMPLETED);
        assertThat(completed.kind()).isEqualTo(RequestKind.ERASURE);
        assertThat(completed.outcome()).isEqualTo(CompletionOutcome.COMPLETED);
        assertThat(completed.exceptions()).isEmpty();

        assertThat(fleet.facts().typesOf(id))
                .containsExactly(
                        "erasure.started",
                        "erasure.participant_done",
                        "erasure.participant_done",
                        "erasure.participant_done",
                        "erasure.data_erased",
                        "erasure.participant_done",
                        "request.completed");
        assertThat(fleet.facts().of(id)).allSatisfy(fact -> {
            assertThat(fact.routingKey()).isEqualTo(fact.type());
            assertThat(fact.properties().getUserId()).isEqualTo("cancellation-service");
            assertThat(fact.properties().getDeliveryMode()).isEqualTo(2);
        });
        assertThat(state(id)).containsEntry("state", "completed").containsEntry("outcome", "completed");
        assertThat(state(id).get("subject")).as("forgotten here too").isNull();
        assertThat(state(id).get("ended_at")).isNotNull();

        await().untilAsserted(() -> assertThat(output.toString().lines().filter(line -> line.contains(id.toString())))
                .map(line -> line.replaceAll(".*event\\.action=\"?([a-z-]+).*", "$1"))
                .containsExactly(
                        "erasure-started",
                        "participant-asked",
                        "participant-asked",
                        "participant-asked",
                        "participant-answered",
                        "participant-answered",
                        "participant-answered",
                        "data-erased",
                        "participant-asked",
                        "participant-answered",
                        "erasure-completed"));
        assertThat(output.toString())
                .as("no personal data in the log")
                .doesNotContain(
                        order.subject().id(), String.valueOf(order.subject().email()), "c-" + id);
    }

    @Test
    void whatIsRetainedOrFailedForGoodIsToldAtTheEnd() throws Exception {
        var invoices = new Retained("invoices", "GDPR Art. 17(3)(b)", "2036-12-31");
        UUID id = fleet.starts(Fleet.order());
        users.erases(id);
        billing.retains(id, invoices);
        history.fails(id, false);
        emailing.erases(id);

        RequestCompleted completed = fleet.facts().fact(id, Messages.REQUEST_COMPLETED);
        assertThat(completed.outcome()).isEqualTo(CompletionOutcome.COMPLETED_WITH_EXCEPTIONS);
        assertThat(completed.exceptions())
                .containsExactlyInAnyOrder(
                        new ErasureException("billing", ErasureOutcome.RETAINED, List.of(invoices), null),
                        new ErasureException("viewing-history", ErasureOutcome.FAILED, List.of(), "out of order"));
        assertThat(state(id)).containsEntry("outcome", "completed_with_exceptions");
    }

    @Test
    void whoFailsForNowIsAskedAgainThroughTheScheduler() throws Exception {
        UUID id = fleet.starts(Fleet.order());
        billing.erases(id);
        history.erases(id);
        users.fails(id, true);

        EraseSubject second = users.question(id, 2);
        assertThat(second.attempt()).isEqualTo(2);
        assertThat(second.taskId()).isEqualTo(users.question(id).taskId());
        users.fails(id, true);
        assertThat(users.question(id, 3).attempt()).isEqualTo(3);
        assertThat(fleet.scheduler().scheduled("erase:" + second.taskId()))
                .extracting(Scheduled::delay)
                .containsExactly(1000L, 2000L);
        assertThat(fleet.facts().typesOf(id)).doesNotContain("erasure.data_erased");

        users.erases(id);
        emailing.erases(id);
        assertThat(fleet.facts().fact(id, Messages.REQUEST_COMPLETED).outcome()).isEqualTo(CompletionOutcome.COMPLETED);
    }

    @Test
    void repeatedAnswersChangeNothingAndContradictionsAreParked(CapturedOutput output) throws Exception {
        UUID id = fleet.starts(Fleet.order());
        users.erases(id);
        UUID task = users.question(id).taskId();
        fleet.facts().fact(id, Messages.ERASURE_PARTICIPANT_DONE);
        List<Map<String, Object>> before = rows(id);

        fleet.isHandled(users.erases(id));
        fleet.isHandled(users.answers(says(task, ErasureOutcome.NOTHING_FOUND)));
        users.fails(id, false);
        assertThat(fleet.nextParked(Topology.REPLIES_QUEUE)).isEqualTo("contradictory_answer");
        users.fails(id, true);
        assertThat(fleet.nextParked(Topology.REPLIES_QUEUE)).isEqualTo("contradictory_answer");
        users.retains(id, new Retained("everything", "because", null));
        assertThat(fleet.nextParked(Topology.REPLIES_QUEUE)).isEqualTo("contradictory_answer");
        assertThat(rows(id)).isEqualTo(before);
        assertThat(output.toString()
                        .lines()
                        .filter(line -> line.contains("contradictory_answer") && line.contains("ERROR")))
                .as("alarmed")
                .hasSize(3);

        billing.erases(id);
        history.erases(id);
        emailing.erases(id);
        fleet.facts().fact(id, Messages.REQUEST_COMPLETED);
        before = rows(id);
        fleet.isHandled(users.erases(id));
        users.fails(id, true);
        assertThat(fleet.nextParked(Topology.REPLIES_QUEUE)).isEqualTo("contradictory_answer");
        assertThat(rows(id)).as("also after the end").isEqualTo(before);
        nothingMoreIsTold();
        assertThat(fleet.facts().typesOf(id)).hasSize(7);
    }

    @Test
    void forgedAnswersCompleteNothing() throws Exception {
        UUID id = fleet.starts(Fleet.order());
        billing.erases(id);
        history.erases(id);
        UUID usersTask = users.question(id).taskId();
        await().until(() -> fleet.facts().typesOf(id).size() == 3);
        List<Map<String, Object>> before = rows(id);
        byte[] erased = MessageJson.write(says(usersTask, ErasureOutcome.ERASED));

        // The broker itself refuses the exchange of another, and the name of another
        refusedByTheBroker(403, "billing", Topology.repliesExchange("users"), "billing", erased);
        refusedByTheBroker(406, "billing", Topology.repliesExchange("billing"), "users", erased);

        billing.answers(says(usersTask, ErasureOutcome.ERASED));
        assertThat(fleet.nextParked(Topology.REPLIES_QUEUE))
                .as("the task of another")
                .isEqualTo("wrong_sender");

        users.answers(says(UUID.randomUUID(), ErasureOutcome.ERASED));
        assertThat(fleet.nextParked(Topology.REPLIES_QUEUE)).isEqualTo("unknown_task");

        AMQP.BasicProperties anonymous = users.user()
                .envelope(Messages.PARTICIPANT_ERASED, null)
                .userId(null)
                .build();
        users.user().publish(Topology.repliesExchange("users"), "", anonymous, erased);
        assertThat(fleet.nextParked(Topology.REPLIES_QUEUE))
                .as("without user_id")
                .isEqualTo("wrong_sender");

        fleet.admin()
                .publish(
                        Topology.repliesExchange("users"),
                        "",
                        fleet.admin()
                                .envelope(Messages.PARTICIPANT_ERASED, null)
                                .build(),
                        erased);
        assertThat(fleet.nextParked(Topology.REPLIES_QUEUE)).as("an operator").isEqualTo("wrong_sender");

        UUID emailingTask = fleet.database()
                .sql("select task_id from erasure_task where request_id = :id and participant = 'emailing'")
                .param("id", id)
                .query(UUID.class)
                .single();
        emailing.answers(says(emailingTask, ErasureOutcome.ERASED));
        assertThat(fleet.nextParked(Topology.REPLIES_QUEUE))
                .as("before it is asked")
                .isEqualTo("not_asked");

        assertThat(rows(id)).isEqualTo(before);
        users.erases(id);
        emailing.erases(id);
        fleet.facts().fact(id, Messages.REQUEST_COMPLETED);
    }

    private static void refusedByTheBroker(int code, String user, String exchange, String userId, byte[] body)
            throws Exception {
        try (AmqpUser forger = AmqpUser.named(user)) {
            AMQP.BasicProperties properties = forger.envelope(Messages.PARTICIPANT_ERASED, null)
                    .userId(userId)
                    .build();
            assertThatThrownBy(() -> forger.publish(exchange, "", properties, body))
                    .hasStackTraceContaining("reply-code=" + code);
        }
    }

    @Test
    void theSameOrderAgainDoesNothingAndAnotherPersonUnderItsIdIsParked() throws Exception {
        StartErasure order = Fleet.order();
        UUID id = fleet.starts(order);
        users.question(id);
        fleet.starts(order);
        fleet.starts(new StartErasure(id, new Subject("somebody-else", null), "gdpr", order.deadline()));
        assertThat(fleet.nextParked(Topology.COMMANDS_QUEUE)).isEqualTo("conflicting_request");

        fleet.admin()
                .publish(
                        Topology.COMMANDS_EXCHANGE,
                        Messages.ERASURE_START.name(),
                        Messages.ERASURE_START,
                        Fleet.order(),
                        UUID.randomUUID());
        assertThat(fleet.nextParked(Topology.COMMANDS_QUEUE))
                .as("only requests-manager orders")
                .isEqualTo("wrong_sender");

        nothingMoreIsTold();
        assertThat(users.questions(id)).hasSize(1);
        assertThat(fleet.facts().typesOf(id)).containsExactly("erasure.started");
    }

    @Test
    void itIsTooLateToStopAndTheErasureGoesOn(CapturedOutput output) throws Exception {
        UUID id = fleet.starts(Fleet.order());
        users.question(id);
        fleet.requestsManager()
                .publish(
                        Topology.COMMANDS_EXCHANGE,
                        Messages.ERASURE_STOP.name(),
                        Messages.ERASURE_STOP,
                        new StopErasure(id),
                        id);
        await().until(() -> output.toString()
                .lines()
                .anyMatch(line -> line.contains("erasure-stop-ignored")
                        && line.contains("too_late")
                        && line.contains(id.toString())));
        fleet.participants("users", "billing", "viewing-history", "emailing").forEach(participant -> {
            try {
                participant.erases(id);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        fleet.facts().fact(id, Messages.REQUEST_COMPLETED);
    }

    @Test
    void exportsAreLeftToOthersHoweverLargeTheyAre() throws Exception {
        var export = new SubjectExported(
                UUID.randomUUID(), dev.lethe.messages.participant.ExportOutcome.EXPORTED, List.of());
        users.user()
                .publish(
                        Topology.repliesExchange("users"),
                        "",
                        Messages.PARTICIPANT_EXPORTED,
                        export,
                        UUID.randomUUID());
        AMQP.BasicProperties large =
                users.user().envelope(Messages.PARTICIPANT_EXPORTED, null).build();
        users.user().publish(Topology.repliesExchange("users"), "", large, new byte[2 * 1024 * 1024]);

        UUID id = fleet.starts(Fleet.order());
        fleet.isHandled(users.erases(id));
        assertThat(fleet.nothingIsParked(Topology.REPLIES_QUEUE)).isTrue();
        assertThat(fleet.database()
                        .sql("select count(*) from inbox where message_id = :id")
                        .param("id", UUID.fromString(large.getMessageId()))
                        .query(Integer.class)
                        .single())
                .isZero();
    }

    @Test
    void itSaysThatItIsHealthy() throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<String> health = http.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/actuator/health".formatted(fleet.webPort())))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(health.statusCode()).isEqualTo(200);
            assertThat(health.body()).contains("UP");
        }
    }

    /** Whatever is on its way is told before this is. */
    private static void nothingMoreIsTold() throws Exception {
        UUID marker = fleet.starts(Fleet.order());
        fleet.facts().fact(marker, Messages.ERASURE_STARTED);
    }

    private static Map<String, Object> state(UUID id) {
        return fleet.database()
                .sql("select * from erasure where request_id = :id")
                .param("id", id)
                .query()
                .singleRow();
    }

    private static List<Map<String, Object>> rows(UUID id) {
        return fleet.database().sql("""
                        select to_jsonb(e)::text as erasure, to_jsonb(t)::text as task
                          from erasure e join erasure_task t using (request_id)
                         where request_id = :id
                         order by position
                        """).param("id", id).query().listOfRows();
    }
}
