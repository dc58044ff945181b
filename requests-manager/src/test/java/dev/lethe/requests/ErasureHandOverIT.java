package dev.lethe.requests;

import static dev.lethe.messages.Messages.ERASURE_DATA_ERASED;
import static dev.lethe.messages.Messages.ERASURE_PARTICIPANT_DONE;
import static dev.lethe.messages.Messages.ERASURE_STARTED;
import static dev.lethe.messages.Messages.REPORT_READY;
import static dev.lethe.messages.Messages.REQUEST_COMPLETED;
import static dev.lethe.messages.Messages.REQUEST_ERASURE;
import static dev.lethe.messages.Messages.REQUEST_REJECTED;
import static dev.lethe.messages.Messages.REQUEST_WITHDRAW;
import static dev.lethe.messages.Topology.COMMANDS_EXCHANGE;
import static dev.lethe.messages.Topology.COMMANDS_QUEUE;
import static dev.lethe.messages.Topology.EVENTS_EXCHANGE;
import static dev.lethe.messages.Topology.EVENTS_QUEUE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.GetResponse;
import dev.lethe.messages.MessageJson;
import dev.lethe.messages.Messages;
import dev.lethe.messages.Subject;
import dev.lethe.messages.erasure.StartErasure;
import dev.lethe.messages.participant.ErasureOutcome;
import dev.lethe.messages.participant.Retained;
import dev.lethe.messages.request.CompletionOutcome;
import dev.lethe.messages.request.DataErased;
import dev.lethe.messages.request.ErasureException;
import dev.lethe.messages.request.ErasureStarted;
import dev.lethe.messages.request.ParticipantDone;
import dev.lethe.messages.request.RequestCompleted;
import dev.lethe.messages.request.RequestKind;
import dev.lethe.messages.request.SubmitRequest;
import dev.lethe.messages.request.WithdrawRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ErasureHandOverIT {

    private static final String CANCELLATION_SERVICE = "cancellation-service";
    private static final int CONSUMERS = 4;
    private static final Instant NOW = Instant.parse("2027-02-03T12:00:00Z");
    private static final ErasureException INVOICES = new ErasureException(
            "billing", ErasureOutcome.RETAINED, List.of(new Retained("invoices", "tax law", "2034-12-31")), null);

    private static Shop shop;
    private static Installation installation;
    private static Broker broker;

    @BeforeAll
    static void install(@TempDir Path folder) throws Exception {
        shop = new Shop();
        installation = new Installation(folder, shop.source());
        broker = installation.broker();
        installation.start();
        broker.declare(CANCELLATION_SERVICE, COMMANDS_QUEUE, COMMANDS_EXCHANGE, Messages.ERASURE_START.name());
    }

    @AfterAll
    static void uninstall() throws IOException {
        installation.close();
        shop.close();
    }

    @AfterEach
    void nothingIsLeftInTheParkingLot() throws IOException {
        assertThat(broker.parked(EVENTS_QUEUE)).isZero();
    }

    @Test
    void anErasureIsHandedOverWithItsDeadline() throws IOException {
        var subject = new Subject("ada", "ada@example.com", Map.of("crm", "4711"));
        SubmitRequest request = Installation.request(subject);
        installation.send(REQUEST_ERASURE, request);

        GetResponse start = broker.take(COMMANDS_QUEUE);

        assertThat(MessageJson.read(start.getBody(), StartErasure.class))
                .isEqualTo(
                        new StartErasure(request.requestId(), subject, "gdpr", Instant.parse("2027-02-28T12:00:00Z")));
        assertThat(start.getProps().getType()).isEqualTo("erasure.start");
        assertThat(start.getProps().getUserId()).isEqualTo("requests-manager");
        assertThat(start.getProps().getCorrelationId())
                .isEqualTo(request.requestId().toString());
        assertThat(installation.state(request.requestId())).isEqualTo("handed_over");
    }

    @Test
    void whatHappensOnTheWayGoesIntoTheHistoryAndTheEndEndsTheRequest() throws IOException {
        UUID request = handedOver();

        broker.tell(CANCELLATION_SERVICE, ERASURE_STARTED, new ErasureStarted(request, NOW, List.of("users")));
        awaitHistory(request, "submitted", "started with [users]");
        broker.tell(
                CANCELLATION_SERVICE,
                ERASURE_PARTICIPANT_DONE,
                new ParticipantDone(request, NOW, "users", ErasureOutcome.ERASED));
        awaitHistory(request, "submitted", "started with [users]", "users: erased");
        broker.tell(CANCELLATION_SERVICE, ERASURE_DATA_ERASED, new DataErased(request, NOW, "ada"));
        awaitHistory(
                request,
                "submitted",
                "started with [users]",
                "users: erased",
                "all but the last participants are done");
        assertThat(installation.state(request)).isEqualTo("handed_over");
        assertThat(installation.column("subject", request)).contains("ada");

        broker.tell(CANCELLATION_SERVICE, REQUEST_COMPLETED, completed(request, CompletionOutcome.COMPLETED));

        installation.awaitState("completed", request);
        assertThat(installation.column("outcome", request)).isEqualTo("completed");
        assertThat(installation.column("exceptions", request)).isEqualTo("none");
        assertThat(installation.column("subject", request)).isEqualTo("none");
    }

    @Test
    void whatWasRetainedIsKeptWithTheRequest() throws IOException {
        UUID request = handedOver();

        broker.tell(
                CANCELLATION_SERVICE,
                REQUEST_COMPLETED,
                completed(request, CompletionOutcome.COMPLETED_WITH_EXCEPTIONS, INVOICES));

        installation.awaitState("completed_with_exceptions", request);
        assertThat(installation.column("outcome", request)).isEqualTo("completed_with_exceptions");
        assertThat(installation.column("exceptions", request)).isEqualTo("""
                [{"participant":"billing","outcome":"retained","retained":[{"what":"invoices","legal_basis":"tax law","until":"2034-12-31"}]}]\
                """);
    }

    @Test
    void aSecondEndChangesNothing() throws IOException {
        UUID request = handedOver();
        broker.tell(CANCELLATION_SERVICE, REQUEST_COMPLETED, completed(request, CompletionOutcome.COMPLETED));
        installation.awaitState("completed", request);

        broker.tell(
                CANCELLATION_SERVICE,
                REQUEST_COMPLETED,
                completed(request, CompletionOutcome.COMPLETED_WITH_EXCEPTIONS, INVOICES));
        broker.tell(CANCELLATION_SERVICE, ERASURE_STARTED, new ErasureStarted(request, NOW, List.of("late")));

        awaitHistory(request, "submitted", "completed", "started with [late]");
        assertThat(installation.column("outcome", request)).isEqualTo("completed");
        assertThat(installation.column("exceptions", request)).isEqualTo("none");
    }

    @Test
    void factsThatAnotherUserForgesAreParkedAndChangeNothing() throws IOException {
        UUID request = handedOver();

        broker.tell("admin", ERASURE_STARTED, new ErasureStarted(request, NOW, List.of("users")));
        assertThat(broker.parkedReason(EVENTS_QUEUE)).isEqualTo("wrong_sender");
        broker.tell(
                "admin", ERASURE_PARTICIPANT_DONE, new ParticipantDone(request, NOW, "users", ErasureOutcome.ERASED));
        assertThat(broker.parkedReason(EVENTS_QUEUE)).isEqualTo("wrong_sender");
        broker.tell("admin", ERASURE_DATA_ERASED, new DataErased(request, NOW, "ada"));
        assertThat(broker.parkedReason(EVENTS_QUEUE)).isEqualTo("wrong_sender");
        broker.tell("admin", REQUEST_COMPLETED, completed(request, CompletionOutcome.COMPLETED));
        assertThat(broker.parkedReason(EVENTS_QUEUE)).isEqualTo("wrong_sender");
        // Who does not say who it is cannot be checked
        broker.publish(
                "admin",
                EVENTS_EXCHANGE,
                REQUEST_COMPLETED.name(),
                Broker.envelope(REQUEST_COMPLETED).build(),
                MessageJson.write(completed(request, CompletionOutcome.COMPLETED)));
        assertThat(broker.parkedReason(EVENTS_QUEUE)).isEqualTo("wrong_sender");

        assertThat(installation.state(request)).isEqualTo("handed_over");
        assertThat(installation.history(request)).containsExactly("submitted");
    }

    @Test
    void factsAboutNoErasureOfOursAreParked() throws IOException {
        UUID unknown = UUID.randomUUID();
        broker.tell(CANCELLATION_SERVICE, ERASURE_STARTED, new ErasureStarted(unknown, NOW, List.of("users")));
        assertThat(broker.parkedReason(EVENTS_QUEUE)).isEqualTo("unknown_request");

        UUID access = installation.askForReport("bob-" + UUID.randomUUID());
        broker.fact(REPORT_READY, access);
        broker.tell(CANCELLATION_SERVICE, REQUEST_COMPLETED, completed(access, CompletionOutcome.COMPLETED));

        assertThat(broker.parkedReason(EVENTS_QUEUE)).isEqualTo("not_an_erasure");
        assertThat(installation.state(access)).isEqualTo("ready");
    }

    @Test
    void ourOwnFactsAboutAccessRequestsAreIgnored() throws IOException {
        UUID access = installation.askForReport("bob");

        assertThat(broker.fact(REQUEST_COMPLETED, access).kind()).isEqualTo(RequestKind.ACCESS);

        // It came to our own queue before these do, of which each consumer gets some
        UUID request = handedOver();
        for (int i = 0; i < 2 * CONSUMERS; i++) {
            broker.tell(CANCELLATION_SERVICE, ERASURE_STARTED, new ErasureStarted(request, NOW, List.of("users")));
        }
        await("all facts")
                .atMost(Broker.SOON)
                .until(() -> installation.history(request).size() == 1 + 2 * CONSUMERS);
        assertThat(installation.history(access)).containsExactly("submitted", "claimed by a worker", "report finished");
    }

    @Test
    void anErasureThatWasHandedOverCannotBeWithdrawn() throws IOException {
        UUID request = handedOver();

        installation.send(REQUEST_WITHDRAW, new WithdrawRequest(request, null));

        assertThat(broker.fact(REQUEST_REJECTED, request).reason()).isEqualTo("too_late");
        assertThat(installation.state(request)).isEqualTo("handed_over");
    }

    private static UUID handedOver() throws IOException {
        UUID request = installation.submit(REQUEST_ERASURE, "ada-" + UUID.randomUUID());
        GetResponse start = broker.take(COMMANDS_QUEUE);
        assertThat(MessageJson.requestId(start.getBody())).contains(request);
        return request;
    }

    private static RequestCompleted completed(UUID request, CompletionOutcome outcome, ErasureException... exceptions) {
        return new RequestCompleted(request, NOW, RequestKind.ERASURE, outcome, List.of(exceptions));
    }

    private static void awaitHistory(UUID request, String... causes) {
        await("the history").atMost(Broker.SOON).untilAsserted(() -> assertThat(installation.history(request))
                .containsExactly(causes));
    }
}
