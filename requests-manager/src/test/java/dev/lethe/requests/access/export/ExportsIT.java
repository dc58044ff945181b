package dev.lethe.requests.access.export;

import static dev.lethe.messages.Messages.PARTICIPANT_ERASED;
import static dev.lethe.messages.Messages.PARTICIPANT_EXPORTED;
import static dev.lethe.messages.Messages.REPORT_READY;
import static dev.lethe.messages.Messages.REQUEST_COMPLETED;
import static dev.lethe.messages.Messages.REQUEST_WITHDRAWN;
import static dev.lethe.messages.Topology.EXPORTS_QUEUE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.GetResponse;
import dev.lethe.messages.MessageJson;
import dev.lethe.messages.Topology;
import dev.lethe.messages.participant.ErasureOutcome;
import dev.lethe.messages.participant.ExportOutcome;
import dev.lethe.messages.participant.ExportSubject;
import dev.lethe.messages.participant.ExportedDocument;
import dev.lethe.messages.participant.SubjectErased;
import dev.lethe.messages.participant.SubjectExported;
import dev.lethe.messages.request.CompletionOutcome;
import dev.lethe.messages.request.ErasureException;
import dev.lethe.messages.request.ReportReady;
import dev.lethe.messages.request.RequestCompleted;
import dev.lethe.requests.Broker;
import dev.lethe.requests.Installation;
import dev.lethe.requests.Shop;
import dev.lethe.requests.life.RequestLife;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;

/** Participants hand out what they hold, or do not. There is one worker. */
class ExportsIT {

    private static final String BILLING = "billing";
    private static final String HISTORY = "viewing-history";
    private static final String LONG = "1h";
    private static final String SHORT = "2s";

    @TempDir
    private Path folder;

    private Shop shop;
    private Installation installation;
    private Broker broker;
    private ConfigurableApplicationContext instance;
    private String person;

    @BeforeEach
    void open() throws IOException {
        shop = new Shop();
        person = "person-" + UUID.randomUUID();
    }

    @AfterEach
    void close() throws IOException {
        try {
            assertThat(broker.parked(EXPORTS_QUEUE)).as("what nobody expected").isZero();
        } finally {
            installation.close();
            shop.close();
        }
    }

    @Test
    void aReportWaitsForTheAnswerAndHoldsIt() throws Exception {
        install(asked(BILLING, LONG));
        UUID request = waiting();

        GetResponse message = broker.take(Topology.participantQueue(BILLING));
        ExportSubject task = MessageJson.read(message.getBody(), ExportSubject.class);
        assertThat(message.getProps().getType()).isEqualTo("participant.export");
        assertThat(message.getProps().getUserId()).isEqualTo("requests-manager");
        assertThat(task.requestId()).isEqualTo(request);
        assertThat(task.subject().id()).isEqualTo(person);
        assertThat(task.deadline()).isBetween(inAnHour(request, -1), inAnHour(request, 1));
        assertThat(installation.states(request)).containsExactly("received", "in_progress", "waiting participants");
        broker.answer(BILLING, PARTICIPANT_EXPORTED, exported(task, "invoice 4711"));

        assertThat(reportOf(request)).contains("invoice 4711", "order of " + person);
        assertThat(broker.fact(REQUEST_COMPLETED, request).outcome()).isEqualTo(CompletionOutcome.COMPLETED);
        assertThat(installation.history(request))
                .containsExactly(
                        "submitted",
                        "claimed by a worker",
                        "asked participants",
                        "all participants have answered",
                        "claimed by a worker",
                        "report finished");
        assertThat(documentsOf(request)).as("kept no longer than needed").isZero();
    }

    @Test
    void aParticipantIsToldWhatOtherSourcesKnowOfThePerson() throws Exception {
        installation = new Installation(
                folder,
                shop.source().replace("explain:", "identities: { note: note }, explain:"),
                asked(BILLING, LONG));
        broker = installation.broker();
        instance = installation.start("lethe.access.workers=1");
        waiting();

        ExportSubject task = task(BILLING);

        assertThat(task.subject().identities()).containsOnlyKeys("note").containsValue(Shop.note(person));
    }

    @Test
    void aParticipantThatHoldsNothingIsNoException() throws Exception {
        install(asked(BILLING, LONG));
        UUID request = waiting();

        broker.answer(
                BILLING,
                PARTICIPANT_EXPORTED,
                new SubjectExported(task(BILLING).taskId(), ExportOutcome.NOTHING_FOUND, List.of()));

        RequestCompleted completed = broker.fact(REQUEST_COMPLETED, request);
        assertThat(completed.outcome()).isEqualTo(CompletionOutcome.COMPLETED);
        assertThat(completed.exceptions()).isEmpty();
    }

    @Test
    void anEqualAnswerDoesNothingAndAnotherOneIsParked() throws Exception {
        install(asked(BILLING, LONG), asked(HISTORY, LONG));
        UUID request = waiting();
        ExportSubject task = task(BILLING);
        broker.answer(BILLING, PARTICIPANT_EXPORTED, exported(task, "invoice 4711"));
        broker.answer(BILLING, PARTICIPANT_EXPORTED, exported(task, "invoice 4711"));
        broker.answer(BILLING, PARTICIPANT_EXPORTED, exported(task, "invoice 666"));

        assertThat(broker.parkedReason(EXPORTS_QUEUE)).isEqualTo("contradictory_answer");
        assertThat(installation.state(request)).isEqualTo("waiting");
        broker.answer(HISTORY, PARTICIPANT_EXPORTED, exported(task(HISTORY), "episode 1"));

        assertThat(reportOf(request)).contains("invoice 4711", "episode 1").doesNotContain("invoice 666");
        assertThat(installation.history(request))
                .filteredOn("all participants have answered"::equals)
                .hasSize(1);
    }

    @Test
    void aReportIsBuiltWithoutWhoDoesNotAnswerInTimeAndSaysSo() throws Exception {
        install(asked(BILLING, SHORT), asked(HISTORY, SHORT));
        UUID request = waiting();
        UUID follower = installation.askForReport(person);
        broker.answer(HISTORY, PARTICIPANT_EXPORTED, exported(task(HISTORY), "episode 1"));

        assertThat(reportOf(request)).contains("episode 1", "order of " + person);
        RequestCompleted completed = broker.fact(REQUEST_COMPLETED, request);
        assertThat(completed.outcome()).isEqualTo(CompletionOutcome.COMPLETED_WITH_EXCEPTIONS);
        assertThat(completed.exceptions())
                .containsExactly(
                        new ErasureException(BILLING, ErasureOutcome.FAILED, List.of(), ErasureException.NO_ANSWER));
        assertThat(installation.column("outcome", request)).isEqualTo("completed_with_exceptions");
        assertThat(installation.column("exceptions", request)).contains("\"billing\"", "no_answer");
        assertThat(installation.states(request))
                .as("one look when the time is over")
                .containsExactly("received", "in_progress", "waiting participants", "in_progress", "ready");

        installation.awaitState("completed_with_exceptions", follower);
        assertThat(broker.fact(REQUEST_COMPLETED, follower).outcome())
                .isEqualTo(CompletionOutcome.COMPLETED_WITH_EXCEPTIONS);
    }

    @Test
    void anAnswerAfterTheEndIsNotKept() throws Exception {
        install(asked(BILLING, SHORT));
        UUID request = waiting();
        ExportSubject task = task(BILLING);
        ReportReady ready = broker.fact(REPORT_READY, request);

        broker.answer(BILLING, PARTICIPANT_EXPORTED, exported(task, "invoice 4711"));

        await("the late answer").atMost(Broker.SOON).until(() -> outcomeOf(request, BILLING)
                .equals("exported"));
        assertThat(documentsOf(request)).isZero();
        assertThat(installation.state(request)).isEqualTo("ready");
        assertThat(download(ready)).doesNotContain("invoice 4711");
        assertThat(installation.history(request)).endsWith("report finished");
    }

    @Test
    void aParticipantThatFailsForNowIsAskedAgain() throws Exception {
        install(asked(BILLING, LONG));
        UUID request = waiting();
        ExportSubject first = task(BILLING);
        broker.answer(
                BILLING,
                PARTICIPANT_EXPORTED,
                new SubjectExported(first.taskId(), ExportOutcome.FAILED, List.of(), "the ledger is closed", true));

        ExportSubject second = task(BILLING);
        assertThat(second.taskId()).isEqualTo(first.taskId());
        assertThat(second.deadline()).isEqualTo(first.deadline());
        broker.answer(BILLING, PARTICIPANT_EXPORTED, exported(second, "invoice 4711"));

        assertThat(reportOf(request)).contains("invoice 4711");
        assertThat(broker.fact(REQUEST_COMPLETED, request).outcome()).isEqualTo(CompletionOutcome.COMPLETED);
        assertThat(broker.messages(Topology.participantQueue(BILLING))).isZero();
    }

    @Test
    void aParticipantThatFailsForGoodIsNotAskedAgain() throws Exception {
        install(asked(BILLING, LONG));
        UUID request = waiting();

        broker.answer(
                BILLING,
                PARTICIPANT_EXPORTED,
                new SubjectExported(task(BILLING).taskId(), ExportOutcome.FAILED, List.of(), "not here", false));

        RequestCompleted completed = broker.fact(REQUEST_COMPLETED, request);
        assertThat(completed.outcome()).isEqualTo(CompletionOutcome.COMPLETED_WITH_EXCEPTIONS);
        assertThat(completed.exceptions())
                .extracting(ErasureException::participant)
                .containsExactly(BILLING);
        assertThat(broker.messages(Topology.participantQueue(BILLING))).isZero();
    }

    /** What no code expects: an answer that cannot be decrypted. */
    @Test
    void whatFailsUnexpectedlyIsTriedAgainLaterAndSaysWhy() throws Exception {
        install(asked(BILLING, LONG), asked(HISTORY, LONG));
        UUID request = waiting();
        broker.answer(BILLING, PARTICIPANT_EXPORTED, exported(task(BILLING), "invoice 4711"));
        await("the answer").atMost(Broker.SOON).until(() -> outcomeOf(request, BILLING)
                .equals("exported"));
        installation
                .database()
                .sql("update export_task set documents = '\\x00' where request_id = :id and participant = :participant")
                .param("id", request)
                .param("participant", BILLING)
                .update();

        broker.answer(HISTORY, PARTICIPANT_EXPORTED, exported(task(HISTORY), "episode 1"));

        await("two attempts that fail")
                .atMost(Broker.SOON)
                .until(() -> installation.history(request).stream()
                                .filter("failed unexpectedly: IllegalStateException"::equals)
                                .count()
                        >= 2);
        assertThat(installation.states(request)).contains("waiting sources");
    }

    @Test
    void nobodyAnswersForAnother() throws Exception {
        install(asked(BILLING, LONG), asked(HISTORY, LONG));
        UUID request = waiting();
        ExportSubject billings = task(BILLING);

        broker.answer(HISTORY, PARTICIPANT_EXPORTED, exported(billings, "forged"));

        assertThat(broker.parkedReason(EXPORTS_QUEUE)).isEqualTo("wrong_sender");
        assertThat(outcomeOf(request, BILLING)).isEqualTo("none");
        assertThat(installation.state(request)).isEqualTo("waiting");
    }

    @Test
    void anAnswerThatNobodyAskedForIsParkedAndOneAboutAnErasureIsNotOurs() throws Exception {
        install(asked(BILLING, LONG));

        broker.answer(
                BILLING,
                PARTICIPANT_ERASED,
                new SubjectErased(UUID.randomUUID(), ErasureOutcome.ERASED, null, List.of(), null, null));
        broker.answer(
                BILLING,
                PARTICIPANT_EXPORTED,
                new SubjectExported(UUID.randomUUID(), ExportOutcome.NOTHING_FOUND, List.of()));

        assertThat(broker.parkedReason(EXPORTS_QUEUE)).isEqualTo("unknown_task");
    }

    @Test
    void whileAReportWaitsItsWorkerBuildsAnother() throws Exception {
        install(asked(BILLING, LONG));
        UUID request = waiting();
        task(BILLING);
        String another = person + "-2";

        UUID anothers = installation.askForReport(another);
        broker.answer(BILLING, PARTICIPANT_EXPORTED, exported(task(BILLING), "invoice 4712"));

        assertThat(reportOf(anothers)).contains("order of " + another);
        assertThat(installation.state(request)).isEqualTo("waiting");
        assertThat(installation.column("worker", request)).isEqualTo("none");
    }

    @Test
    void whatWasAnsweredIsDeletedWhenTheRequestIsWithdrawn() throws Exception {
        install(asked(BILLING, LONG), asked(HISTORY, LONG));
        UUID request = waiting();
        broker.answer(BILLING, PARTICIPANT_EXPORTED, exported(task(BILLING), "invoice 4711"));
        await("the answer").atMost(Broker.SOON).until(() -> documentsOf(request) == 1);

        installation.withdraw(request);
        broker.fact(REQUEST_WITHDRAWN, request);

        assertThat(documentsOf(request)).isZero();
        broker.answer(HISTORY, PARTICIPANT_EXPORTED, exported(task(HISTORY), "episode 1"));
        await("the late answer").atMost(Broker.SOON).until(() -> outcomeOf(request, HISTORY)
                .equals("exported"));
        assertThat(documentsOf(request)).isZero();
        assertThat(installation.states(request)).endsWith("waiting participants", "withdrawn");
    }

    @Test
    void anAnswerThatComesWhileTheRequestIsHeldIsUsedAfterItsRelease() throws Exception {
        install(asked(BILLING, LONG));
        UUID request = waiting();
        RequestLife life = instance.getBean(RequestLife.class);
        life.hold(request, "operator ada");
        broker.answer(BILLING, PARTICIPANT_EXPORTED, exported(task(BILLING), "invoice 4711"));
        await("the answer").atMost(Broker.SOON).until(() -> documentsOf(request) == 1);
        assertThat(installation.state(request)).isEqualTo("on_hold");

        life.release(request, "operator ada");

        assertThat(reportOf(request)).contains("invoice 4711");
        assertThat(broker.messages(Topology.participantQueue(BILLING)))
                .as("nobody is asked twice")
                .isZero();
    }

    @Test
    void aSourceThatFailsAfterTheAnswersCostsNoneOfThem() throws Exception {
        install(asked(BILLING, LONG));
        shop.breakDown();
        UUID request = waiting();
        broker.answer(BILLING, PARTICIPANT_EXPORTED, exported(task(BILLING), "invoice 4711"));
        await("failures")
                .atMost(Broker.SOON)
                .until(() -> installation.states(request).stream()
                                .filter("waiting sources"::equals)
                                .count()
                        >= 2);

        shop.repair();

        assertThat(reportOf(request)).contains("invoice 4711");
        assertThat(broker.messages(Topology.participantQueue(BILLING)))
                .as("nobody is asked twice")
                .isZero();
    }

    private void install(String... participants) throws IOException {
        String[] sources = new String[participants.length + 1];
        System.arraycopy(participants, 0, sources, 0, participants.length);
        sources[participants.length] = shop.source();
        installation = new Installation(folder, sources);
        broker = installation.broker();
        instance = installation.start("lethe.access.workers=1");
    }

    /** As {@code sources.yaml} has it. */
    private static String asked(String participant, String wait) {
        return "%1$s: { via: amqp, participant: %1$s, wait: %2$s, explain: What %1$s holds }"
                .formatted(participant, wait);
    }

    private UUID waiting() throws IOException {
        UUID request = installation.askForReport(person);
        installation.awaitState("waiting", request);
        assertThat(installation.column("waiting_for", request)).isEqualTo("participants");
        return request;
    }

    private ExportSubject task(String participant) {
        return MessageJson.read(
                broker.take(Topology.participantQueue(participant)).getBody(), ExportSubject.class);
    }

    private static SubjectExported exported(ExportSubject task, String text) {
        return new SubjectExported(
                task.taskId(),
                ExportOutcome.EXPORTED,
                List.of(new ExportedDocument("held", "application/json", "[{\"text\":\"%s\"}]".formatted(text), null)));
    }

    private Instant inAnHour(UUID request, int minutesMore) {
        return installation.instant("received_at", request).plus(Duration.ofMinutes(60 + minutesMore));
    }

    private String outcomeOf(UUID request, String participant) {
        return installation
                .database()
                .sql(
                        "select coalesce(outcome, 'none') from export_task where request_id = :id and participant = :participant")
                .param("id", request)
                .param("participant", participant)
                .query(String.class)
                .single();
    }

    private int documentsOf(UUID request) {
        return installation
                .database()
                .sql("select count(documents) from export_task where request_id = :id")
                .param("id", request)
                .query(Integer.class)
                .single();
    }

    private String reportOf(UUID request) throws Exception {
        return download(broker.fact(REPORT_READY, request));
    }

    /** The text of all its files. */
    private String download(ReportReady ready) throws Exception {
        var url = URI.create("http://127.0.0.1:%s%s"
                .formatted(
                        instance.getEnvironment().getProperty("local.server.port"),
                        ready.downloadUrl().getPath()));
        try (var browser = HttpClient.newHttpClient()) {
            byte[] zip = browser.send(
                            HttpRequest.newBuilder(url)
                                    .timeout(Duration.ofSeconds(10))
                                    .build(),
                            BodyHandlers.ofByteArray())
                    .body();
            var text = new StringBuilder();
            try (var entries = new ZipInputStream(new ByteArrayInputStream(zip))) {
                while (entries.getNextEntry() != null) {
                    text.append(new String(entries.readAllBytes(), UTF_8));
                }
            }
            return text.toString();
        }
    }
}
