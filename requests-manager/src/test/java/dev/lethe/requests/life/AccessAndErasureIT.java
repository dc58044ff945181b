package dev.lethe.requests.life;

import static dev.lethe.messages.Messages.ERASURE_START;
import static dev.lethe.messages.Messages.REPORT_READY;
import static dev.lethe.messages.Messages.REQUEST_ACCESS;
import static dev.lethe.messages.Messages.REQUEST_COMPLETED;
import static dev.lethe.messages.Messages.REQUEST_ERASURE;
import static dev.lethe.messages.Messages.REQUEST_RECEIVED;
import static dev.lethe.messages.Messages.REQUEST_REJECTED;
import static dev.lethe.messages.Messages.REQUEST_WITHDRAWN;
import static dev.lethe.messages.Topology.COMMANDS_EXCHANGE;
import static dev.lethe.messages.Topology.COMMANDS_QUEUE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lethe.messages.MessageJson;
import dev.lethe.messages.erasure.StartErasure;
import dev.lethe.messages.request.CompletionOutcome;
import dev.lethe.messages.request.RequestCompleted;
import dev.lethe.messages.request.RequestKind;
import dev.lethe.messages.request.RequestRejected;
import dev.lethe.requests.Broker;
import dev.lethe.requests.Installation;
import dev.lethe.requests.Shop;
import dev.lethe.requests.request.Decision;
import dev.lethe.requests.request.RequestState;
import dev.lethe.requests.request.WaitingFor;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One person asks what is held about them, and that it be erased. */
class AccessAndErasureIT {

    private static final String CANCELLATION_SERVICE = "cancellation-service";
    private static final String OPERATOR = "operator ada";
    private static final Instant NOW = Instant.parse("2027-02-03T12:00:00Z");

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
                .start("lethe.regulations.careful.answer-within=P1M", "lethe.regulations.careful.cooling-off=P3D")
                .getBean(RequestLife.class);
        broker.declare(CANCELLATION_SERVICE, COMMANDS_QUEUE, COMMANDS_EXCHANGE, ERASURE_START.name());
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
    void open() throws IOException {
        shop.release();
        assertThat(broker.messages(COMMANDS_QUEUE))
                .as("erasures that nobody expected")
                .isZero();
    }

    @Test
    void anErasureWaitsForTheReportThatIsUnderWay() throws IOException {
        UUID access = reportUnderWay();
        UUID erasure = erasureThatWaits();
        assertThat(broker.fact(REQUEST_RECEIVED, erasure).duplicateOf()).isNull();
        assertThat(broker.messages(COMMANDS_QUEUE)).isZero();

        shop.release();

        assertHandedOver(erasure);
        assertThat(installation.state(access)).isEqualTo("ready");
        assertThat(broker.fact(REPORT_READY, access).subjectId()).isEqualTo(person);
        assertThat(installation.states(erasure)).containsExactly("waiting report", "handed_over");
    }

    @Test
    void aReportThatIsWithdrawnLetsTheErasureGo() throws IOException {
        UUID access = reportUnderWay();
        UUID erasure = erasureThatWaits();

        installation.withdraw(access);

        broker.fact(REQUEST_WITHDRAWN, access);
        assertHandedOver(erasure);
    }

    @Test
    void aReportThatTheControllerRefusesLetsTheErasureGo() throws IOException {
        UUID access = reportUnderWay();
        UUID erasure = erasureThatWaits();

        assertThat(life.reject(access, "manifestly unfounded", OPERATOR))
                .isEqualTo(new Decision.Move(new RequestState.Rejected()));

        RequestRejected rejected = broker.fact(REQUEST_REJECTED, access);
        assertThat(rejected.reason()).isEqualTo("refused_by_controller");
        assertThat(rejected.detail()).isEqualTo("manifestly unfounded");
        assertHandedOver(erasure);
        assertThat(installation.history(access)).endsWith("refused by the controller");
        assertThat(installation.who(access)).endsWith(OPERATOR);
    }

    /** Both of them, or the second would find nothing of what it was asked for. */
    @Test
    void anErasureWaitsForAllWhoFollowTheReport() throws IOException {
        UUID first = reportUnderWay();
        UUID second = installation.askForReport(person);
        installation.awaitState("following", second);
        UUID erasure = erasureThatWaits();

        installation.withdraw(first);
        await("the second's own report")
                .atMost(Broker.SOON)
                .until(() -> installation.states(second).contains("received"));
        broker.fact(REQUEST_WITHDRAWN, first);

        installation.awaitState("ready", second);
        assertHandedOver(erasure);
        assertThat(installation.states(erasure)).containsExactly("waiting report", "handed_over");
    }

    @Test
    void anErasureIsHandedOverOnceWhenAReportEndsWithItsFollowers() throws IOException {
        UUID first = reportUnderWay();
        UUID second = installation.askForReport(person);
        installation.awaitState("following", second);
        UUID erasure = erasureThatWaits();

        shop.release();

        installation.awaitState("ready", first);
        installation.awaitState("completed", second);
        assertHandedOver(erasure);
        assertThat(installation.states(erasure)).containsExactly("waiting report", "handed_over");
    }

    @Test
    void anErasureThatWaitsForAReportCanBeWithdrawn() throws IOException {
        UUID access = reportUnderWay();
        UUID erasure = erasureThatWaits();

        installation.withdraw(erasure);
        broker.fact(REQUEST_WITHDRAWN, erasure);
        shop.release();

        installation.awaitState("ready", access);
        assertThat(installation.state(erasure)).isEqualTo("withdrawn");
    }

    @Test
    void anErasureThatIsHeldWhileItsReportComesIsHandedOverWhenItIsReleased() throws IOException {
        UUID access = reportUnderWay();
        UUID erasure = erasureThatWaits();
        life.hold(erasure, OPERATOR);
        shop.release();
        installation.awaitState("ready", access);
        broker.fact(REQUEST_COMPLETED, access);
        assertThat(installation.state(erasure)).isEqualTo("on_hold");

        assertThat(life.release(erasure, OPERATOR))
                .isEqualTo(new Decision.Move(new RequestState.Waiting(WaitingFor.REPORT)));

        assertHandedOver(erasure);
        assertThat(installation.states(erasure))
                .containsExactly("waiting report", "on_hold report", "waiting report", "handed_over");
    }

    @Test
    void anErasureThatIsReleasedBeforeItsReportCameStillWaits() throws IOException {
        UUID access = reportUnderWay();
        UUID erasure = erasureThatWaits();
        life.hold(erasure, OPERATOR);
        life.release(erasure, OPERATOR);

        assertThat(installation.state(erasure)).isEqualTo("waiting");
        shop.release();
        installation.awaitState("ready", access);
        assertHandedOver(erasure);
    }

    @Test
    void anErasureThatWasThoughtOverWaitsForAReportThatCameMeanwhile() throws IOException {
        UUID erasure = installation.submit(REQUEST_ERASURE, Installation.request(person, "careful"));
        installation.awaitState("cooling_off", erasure);
        UUID access = reportUnderWay();

        installation.set("cooling_off_until = now()", erasure);
        broker.bringBackCheckOf(erasure);

        installation.awaitState("waiting", erasure);
        shop.release();
        installation.awaitState("ready", access);
        assertHandedOver(erasure);
        assertThat(installation.states(erasure)).containsExactly("cooling_off", "waiting report", "handed_over");
    }

    @Test
    void whoIsBeingErasedIsToldThatAReportWouldBeHalfEmpty() throws IOException {
        UUID erasure = installation.submit(REQUEST_ERASURE, person);
        assertHandedOver(erasure);

        UUID access = installation.askForReport(person);

        RequestRejected rejected = broker.fact(REQUEST_REJECTED, access);
        assertThat(rejected.reason()).isEqualTo("erasure_in_progress");
        assertThat(rejected.refused()).isEqualTo(REQUEST_ACCESS.name());
        assertThat(rejected.detail()).isNotBlank().doesNotContain(person);
        assertThat(installation.state(access)).isEqualTo("rejected");
        assertThat(installation.states(access)).containsExactly("rejected");
        assertThat(broker.facts(REQUEST_RECEIVED, access)).isEmpty();
        assertThat(installation.state(erasure)).isEqualTo("handed_over");
    }

    @Test
    void afterTheErasureAReportCanBeAskedForAgain() throws IOException {
        UUID erasure = installation.submit(REQUEST_ERASURE, person);
        assertHandedOver(erasure);
        broker.tell(
                CANCELLATION_SERVICE,
                REQUEST_COMPLETED,
                new RequestCompleted(erasure, NOW, RequestKind.ERASURE, CompletionOutcome.COMPLETED, List.of()));
        installation.awaitState("completed", erasure);

        UUID access = installation.askForReport(person);

        broker.fact(REPORT_READY, access);
    }

    private UUID reportUnderWay() throws IOException {
        shop.holdNext(1);
        UUID access = installation.askForReport(person);
        await("a call that is held").atMost(Broker.SOON).until(() -> shop.held() == 1);
        return access;
    }

    private UUID erasureThatWaits() throws IOException {
        UUID erasure = installation.submit(REQUEST_ERASURE, person);
        installation.awaitState("waiting", erasure);
        assertThat(installation.column("waiting_for", erasure)).isEqualTo("report");
        return erasure;
    }

    private void assertHandedOver(UUID erasure) {
        installation.awaitState("handed_over", erasure);
        StartErasure start = MessageJson.read(broker.take(COMMANDS_QUEUE).getBody(), StartErasure.class);
        assertThat(start.requestId()).isEqualTo(erasure);
        assertThat(start.subject().id()).isEqualTo(person);
    }
}
