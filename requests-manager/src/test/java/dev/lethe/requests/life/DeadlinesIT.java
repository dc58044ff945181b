package dev.lethe.requests.life;

import static dev.lethe.messages.Messages.ERASURE_START;
import static dev.lethe.messages.Messages.NOTIFICATION_SENT;
import static dev.lethe.messages.Messages.REQUEST_ACCESS;
import static dev.lethe.messages.Messages.REQUEST_CHECK;
import static dev.lethe.messages.Messages.REQUEST_DUE_SOON;
import static dev.lethe.messages.Messages.REQUEST_ERASURE;
import static dev.lethe.messages.Messages.REQUEST_EXTENDED;
import static dev.lethe.messages.Messages.REQUEST_OVERDUE;
import static dev.lethe.messages.Messages.REQUEST_RECEIVED;
import static dev.lethe.messages.Messages.REQUEST_WITHDRAWN;
import static dev.lethe.messages.Topology.CHECKS_QUEUE;
import static dev.lethe.messages.Topology.COMMANDS_EXCHANGE;
import static dev.lethe.messages.Topology.COMMANDS_QUEUE;
import static dev.lethe.messages.scheduling.ScheduleHeaders.CANCEL;
import static dev.lethe.messages.scheduling.ScheduleHeaders.SCHEDULE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import dev.lethe.messages.MessageJson;
import dev.lethe.messages.Subject;
import dev.lethe.messages.request.CheckRequest;
import dev.lethe.messages.request.DeadlineKind;
import dev.lethe.messages.request.NotificationSent;
import dev.lethe.messages.request.RequestDueSoon;
import dev.lethe.messages.request.RequestExtended;
import dev.lethe.messages.request.RequestOverdue;
import dev.lethe.messages.request.SubmitRequest;
import dev.lethe.messages.scheduling.ScheduleHeaders;
import dev.lethe.requests.Broker;
import dev.lethe.requests.Installation;
import dev.lethe.requests.request.Decision;
import dev.lethe.requests.request.RequestState;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No worker does anything here, so requests stay as they are until their time comes. */
class DeadlinesIT {

    private static final String OPERATOR = "operator ada";
    private static final Instant DUE = Instant.parse("2027-02-28T12:00:00Z");
    private static final Instant AIM = Instant.parse("2027-02-21T12:00:00Z");
    private static final Instant EXTENDED = Instant.parse("2027-04-30T12:00:00Z");

    private static Installation installation;
    private static Broker broker;
    private static RequestLife life;

    @BeforeAll
    static void install(@TempDir Path folder) throws Exception {
        installation = new Installation(
                folder,
                "orders: { via: http, url: \"http://127.0.0.1:1/{subject.id}\", private: true, explain: Orders }");
        broker = installation.broker();
        life = installation
                .start(
                        "lethe.access.workers=0",
                        "lethe.regulations.careful.answer-within=P1M",
                        "lethe.regulations.careful.cooling-off=P3D")
                .getBean(RequestLife.class);
        broker.declare("cancellation-service", COMMANDS_QUEUE, COMMANDS_EXCHANGE, ERASURE_START.name());
    }

    @AfterAll
    static void uninstall() throws IOException {
        installation.close();
    }

    @AfterEach
    void nothingIsParked() throws IOException {
        assertThat(broker.parked(CHECKS_QUEUE)).isZero();
        assertThat(broker.messages(COMMANDS_QUEUE))
                .as("erasures that nobody expected")
                .isZero();
    }

    @Test
    void aRequestIsBroughtBackWhenItsFirstTimeComes() throws IOException {
        UUID request = received("gdpr");

        Broker.Note note = note(request, 0);

        assertThat(note.command()).isEqualTo(SCHEDULE);
        assertThat(note.at()).isEqualTo(AIM).isEqualTo(installation.instant("target_at", request));
        assertThat(note.key()).isEqualTo("check:" + request);
        assertThat(note.sender()).isEqualTo("requests-manager");
        assertThat(note.headers().get(ScheduleHeaders.EXCHANGE)).hasToString("");
        assertThat(note.headers().get(ScheduleHeaders.ROUTING_KEY)).hasToString(CHECKS_QUEUE);
        assertThat(note.headers()).doesNotContainKeys(ScheduleHeaders.SUBJECT, ScheduleHeaders.DELAY);
    }

    @Test
    void whatTheLawWantsAcknowledgedIsBroughtBackBeforeThat() throws IOException {
        UUID request = received("ccpa");

        assertThat(note(request, 0).at()).isEqualTo("2027-02-10T12:00:00Z");
        assertThat(broker.fact(REQUEST_RECEIVED, request).acknowledgeBy()).isEqualTo("2027-02-10T12:00:00Z");
        assertThat(broker.fact(REQUEST_RECEIVED, request).dueAt()).isEqualTo("2027-03-17T12:00:00Z");
    }

    @Test
    void aRequestThatHasEndedIsNotBroughtBack() throws IOException {
        UUID request = received("gdpr");
        String key = note(request, 0).key();

        installation.withdraw(request);
        broker.fact(REQUEST_WITHDRAWN, request);

        Broker.Note last = note(request, 1);
        assertThat(last.command()).isEqualTo(CANCEL);
        assertThat(last.key()).isEqualTo(key);
        assertThat(last.sender()).isEqualTo("requests-manager");
    }

    @Test
    void thatItIsDueSoonIsSaidOnceAndTheDeadlineIsNext() throws IOException {
        UUID request = received("gdpr");
        installation.set("target_at = now()", request);

        broker.bringBackCheckOf(request);
        broker.bringBackCheckOf(request);

        RequestDueSoon dueSoon = broker.fact(REQUEST_DUE_SOON, request);
        assertThat(dueSoon.dueAt()).isEqualTo(DUE);
        assertThat(dueSoon.deadline()).isEqualTo(DeadlineKind.ANSWER);
        assertThat(note(request, 1).at()).isEqualTo(DUE);
        awaitChecks();
        assertThat(broker.facts(REQUEST_DUE_SOON, request)).hasSize(1);
        assertThat(broker.facts(REQUEST_OVERDUE, request)).isEmpty();
        assertThat(installation.state(request)).isEqualTo("received");
    }

    @Test
    void thatItIsOverdueIsSaidOnceAndStandsInTheHistory() throws IOException {
        UUID request = received("gdpr");
        installation.set("target_at = now(), due_at = now()", request);

        broker.bringBackCheckOf(request);
        broker.bringBackCheckOf(request);

        RequestOverdue overdue = broker.fact(REQUEST_OVERDUE, request);
        assertThat(overdue.deadline()).isEqualTo(DeadlineKind.ANSWER);
        assertThat(overdue.dueAt()).isEqualTo(installation.instant("due_at", request));
        awaitChecks();
        assertThat(broker.facts(REQUEST_OVERDUE, request)).hasSize(1);
        assertThat(broker.facts(REQUEST_DUE_SOON, request)).hasSize(1);
        assertThat(installation.history(request)).containsExactly("submitted", "overdue");
        assertThat(installation.who(request)).containsExactly("frontend", "clock");
        assertThat(broker.notes(request)).as("there is nothing more to look at").hasSize(1);
    }

    /** Sent to an instance that was down for longer than the law allows, for instance. */
    @Test
    void aRequestThatComesTooLateIsLookedAtAtOnce() throws IOException {
        var late = new SubmitRequest(
                UUID.randomUUID(),
                new Subject("person-" + UUID.randomUUID(), null),
                "gdpr",
                Instant.parse("2020-01-31T12:00:00Z"),
                null);
        installation.submit(REQUEST_ACCESS, late);
        broker.fact(REQUEST_RECEIVED, late.requestId());

        assertThat(note(late.requestId(), 0).at())
                .isCloseTo(installation.instant("received_at", late.requestId()), within(1, ChronoUnit.SECONDS));
        broker.bringBackCheckOf(late.requestId());

        assertThat(broker.fact(REQUEST_OVERDUE, late.requestId()).dueAt()).isEqualTo("2020-02-29T12:00:00Z");
        broker.fact(REQUEST_DUE_SOON, late.requestId());
    }

    @Test
    void thatNobodyToldThePersonIsSaidOnce() throws IOException {
        UUID request = received("ccpa");
        installation.set("acknowledge_by = now()", request);

        broker.bringBackCheckOf(request);
        broker.bringBackCheckOf(request);

        RequestOverdue overdue = broker.fact(REQUEST_OVERDUE, request);
        assertThat(overdue.deadline()).isEqualTo(DeadlineKind.ACKNOWLEDGEMENT);
        assertThat(overdue.dueAt()).isEqualTo(installation.instant("acknowledge_by", request));
        assertThat(note(request, 1).at()).isEqualTo(installation.instant("target_at", request));
        awaitChecks();
        assertThat(broker.facts(REQUEST_OVERDUE, request)).hasSize(1);
        assertThat(installation.history(request)).containsExactly("submitted", "not acknowledged in time");
    }

    @Test
    void whoWasToldByTheMailServiceNeedsNoAcknowledgement() throws IOException {
        UUID request = received("ccpa");
        notified(request);
        notified(request);
        await("the acknowledgement")
                .atMost(Broker.SOON)
                .until(() -> installation.history(request).contains("the person was told"));
        installation.set("acknowledge_by = now()", request);

        broker.bringBackCheckOf(request);
        awaitChecks();

        assertThat(broker.facts(REQUEST_OVERDUE, request)).isEmpty();
        UUID another = received("ccpa");
        notified(another);
        await("the acknowledgement")
                .atMost(Broker.SOON)
                .until(() -> installation.history(another).contains("the person was told"));
        assertThat(installation.history(request)).containsExactly("submitted", "the person was told");
        assertThat(installation.instant("acknowledged_at", request))
                .isBefore(installation.instant("acknowledged_at", another));
    }

    @Test
    void aCheckThatComesEarlyFindsNothingAndIsAskedForAgain() throws IOException {
        UUID request = received("gdpr");

        broker.bringBackCheckOf(request);

        assertThat(note(request, 1))
                .extracting(Broker.Note::command, Broker.Note::at)
                .containsExactly(SCHEDULE, AIM);
        awaitChecks();
        assertThat(installation.history(request)).containsExactly("submitted");
        assertThat(broker.facts(REQUEST_DUE_SOON, request)).isEmpty();
    }

    @Test
    void aCheckOfARequestThatHasEndedOrWasNeverThereDoesNothing() throws IOException {
        UUID ended = received("ccpa");
        installation.set("acknowledge_by = now(), target_at = now(), due_at = now()", ended);
        installation.withdraw(ended);
        broker.fact(REQUEST_WITHDRAWN, ended);
        UUID unknown = UUID.randomUUID();

        broker.bringBackCheckOf(ended);
        broker.bringBackCheckOf(unknown);
        awaitChecks();

        assertThat(broker.facts(REQUEST_DUE_SOON, ended)).isEmpty();
        assertThat(broker.facts(REQUEST_OVERDUE, ended)).isEmpty();
        assertThat(broker.notes(ended)).extracting(Broker.Note::command).containsExactly(SCHEDULE, CANCEL);
        assertThat(broker.notes(unknown)).isEmpty();
        assertThat(installation.state(unknown)).isEqualTo("none");
    }

    @Test
    void aCheckThatSomebodyElseMadeUpIsParked() throws IOException {
        UUID request = received("gdpr");
        installation.set("target_at = now()", request);

        broker.publish(
                "admin",
                "",
                CHECKS_QUEUE,
                Broker.envelope(REQUEST_CHECK).userId("admin").build(),
                MessageJson.write(new CheckRequest(request)));

        assertThat(broker.parkedReason(CHECKS_QUEUE)).isEqualTo("wrong_sender");
        assertThat(broker.facts(REQUEST_DUE_SOON, request)).isEmpty();
    }

    @Test
    void anExtensionIsToldWithItsReasonAndTakenOnce() throws IOException {
        UUID request = received("gdpr");

        assertThat(life.extend(request, "it is a lot", OPERATOR))
                .isEqualTo(new Decision.Move(new RequestState.Received()));

        RequestExtended extended = broker.fact(REQUEST_EXTENDED, request);
        assertThat(extended.dueAt()).isEqualTo(EXTENDED);
        assertThat(extended.reason()).isEqualTo("it is a lot");
        assertThat(installation.instant("due_at", request)).isEqualTo(EXTENDED);
        assertThat(installation.instant("target_at", request)).isBetween(DUE, EXTENDED);
        assertThat(note(request, 1).at()).isEqualTo(installation.instant("target_at", request));
        assertThat(installation.history(request)).containsExactly("submitted", "deadline extended to " + EXTENDED);
        assertThat(installation.who(request)).endsWith(OPERATOR);
        assertThat(life.extend(request, "it is more", OPERATOR)).isEqualTo(new Decision.Refuse("already_extended"));
        assertThat(installation.instant("due_at", request)).isEqualTo(EXTENDED);
    }

    @Test
    void anExtendedRequestIsDueSoonOnceMore() throws IOException {
        UUID request = received("gdpr");
        installation.set("target_at = now()", request);
        broker.bringBackCheckOf(request);
        broker.fact(REQUEST_DUE_SOON, request);
        life.extend(request, "it is a lot", OPERATOR);
        installation.set("target_at = now()", request);

        broker.bringBackCheckOf(request);

        await("the second time")
                .atMost(Broker.SOON)
                .until(() -> broker.facts(REQUEST_DUE_SOON, request).size() == 2);
        assertThat(broker.facts(REQUEST_DUE_SOON, request))
                .extracting(RequestDueSoon::dueAt)
                .containsExactly(DUE, EXTENDED);
    }

    @Test
    void anExtensionIsRefusedWhenTheLawKnowsNoneOrItIsTooLateOrOver() throws IOException {
        UUID brazilian = received("lgpd");
        UUID late = received("gdpr");
        installation.set("due_at = now()", late);
        UUID over = received("gdpr");
        life.withdraw(over, "frontend");

        assertThat(life.extend(brazilian, "a lot", OPERATOR)).isEqualTo(new Decision.Refuse("not_extendable"));
        assertThat(life.extend(late, "a lot", OPERATOR)).isEqualTo(new Decision.Refuse("too_late"));
        assertThat(life.extend(over, "a lot", OPERATOR)).isEqualTo(new Decision.Refuse("ended"));
        assertThat(life.extend(UUID.randomUUID(), "a lot", OPERATOR)).isEqualTo(new Decision.Refuse("unknown_request"));
        assertThat(List.of(brazilian, late, over)).allSatisfy(request -> {
            assertThat(broker.facts(REQUEST_EXTENDED, request)).isEmpty();
            assertThat(installation.column("extended_at", request)).isEqualTo("none");
        });
    }

    @Test
    void anErasureIsHandedOverWhenTheTimeToThinkItOverIsOver() throws IOException {
        UUID erasure = thoughtOver();
        Instant until = installation.instant("cooling_off_until", erasure);
        assertThat(until).isEqualTo(installation.instant("received_at", erasure).plus(3, ChronoUnit.DAYS));
        assertThat(note(erasure, 0).at()).isEqualTo(until);

        broker.bringBackCheckOf(erasure);
        assertThat(note(erasure, 1).at()).as("too early: asked for again").isEqualTo(until);
        assertThat(installation.state(erasure)).isEqualTo("cooling_off");
        installation.set("cooling_off_until = now()", erasure);
        broker.bringBackCheckOf(erasure);

        installation.awaitState("handed_over", erasure);
        assertThat(MessageJson.requestId(broker.take(COMMANDS_QUEUE).getBody())).contains(erasure);
        assertThat(note(erasure, 2).at()).as("its aim is next").isEqualTo(AIM);
        assertThat(installation.history(erasure)).containsExactly("submitted", "handed over");

        broker.bringBackCheckOf(erasure);
        awaitChecks();
        assertThat(installation.states(erasure)).containsExactly("cooling_off", "handed_over");
    }

    @Test
    void anErasureThatIsThoughtOverCanBeWithdrawn() throws IOException {
        UUID erasure = thoughtOver();

        installation.withdraw(erasure);
        broker.fact(REQUEST_WITHDRAWN, erasure);
        installation.set("cooling_off_until = now()", erasure);
        broker.bringBackCheckOf(erasure);
        awaitChecks();

        assertThat(installation.states(erasure)).containsExactly("cooling_off", "withdrawn");
        assertThat(broker.notes(erasure)).extracting(Broker.Note::command).containsExactly(SCHEDULE, CANCEL);
    }

    @Test
    void theDeadlineOfAnErasureThatWasHandedOverGoesOn() throws IOException {
        UUID erasure = installation.submit(REQUEST_ERASURE, "person-" + UUID.randomUUID());
        installation.awaitState("handed_over", erasure);
        broker.take(COMMANDS_QUEUE);
        installation.set("target_at = now(), due_at = now()", erasure);

        broker.bringBackCheckOf(erasure);

        assertThat(broker.fact(REQUEST_OVERDUE, erasure).deadline()).isEqualTo(DeadlineKind.ANSWER);
        assertThat(installation.state(erasure)).isEqualTo("handed_over");
    }

    private static UUID received(String regulation) throws IOException {
        UUID request =
                installation.submit(REQUEST_ACCESS, Installation.request("person-" + UUID.randomUUID(), regulation));
        broker.fact(REQUEST_RECEIVED, request);
        return request;
    }

    private static UUID thoughtOver() throws IOException {
        UUID erasure =
                installation.submit(REQUEST_ERASURE, Installation.request("person-" + UUID.randomUUID(), "careful"));
        installation.awaitState("cooling_off", erasure);
        return erasure;
    }

    /** As the mail service says it. */
    private static void notified(UUID request) throws IOException {
        broker.tell("emailing", NOTIFICATION_SENT, new NotificationSent(request, DUE, "received"));
    }

    private static Broker.Note note(UUID request, int number) {
        await("a note to message-scheduler")
                .atMost(Broker.SOON)
                .until(() -> broker.notes(request).size() > number);
        return broker.notes(request).get(number);
    }

    /** They are taken one after the other, so what was brought back before is done with. */
    private static void awaitChecks() throws IOException {
        UUID last = received("gdpr");
        installation.set("target_at = now()", last);
        broker.bringBackCheckOf(last);
        broker.fact(REQUEST_DUE_SOON, last);
    }
}
