package dev.lethe.requests.intake;

import static dev.lethe.messages.Topology.EVENTS_EXCHANGE;

import dev.lethe.messages.InvalidMessage;
import dev.lethe.messages.MessageJson;
import dev.lethe.messages.MessageType;
import dev.lethe.messages.Messages;
import dev.lethe.messages.request.RequestKind;
import dev.lethe.messages.request.RequestRejected;
import dev.lethe.messages.request.SubmitRequest;
import dev.lethe.messages.request.WithdrawRequest;
import dev.lethe.outbox.Delivery;
import dev.lethe.outbox.Outbox;
import dev.lethe.requests.life.RequestLife;
import dev.lethe.requests.life.Submission;
import dev.lethe.requests.life.Submissions;
import dev.lethe.requests.request.Decision;
import java.time.Clock;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** What frontends say, put to the life of a request; what is refused, they are told. */
@Component
class Intake {

    private static final Logger log = LoggerFactory.getLogger(Intake.class);

    private final Submissions submissions;
    private final RequestLife life;
    private final Outbox outbox;
    private final Clock clock;

    Intake(Submissions submissions, RequestLife life, Outbox outbox, Clock clock) {
        this.submissions = submissions;
        this.life = life;
        this.outbox = outbox;
        this.clock = clock;
    }

    void submit(RequestKind kind, SubmitRequest submitted, Delivery delivery) {
        if (submissions.submit(kind, submitted, who(delivery)) instanceof Submission.Refused(var reason, var detail)) {
            MessageType<?> type = kind == RequestKind.ACCESS ? Messages.REQUEST_ACCESS : Messages.REQUEST_ERASURE;
            reject(submitted.requestId(), type.name(), reason, detail);
        }
    }

    void withdraw(WithdrawRequest withdrawal, Delivery delivery) {
        if (life.withdraw(withdrawal.requestId(), who(delivery)) instanceof Decision.Refuse(String reason)) {
            reject(
                    withdrawal.requestId(),
                    Messages.REQUEST_WITHDRAW.name(),
                    reason,
                    "a request can be taken back until its work is done");
        }
    }

    private static String who(Delivery delivery) {
        return Objects.requireNonNullElse(delivery.sender(), "frontend");
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
}
