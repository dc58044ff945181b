package dev.lethe.requests.life;

import dev.lethe.messages.Messages;
import dev.lethe.messages.request.RequestExtended;
import dev.lethe.messages.request.RequestWithdrawn;
import dev.lethe.requests.deadline.Regulation;
import dev.lethe.requests.deadline.Regulations;
import dev.lethe.requests.request.Decision;
import dev.lethe.requests.request.RequestCommand;
import dev.lethe.requests.request.RequestDecider;
import dev.lethe.requests.request.RequestState;
import dev.lethe.requests.request.WaitingFor;
import dev.lethe.requests.request.jdbc.Move;
import dev.lethe.requests.request.jdbc.Requests;
import dev.lethe.requests.request.jdbc.StoredRequest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * What can be done about a request once it is there, each use case in one transaction: its own, or the one it is called in. A refusal
 * is a value, for the caller to tell.
 */
@Component
public class RequestLife {

    private static final Logger log = LoggerFactory.getLogger(RequestLife.class);

    private final Requests requests;
    private final Transitions transitions;
    private final Announcements announcements;
    private final Regulations regulations;
    private final Checks checks;
    private final Clock clock;

    RequestLife(
            Requests requests,
            Transitions transitions,
            Announcements announcements,
            Regulations regulations,
            Checks checks,
            Clock clock) {
        this.requests = requests;
        this.transitions = transitions;
        this.announcements = announcements;
        this.regulations = regulations;
        this.checks = checks;
        this.clock = clock;
    }

    /** Possible until the point of no return: an erasure was handed over, a report is there. */
    @Transactional
    public Decision withdraw(UUID id, String who) {
        return onLocked(id, new RequestCommand.Withdraw(), (request, command) -> {
            Decision decision = transitions.apply(request, command, to -> Move.to(to, "withdrawn", who));
            if (decision instanceof Decision.Move) {
                announcements.tell(Messages.REQUEST_WITHDRAWN, new RequestWithdrawn(id, clock.instant()));
                logged("request-withdrawn", id, "request withdrawn");
            }
            return decision;
        });
    }

    /**
     * The controller refuses; the person must be told why (GDPR Art. 12(4)).
     *
     * @param why for the person; may be personal, so it is told and not stored
     */
    @Transactional
    public Decision reject(UUID id, String why, String who) {
        return onLocked(id, new RequestCommand.Reject(), (request, command) -> {
            Decision decision =
                    transitions.apply(request, command, to -> Move.to(to, "refused by the controller", who));
            if (decision instanceof Decision.Move) {
                announcements.rejected(request, "refused_by_controller", why);
            }
            return decision;
        });
    }

    /** Nothing is done about it until it is released; its deadlines go on. */
    @Transactional
    public Decision hold(UUID id, String who) {
        return onLocked(id, new RequestCommand.Hold(), (request, command) -> {
            Decision decision = transitions.apply(request, command, to -> Move.to(to, "put on hold", who));
            if (decision instanceof Decision.Move) {
                logged("request-held", id, "request put on hold");
            }
            return decision;
        });
    }

    /** It goes on by itself from where it was. */
    @Transactional
    public Decision release(UUID id, String who) {
        return onLocked(id, new RequestCommand.Release(), (request, command) -> {
            Decision decision = transitions.apply(
                    request, command, to -> Move.to(to, "released", who).nextAttemptIn(Duration.ZERO));
            if (decision instanceof Decision.Move(RequestState released)) {
                // The report that an erasure waits for may have come while it was held
                if (released.equals(new RequestState.Waiting(WaitingFor.REPORT))) {
                    transitions.proceed(requests.find(id).orElseThrow());
                }
                checks.run(requests.find(id).orElseThrow());
                logged("request-released", id, "request released");
            }
            return decision;
        });
    }

    /** Has it tried now, from where it failed. */
    @Transactional
    public Decision retry(UUID id, String who) {
        return onLocked(
                id,
                new RequestCommand.Retry(),
                (request, command) -> transitions.apply(request, command, to -> Move.to(to, "to be tried now", who)
                        .nextAttemptIn(Duration.ZERO)));
    }

    /**
     * Takes the longer time that the law allows; possible once, and before the first deadline (GDPR Art. 12(3), CCPA 1798.130(a)(2)).
     *
     * @param reason for the person, who must be told it; not stored, since it may be personal
     */
    @Transactional
    public Decision extend(UUID id, String reason, String who) {
        return requests.lock(id).map(request -> extend(request, reason, who)).orElseGet(RequestLife::unknown);
    }

    private Decision extend(StoredRequest request, String reason, String who) {
        Optional<Regulation> regulation = regulations.of(request.regulation());
        boolean lawAllows = regulation.map(Regulation::extendableBy).isPresent();
        Decision decision = RequestDecider.decide(
                request.state(),
                new RequestCommand.Extend(request.now(), request.dueAt(), lawAllows, request.extendedAt() != null));
        if (decision instanceof Decision.Move) {
            Instant dueAt = regulation.orElseThrow().extendedDueAt(request.submittedAt());
            requests.extend(request.id(), dueAt, regulation.get().targetAt(request.dueAt(), dueAt));
            requests.note(request.id(), "deadline extended to " + dueAt, who);
            announcements.tell(
                    Messages.REQUEST_EXTENDED, new RequestExtended(request.id(), clock.instant(), dueAt, reason));
            announcements.lookAgain(requests.find(request.id()).orElseThrow());
            logged("request-extended", request.id(), "deadline extended");
        }
        return decision;
    }

    /** Does what of a request is due by now. */
    @Transactional
    public void check(UUID id) {
        requests.lock(id).ifPresent(request -> checks.run(request));
    }

    /** The person has heard from us. */
    @Transactional
    public void acknowledged(UUID id) {
        if (requests.said(id, Requests.Said.ACKNOWLEDGED)) {
            requests.note(id, "the person was told", "mail service");
        }
    }

    private interface OnLocked {
        Decision act(StoredRequest request, RequestCommand command);
    }

    private Decision onLocked(UUID id, RequestCommand command, OnLocked action) {
        return requests.lock(id).map(request -> action.act(request, command)).orElseGet(RequestLife::unknown);
    }

    private static Decision unknown() {
        return RequestDecider.decide(new RequestState.Unknown(), new RequestCommand.Withdraw());
    }

    private static void logged(String action, UUID id, String what) {
        log.atInfo()
                .addKeyValue("event.action", action)
                .addKeyValue("lethe.request.id", id)
                .log(what);
    }
}
