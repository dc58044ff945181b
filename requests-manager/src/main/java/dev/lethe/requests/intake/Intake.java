package dev.lethe.requests.intake;

import static dev.lethe.messages.Topology.COMMANDS_EXCHANGE;
import static dev.lethe.messages.Topology.EVENTS_EXCHANGE;

import dev.lethe.messages.InvalidMessage;
import dev.lethe.messages.MessageJson;
import dev.lethe.messages.Messages;
import dev.lethe.messages.Subject;
import dev.lethe.messages.erasure.StartErasure;
import dev.lethe.messages.request.RequestKind;
import dev.lethe.messages.request.RequestReceived;
import dev.lethe.messages.request.RequestRejected;
import dev.lethe.messages.request.RequestWithdrawn;
import dev.lethe.messages.request.SubmitRequest;
import dev.lethe.messages.request.WithdrawRequest;
import dev.lethe.outbox.Delivery;
import dev.lethe.outbox.Outbox;
import dev.lethe.requests.access.WorkSignal;
import dev.lethe.requests.deadline.Regulations;
import dev.lethe.requests.request.Decision;
import dev.lethe.requests.request.RequestCommand;
import dev.lethe.requests.request.RequestDecider;
import dev.lethe.requests.request.RequestState;
import dev.lethe.requests.request.jdbc.Requests;
import dev.lethe.requests.request.jdbc.StoredRequest;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Opens requests and takes them back. Everything here happens inside the transaction that marks the message as handled. */
@Component
class Intake {

    private static final Logger log = LoggerFactory.getLogger(Intake.class);

    private final Requests requests;
    private final Outbox outbox;
    private final Regulations regulations;
    private final WorkSignal work;
    private final Clock clock;

    Intake(Requests requests, Outbox outbox, Regulations regulations, WorkSignal work, Clock clock) {
        this.requests = requests;
        this.outbox = outbox;
        this.regulations = regulations;
        this.work = work;
        this.clock = clock;
    }

    void submit(RequestKind kind, SubmitRequest submitted) {
        Optional<Instant> dueAt = regulations.dueAt(submitted.regulation(), submitted.submittedAt());
        if (dueAt.isEmpty()) {
            reject(
                    submitted.requestId(),
                    typeOf(kind),
                    "unknown_regulation",
                    "regulation must be one of " + regulations.regulations().keySet());
            return;
        }
        byte[] hash = SubmissionHash.of(kind, submitted);
        if (open(kind, submitted, dueAt.get(), hash)) {
            return;
        }
        StoredRequest known = requests.findForUpdate(submitted.requestId()).orElseThrow();
        if (!Arrays.equals(known.submissionHash(), hash)) {
            reject(
                    submitted.requestId(),
                    typeOf(kind),
                    "conflicting_duplicate",
                    "request_id was used for another request");
        }
    }

    private boolean open(RequestKind kind, SubmitRequest submitted, Instant dueAt, byte[] hash) {
        Decision decision = RequestDecider.decide(new RequestState.Unknown(), new RequestCommand.Submit(kind));
        if (!(decision instanceof Decision.Move(RequestState opened))) {
            throw new IllegalStateException("a new request is always opened; this is our bug");
        }
        UUID id = submitted.requestId();
        Subject subject = submitted.subject();
        boolean isNew = requests.insert(
                id,
                kind.name().toLowerCase(Locale.ROOT),
                submitted.regulation(),
                new String(MessageJson.write(subject), StandardCharsets.UTF_8),
                hash,
                submitted.submittedAt(),
                dueAt,
                submitted.locale(),
                opened.stateName());
        if (!isNew) {
            return false;
        }
        requests.record(id, opened.stateName(), "submitted", 0, null);
        outbox.send(
                EVENTS_EXCHANGE,
                Messages.REQUEST_RECEIVED.name(),
                Messages.REQUEST_RECEIVED,
                new RequestReceived(id, clock.instant(), kind, dueAt),
                id);
        if (opened instanceof RequestState.HandedOver) {
            var start = new StartErasure(id, subject, submitted.regulation(), dueAt);
            outbox.send(COMMANDS_EXCHANGE, Messages.ERASURE_START.name(), Messages.ERASURE_START, start, id);
        } else {
            work.afterCommit();
        }
        log.atInfo()
                .addKeyValue("event.action", "request-received")
                .addKeyValue("lethe.request.id", id)
                .addKeyValue("lethe.request.kind", kind.name().toLowerCase(Locale.ROOT))
                .addKeyValue("lethe.regulation", submitted.regulation())
                .log("request received");
        return true;
    }

    void withdraw(WithdrawRequest withdrawal) {
        UUID id = withdrawal.requestId();
        Optional<StoredRequest> known = requests.findForUpdate(id);
        RequestState state = known.map(StoredRequest::toState).orElse(new RequestState.Unknown());
        switch (RequestDecider.decide(state, new RequestCommand.Withdraw())) {
            case Decision.Move(RequestState to) -> {
                requests.end(id, known.orElseThrow().epoch(), to.stateName(), null, null);
                requests.record(
                        id,
                        to.stateName(),
                        "withdrawn by the person",
                        known.orElseThrow().epoch(),
                        null);
                outbox.send(
                        EVENTS_EXCHANGE,
                        Messages.REQUEST_WITHDRAWN.name(),
                        Messages.REQUEST_WITHDRAWN,
                        new RequestWithdrawn(id, clock.instant()),
                        id);
                log.atInfo()
                        .addKeyValue("event.action", "request-withdrawn")
                        .addKeyValue("lethe.request.id", id)
                        .log("request withdrawn");
            }
            case Decision.Refuse(String reason) ->
                reject(
                        id,
                        Messages.REQUEST_WITHDRAW.name(),
                        reason,
                        "a request can be taken back until its work is done");
            case Decision.Nothing() -> {}
        }
    }

    /** Tells the sender of a body that we cannot read, if it says at least which request it is about. */
    boolean rejectInvalid(Delivery delivery, InvalidMessage invalid) {
        Optional<UUID> id = MessageJson.requestId(delivery.body());
        id.ifPresent(known -> reject(known, delivery.properties().getType(), invalid.reason(), invalid.detail()));
        return id.isPresent();
    }

    private void reject(UUID id, String refused, String reason, String detail) {
        outbox.send(
                EVENTS_EXCHANGE,
                Messages.REQUEST_REJECTED.name(),
                Messages.REQUEST_REJECTED,
                new RequestRejected(id, clock.instant(), refused, reason, detail),
                id);
        log.atWarn()
                .addKeyValue("event.action", "request-rejected")
                .addKeyValue("event.reason", reason)
                .addKeyValue("lethe.request.id", id)
                .log("refused {}: {}", refused, detail);
    }

    private static String typeOf(RequestKind kind) {
        return (kind == RequestKind.ACCESS ? Messages.REQUEST_ACCESS : Messages.REQUEST_ERASURE).name();
    }
}
