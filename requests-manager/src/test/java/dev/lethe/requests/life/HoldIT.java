package dev.lethe.requests.life;

import static dev.lethe.messages.Messages.ERASURE_START;
import static dev.lethe.messages.Messages.REPORT_READY;
import static dev.lethe.messages.Messages.REQUEST_COMPLETED;
import static dev.lethe.messages.Messages.REQUEST_DUE_SOON;
import static dev.lethe.messages.Messages.REQUEST_ERASURE;
import static dev.lethe.messages.Messages.REQUEST_WITHDRAWN;
import static dev.lethe.messages.Topology.COMMANDS_EXCHANGE;
import static dev.lethe.messages.Topology.COMMANDS_QUEUE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lethe.messages.MessageJson;
import dev.lethe.requests.Broker;
import dev.lethe.requests.Installation;
import dev.lethe.requests.Shop;
import dev.lethe.requests.request.Decision;
import dev.lethe.requests.request.RequestState;
import dev.lethe.requests.request.RequestState.OnHold;
import dev.lethe.requests.request.RequestState.Received;
import dev.lethe.requests.request.RequestState.Waiting;
import dev.lethe.requests.request.WaitingFor;
import java.io.IOException;
import java.nio.file.Path;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What operators do about a request. There is one worker, and what fails is tried again after an hour, unless somebody wants it now. */
class HoldIT {

    private static final String OPERATOR = "operator ada";

    private static Shop shop;
    private static Installation installation;
    private static Broker broker;
    private static RequestLife life;

    private String person;

    @BeforeAll
    static void install(@TempDir Path folder) throws Exception {
        shop = new Shop();
        installation = new Installation(folder, shop.source());
        broker = installation.broker();
        life = installation
                .start(
                        "lethe.access.workers=1",
                        "lethe.access.first-retry=1h",
                        "lethe.access.last-retry=1h",
                        "lethe.regulations.careful.answer-within=P1M",
                        "lethe.regulations.careful.cooling-off=P3D")
                .getBean(RequestLife.class);
        broker.declare("cancellation-service", COMMANDS_QUEUE, COMMANDS_EXCHANGE, ERASURE_START.name());
    }

    @AfterAll
    static void uninstall() throws IOException {
        installation.close();
        shop.close();
    }

    @BeforeEach
    void somebodyNew() {
        person = "person-" + UUID.randomUUID();
    }

    @AfterEach
    void open() {
        shop.repair();
        shop.release();
    }

    @Test
    void aWorkerWritesNothingAfterItsRequestWasHeld() throws IOException {
        UUID request = held();
        assertThat(life.hold(request, OPERATOR)).isEqualTo(new Decision.Move(new OnHold(new Received())));

        shop.release();
        // The only worker is free again when this one is done
        installation.awaitState("ready", installation.askForReport(person + "-2"));

        assertThat(installation.history(request)).containsExactly("submitted", "claimed by a worker", "put on hold");
        assertThat(installation.who(request)).endsWith(OPERATOR);
        assertThat(installation.state(request)).isEqualTo("on_hold");
        assertThat(installation.column("lease_until", request)).isEqualTo("none");
        assertThat(installation.reportsOf(request)).isZero();
        assertThat(broker.facts(REPORT_READY, request)).isEmpty();
        assertThat(broker.facts(REQUEST_COMPLETED, request)).isEmpty();

        assertThat(life.release(request, OPERATOR)).isEqualTo(new Decision.Move(new Received()));
        installation.awaitState("ready", request);
        assertThat(broker.fact(REPORT_READY, request).subjectId()).isEqualTo(person);
        assertThat(installation.states(request))
                .containsExactly("received", "in_progress", "on_hold", "received", "in_progress", "ready");
        assertThat(installation.reportsOf(request)).isOne();
    }

    /** It is the epoch that tells the first claim from the second, not the state, which is the same. */
    @Test
    void aWorkerWritesNothingAfterItsRequestWasHeldReleasedAndClaimedAgain() throws IOException {
        UUID request = held();
        life.hold(request, OPERATOR);
        life.release(request, OPERATOR);
        shop.release();

        installation.awaitState("ready", request);
        installation.awaitState("ready", installation.askForReport(person + "-2"));
        assertThat(installation.column("epoch", request)).isEqualTo("2");
        assertThat(installation.history(request))
                .containsExactly(
                        "submitted",
                        "claimed by a worker",
                        "put on hold",
                        "released",
                        "claimed by a worker",
                        "report finished");
        assertThat(broker.facts(REPORT_READY, request)).hasSize(1);
        assertThat(installation.reportsOf(request)).isOne();
    }

    @Test
    void workersPassARequestByThatIsOnHold() throws IOException {
        UUID building = held();
        UUID request = installation.askForReport(person + "-2");
        installation.awaitState("received", request);
        life.hold(request, OPERATOR);
        shop.release();

        installation.awaitState("ready", building);
        installation.awaitState("ready", installation.askForReport(person + "-3"));
        assertThat(installation.states(request)).containsExactly("received", "on_hold");

        life.release(request, OPERATOR);
        installation.awaitState("ready", request);
    }

    @Test
    void aSourceThatFailedIsReadAgainAtOnceAfterTheRelease() throws IOException {
        UUID request = failed();
        assertThat(life.hold(request, OPERATOR))
                .isEqualTo(new Decision.Move(new OnHold(new Waiting(WaitingFor.SOURCES))));
        shop.repair();

        assertThat(life.release(request, OPERATOR)).isEqualTo(new Decision.Move(new Received()));

        installation.awaitState("ready", request);
        assertThat(installation.column("attempts", request)).isEqualTo("2");
    }

    @Test
    void anErasureThatIsHeldBeyondItsCoolingOffIsHandedOverWhenItIsReleased() throws IOException {
        UUID erasure = installation.submit(REQUEST_ERASURE, Installation.request(person, "careful"));
        installation.awaitState("cooling_off", erasure);
        life.hold(erasure, OPERATOR);
        installation.set("cooling_off_until = now(), target_at = now()", erasure);

        broker.bringBackCheckOf(erasure);

        // What the law wants goes on, what we would do does not
        broker.fact(REQUEST_DUE_SOON, erasure);
        assertThat(installation.state(erasure)).isEqualTo("on_hold");
        assertThat(broker.messages(COMMANDS_QUEUE)).isZero();

        life.release(erasure, OPERATOR);
        installation.awaitState("handed_over", erasure);
        assertThat(MessageJson.requestId(broker.take(COMMANDS_QUEUE).getBody())).contains(erasure);
        assertThat(installation.states(erasure))
                .containsExactly("cooling_off", "on_hold", "cooling_off", "handed_over");
    }

    @Test
    void anErasureThatIsReleasedInTimeIsStillThoughtOver() throws IOException {
        UUID erasure = installation.submit(REQUEST_ERASURE, Installation.request(person, "careful"));
        installation.awaitState("cooling_off", erasure);
        var until = installation.instant("cooling_off_until", erasure);
        life.hold(erasure, OPERATOR);

        assertThat(life.release(erasure, OPERATOR)).isEqualTo(new Decision.Move(new RequestState.CoolingOff(until)));

        assertThat(installation.state(erasure)).isEqualTo("cooling_off");
        assertThat(installation.instant("cooling_off_until", erasure)).isEqualTo(until);
        assertThat(broker.messages(COMMANDS_QUEUE)).isZero();
    }

    @Test
    void aRequestThatIsOnHoldCanBeWithdrawn() throws IOException {
        UUID request = held();
        life.hold(request, OPERATOR);

        installation.withdraw(request);

        broker.fact(REQUEST_WITHDRAWN, request);
        assertThat(installation.state(request)).isEqualTo("withdrawn");
        assertThat(life.release(request, OPERATOR)).isEqualTo(new Decision.Refuse("not_on_hold"));
    }

    @Test
    void whatCannotBeHeldIsAnsweredWithTheReason() throws IOException {
        UUID ready = installation.askForReport(person);
        installation.awaitState("ready", ready);
        UUID erasure = installation.submit(REQUEST_ERASURE, person);
        installation.awaitState("handed_over", erasure);
        broker.take(COMMANDS_QUEUE);
        UUID follower = installation.submit(REQUEST_ERASURE, person);
        installation.awaitState("following", follower);

        assertThat(life.hold(ready, OPERATOR)).isEqualTo(new Decision.Refuse("too_late"));
        assertThat(life.hold(erasure, OPERATOR)).isEqualTo(new Decision.Refuse("too_late"));
        assertThat(life.hold(follower, OPERATOR)).isEqualTo(new Decision.Refuse("follows_another"));
        assertThat(life.hold(UUID.randomUUID(), OPERATOR)).isEqualTo(new Decision.Refuse("unknown_request"));
        assertThat(life.release(ready, OPERATOR)).isEqualTo(new Decision.Refuse("not_on_hold"));
        assertThat(installation.history(follower)).containsExactly("submitted");
    }

    @Test
    void aRequestThatFailedIsTriedNowWhenAnOperatorWantsIt() throws IOException {
        UUID request = failed();
        assertThat(installation.column("last_reason", request))
                .isEqualTo("source orders: expected status 200 or 404, found 503");
        assertThat(installation.instant("next_attempt_at", request))
                .isAfter(installation.instant("now()", request).plus(20, ChronoUnit.MINUTES));
        shop.repair();

        assertThat(life.retry(request, OPERATOR)).isEqualTo(new Decision.Move(new Received()));

        installation.awaitState("ready", request);
        assertThat(installation.history(request))
                .containsExactly(
                        "submitted",
                        "claimed by a worker",
                        "source orders: expected status 200 or 404, found 503",
                        "to be tried now",
                        "claimed by a worker",
                        "report finished");
        assertThat(life.retry(request, OPERATOR)).isEqualTo(new Decision.Refuse("not_possible_when_ready"));
        assertThat(life.retry(UUID.randomUUID(), OPERATOR)).isEqualTo(new Decision.Refuse("unknown_request"));
    }

    @Test
    void whatFailsAfterTheDeadlineWaitsForSomebodyWhoLooksAtIt() throws IOException {
        UUID request = held();
        installation.set("due_at = now()", request);
        shop.breakDown();
        shop.release();

        await("a human")
                .atMost(Broker.SOON)
                .until(() -> installation.states(request).contains("waiting human"));
        installation.set("next_attempt_at = now()", request);
        installation.set("next_attempt_at = now()", failed());
        shop.repair();
        installation.awaitState("ready", installation.askForReport(person + "-3"));
        assertThat(installation.states(request)).containsExactly("received", "in_progress", "waiting human");

        assertThat(life.retry(request, OPERATOR)).isEqualTo(new Decision.Move(new Received()));
        installation.awaitState("ready", request);
    }

    private UUID held() throws IOException {
        shop.holdNext(1);
        UUID request = installation.askForReport(person);
        await("a call that is held").atMost(Broker.SOON).until(() -> shop.held() == 1);
        return request;
    }

    private static UUID failed() throws IOException {
        shop.breakDown();
        UUID request = installation.askForReport("person-" + UUID.randomUUID());
        installation.awaitState("waiting", request);
        assertThat(installation.column("waiting_for", request)).isEqualTo("sources");
        return request;
    }
}
