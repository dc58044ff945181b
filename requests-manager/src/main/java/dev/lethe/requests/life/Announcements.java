package dev.lethe.requests.life;

import static dev.lethe.messages.Topology.CHECKS_QUEUE;
import static dev.lethe.messages.Topology.COMMANDS_EXCHANGE;
import static dev.lethe.messages.Topology.EVENTS_EXCHANGE;
import static dev.lethe.messages.Topology.SCHEDULER_EXCHANGE;

import com.rabbitmq.client.AMQP;
import dev.lethe.messages.MessageJson;
import dev.lethe.messages.MessageType;
import dev.lethe.messages.Messages;
import dev.lethe.messages.erasure.StartErasure;
import dev.lethe.messages.request.CheckRequest;
import dev.lethe.messages.request.Fact;
import dev.lethe.messages.request.ReportReady;
import dev.lethe.messages.request.RequestCompleted;
import dev.lethe.messages.request.RequestKind;
import dev.lethe.messages.request.RequestRejected;
import dev.lethe.messages.scheduling.ScheduleHeaders;
import dev.lethe.outbox.Outbox;
import dev.lethe.outbox.ScheduledMessage;
import dev.lethe.requests.deadline.Agenda;
import dev.lethe.requests.deadline.Agenda.Item;
import dev.lethe.requests.request.RequestState;
import dev.lethe.requests.request.jdbc.StoredRequest;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** What a request's life has others told; all of it leaves with the transaction. */
@Component
public class Announcements {

    private static final Logger log = LoggerFactory.getLogger(Announcements.class);

    private final Outbox outbox;
    private final Clock clock;

    Announcements(Outbox outbox, Clock clock) {
        this.outbox = outbox;
        this.clock = clock;
    }

    public <F extends Fact> void tell(MessageType<F> type, F fact) {
        outbox.send(EVENTS_EXCHANGE, type.name(), type, fact, fact.requestId());
    }

    /** A request that follows another has no time of its own: the other was first. */
    static Agenda agendaOf(StoredRequest request) {
        if (request.state().hasEnded() || request.state() instanceof RequestState.Following) {
            return new Agenda();
        }
        return new Agenda()
                .with(
                        Item.END_COOLING_OFF,
                        request.state() instanceof RequestState.CoolingOff(var until) ? until : null)
                .with(
                        Item.SAY_UNACKNOWLEDGED,
                        request.acknowledgedAt() == null && request.unacknowledgedAt() == null
                                ? request.acknowledgeBy()
                                : null)
                .with(Item.SAY_DUE_SOON, request.dueSoonAt() == null ? request.targetAt() : null)
                .with(Item.SAY_OVERDUE, request.overdueAt() == null ? request.dueAt() : null);
    }

    /** Has the request looked at when its next item is due. What is due already is looked at at once. */
    void lookAgain(StoredRequest request) {
        Agenda agenda = agendaOf(request);
        if (agenda.dueAt(request.now()).isEmpty()) {
            agenda.nextAfter(request.now()).ifPresent(next -> checkAt(request.id(), next));
        } else {
            checkAt(request.id(), request.now());
        }
    }

    /** A report, and with it the request, is there. */
    public void tellReady(ReportReady ready, RequestCompleted completed) {
        outbox.send(List.of(
                outbox.message(
                        EVENTS_EXCHANGE, Messages.REPORT_READY.name(), Messages.REPORT_READY, ready, ready.requestId()),
                outbox.message(
                        EVENTS_EXCHANGE,
                        Messages.REQUEST_COMPLETED.name(),
                        Messages.REQUEST_COMPLETED,
                        completed,
                        completed.requestId())));
    }

    /** Hands an erasure to cancellation-service. */
    void startErasure(StartErasure start) {
        outbox.send(COMMANDS_EXCHANGE, Messages.ERASURE_START.name(), Messages.ERASURE_START, start, start.requestId());
    }

    /**
     * Has message-scheduler bring back a note to look at the request then. There is one for each request: a later one replaces it. It
     * says nothing of what is due, since that is for the row to say when it comes.
     */
    private void checkAt(UUID requestId, Instant then) {
        scheduler(
                ScheduleHeaders.SCHEDULE,
                requestId,
                Map.of(
                        ScheduleHeaders.DELIVER_AT,
                        then.toString(),
                        ScheduleHeaders.EXCHANGE,
                        "",
                        ScheduleHeaders.ROUTING_KEY,
                        CHECKS_QUEUE));
    }

    /** For a request that has ended. One that is under way already finds nothing to do. */
    void noMoreChecks(StoredRequest request) {
        scheduler(ScheduleHeaders.CANCEL, request.id(), Map.of());
    }

    private void scheduler(String command, UUID requestId, Map<String, Object> more) {
        AMQP.BasicProperties envelope =
                outbox.envelope(Messages.REQUEST_CHECK, requestId).build();
        var headers = new HashMap<>(envelope.getHeaders());
        headers.put(ScheduleHeaders.KEY, "check:" + requestId);
        headers.putAll(more);
        outbox.send(ScheduledMessage.now(
                SCHEDULER_EXCHANGE,
                command,
                envelope.builder().headers(headers).build(),
                MessageJson.write(new CheckRequest(requestId))));
    }

    /** Tells that a request is refused, and why, in a code and in words for the person. */
    void rejected(StoredRequest request, String reason, String detail) {
        String type =
                (request.kind() == RequestKind.ACCESS ? Messages.REQUEST_ACCESS : Messages.REQUEST_ERASURE).name();
        tell(Messages.REQUEST_REJECTED, new RequestRejected(request.id(), clock.instant(), type, reason, detail));
        log.atWarn()
                .addKeyValue("event.action", "request-rejected")
                .addKeyValue("event.reason", reason)
                .addKeyValue("lethe.request.id", request.id())
                .log("request rejected: {}", reason);
    }

    void rejectedWhileErasing(StoredRequest request) {
        rejected(
                request,
                "erasure_in_progress",
                "this person is being erased right now, and what a report would hold is half gone; ask again when that is done");
    }
}
