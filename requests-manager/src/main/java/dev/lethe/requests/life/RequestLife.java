package dev.lethe.requests.life;

import dev.lethe.messages.MessageJson;
import dev.lethe.messages.Messages;
import dev.lethe.messages.erasure.StartErasure;
import dev.lethe.messages.request.CompletionOutcome;
import dev.lethe.messages.request.RequestCompleted;
import dev.lethe.messages.request.RequestExtended;
import dev.lethe.messages.request.RequestKind;
import dev.lethe.messages.request.RequestReceived;
import dev.lethe.messages.request.RequestRejected;
import dev.lethe.messages.request.RequestWithdrawn;
import dev.lethe.messages.request.SubmitRequest;
import dev.lethe.requests.deadline.Regulation;
import dev.lethe.requests.deadline.Regulations;
import dev.lethe.requests.request.Decision;
import dev.lethe.requests.request.RequestCommand;
import dev.lethe.requests.request.RequestDecider;
import dev.lethe.requests.request.RequestState;
import dev.lethe.requests.request.WaitingFor;
import dev.lethe.requests.request.jdbc.Move;
import dev.lethe.requests.request.jdbc.NewRequest;
import dev.lethe.requests.request.jdbc.Requests;
import dev.lethe.requests.request.jdbc.StoredRequest;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * What can be done about a request, each use case in one transaction: its own, or the one it is called in. A refusal is a value, for
 * the caller to tell.
 */
@Component
public class RequestLife {

    private static final Logger log = LoggerFactory.getLogger(RequestLife.class);

    private static final String BEING_ERASED = "erasure_in_progress";
    private static final String BEING_ERASED_IN_WORDS =
            "this person is being erased right now, and what a report would hold is half gone; ask again when that is done";

    private final Requests requests;
    private final Announcements announcements;
    private final Regulations regulations;
    private final Pseudonyms pseudonyms;
    private final Checks checks;
    private final WorkSignal work;
    private final List<EndOfRequest> endings;
    private final Clock clock;

    RequestLife(
            Requests requests,
            Announcements announcements,
            Regulations regulations,
            Pseudonyms pseudonyms,
            Checks checks,
            WorkSignal work,
            List<EndOfRequest> endings,
            Clock clock) {
        this.requests = requests;
        this.announcements = announcements;
        this.regulations = regulations;
        this.pseudonyms = pseudonyms;
        this.checks = checks;
        this.work = work;
        this.endings = endings;
        this.clock = clock;
    }

    @Transactional
    public Submission submit(RequestKind kind, SubmitRequest submitted, String who) {
        Optional<Regulation> regulation = regulations.of(submitted.regulation());
        if (regulation.isEmpty()) {
            return new Submission.Refused("unknown_regulation", "regulation must be one of " + regulations.codes());
        }
        byte[] hash = SubmissionHash.of(kind, submitted);
        byte[] pseudonym = pseudonyms.of(submitted.subject());
        Instant now = requests.lockPerson(pseudonym);
        Optional<StoredRequest> known = requests.find(submitted.requestId());
        if (known.isEmpty()) {
            RequestState state =
                    opened(circumstances(kind, pseudonym, regulation.get().coolOffUntil(now)));
            if (requests.insert(
                    newRequest(kind, submitted, regulation.get(), hash, pseudonym, state), "submitted", who)) {
                return new Submission.Opened(
                        announce(requests.find(submitted.requestId()).orElseThrow()));
            }
            // Under the same id, and for somebody else, at the same moment
            known = requests.find(submitted.requestId());
        }
        return Arrays.equals(known.orElseThrow().submissionHash(), hash)
                ? new Submission.Repeated(known.get())
                : new Submission.Refused("conflicting_duplicate", "request_id was used for another request");
    }

    private static RequestState opened(RequestCommand.Submit submit) {
        if (RequestDecider.decide(new RequestState.Unknown(), submit) instanceof Decision.Move(RequestState opened)) {
            return opened;
        }
        throw new IllegalStateException("a new request is always opened; this is our bug");
    }

    /** What else is under way for this person, who must be locked. */
    private RequestCommand.Submit circumstances(RequestKind kind, byte[] pseudonym, @Nullable Instant coolOffUntil) {
        List<StoredRequest> open = requests.openOf(pseudonym);
        return new RequestCommand.Submit(
                kind,
                open.stream()
                        .filter(request ->
                                request.kind() == kind && !(request.state() instanceof RequestState.Following))
                        .map(StoredRequest::id)
                        .findFirst()
                        .orElse(null),
                open.stream().anyMatch(request -> request.kind() == RequestKind.ACCESS),
                open.stream().anyMatch(request -> request.state() instanceof RequestState.HandedOver),
                kind == RequestKind.ERASURE ? coolOffUntil : null);
    }

    private static NewRequest newRequest(
            RequestKind kind,
            SubmitRequest submitted,
            Regulation regulation,
            byte[] hash,
            byte[] pseudonym,
            RequestState state) {
        Instant dueAt = regulation.dueAt(submitted.submittedAt());
        return new NewRequest(
                submitted.requestId(),
                kind,
                submitted.regulation(),
                new String(MessageJson.write(submitted.subject()), StandardCharsets.UTF_8),
                pseudonym,
                hash,
                submitted.submittedAt(),
                dueAt,
                regulation.targetAt(submitted.submittedAt(), dueAt),
                regulation.acknowledgeBy(submitted.submittedAt()),
                submitted.locale(),
                state);
    }

    private StoredRequest announce(StoredRequest request) {
        if (request.state() instanceof RequestState.Rejected) {
            rejected(request, BEING_ERASED, BEING_ERASED_IN_WORDS);
            return request;
        }
        announcements.tell(
                Messages.REQUEST_RECEIVED,
                new RequestReceived(
                        request.id(),
                        clock.instant(),
                        request.kind(),
                        request.dueAt(),
                        request.duplicateOf(),
                        request.acknowledgeBy()));
        entered(request);
        checks.schedule(request);
        log.atInfo()
                .addKeyValue("event.action", "request-received")
                .addKeyValue("lethe.request.id", request.id())
                .addKeyValue("lethe.request.kind", request.kindName())
                .addKeyValue("lethe.regulation", request.regulation())
                .addKeyValue("lethe.request.state", request.stateName())
                .log("request received");
        return request;
    }

    /** What follows from being in a state, however it was reached. */
    private void entered(StoredRequest request) {
        switch (request.state()) {
            case RequestState.Received s -> work.afterCommit();
            case RequestState.HandedOver s ->
                announcements.startErasure(new StartErasure(
                        request.id(), request.personOfOpenRequest(), request.regulation(), request.dueAt()));
            default -> {}
        }
    }

    /** Possible until the point of no return: an erasure was handed over, a report is there. */
    @Transactional
    public Decision withdraw(UUID id, String who) {
        return onLocked(id, new RequestCommand.Withdraw(), (request, command) -> {
            Decision decision = apply(request, command, to -> Move.to(to, "withdrawn", who));
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
            Decision decision = apply(request, command, to -> Move.to(to, "refused by the controller", who));
            if (decision instanceof Decision.Move) {
                rejected(request, "refused_by_controller", why);
            }
            return decision;
        });
    }

    private void rejected(StoredRequest request, String reason, String detail) {
        String type =
                (request.kind() == RequestKind.ACCESS ? Messages.REQUEST_ACCESS : Messages.REQUEST_ERASURE).name();
        announcements.tell(
                Messages.REQUEST_REJECTED, new RequestRejected(request.id(), clock.instant(), type, reason, detail));
        log.atWarn()
                .addKeyValue("event.action", "request-rejected")
                .addKeyValue("event.reason", reason)
                .addKeyValue("lethe.request.id", request.id())
                .log("request rejected: {}", reason);
    }

    /** Nothing is done about it until it is released; its deadlines go on. */
    @Transactional
    public Decision hold(UUID id, String who) {
        return onLocked(id, new RequestCommand.Hold(), (request, command) -> {
            Decision decision = apply(request, command, to -> Move.to(to, "put on hold", who));
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
            Decision decision =
                    apply(request, command, to -> Move.to(to, "released", who).nextAttemptIn(Duration.ZERO));
            if (decision instanceof Decision.Move(RequestState released)) {
                // The report that an erasure waits for may have come while it was held
                if (released.equals(new RequestState.Waiting(WaitingFor.REPORT))) {
                    proceed(requests.find(id).orElseThrow());
                }
                checks.run(requests.find(id).orElseThrow(), this);
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
                (request, command) -> apply(request, command, to -> Move.to(to, "to be tried now", who)
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
            checks.schedule(requests.find(request.id()).orElseThrow());
            logged("request-extended", request.id(), "deadline extended");
        }
        return decision;
    }

    /** Does what of a request is due by now. */
    @Transactional
    public void check(UUID id) {
        requests.lock(id).ifPresent(request -> checks.run(request, this));
    }

    /** The person has heard from us. */
    @Transactional
    public void acknowledged(UUID id) {
        if (requests.said(id, Requests.Said.ACKNOWLEDGED)) {
            requests.note(id, "the person was told", "mail service");
        }
    }

    /** An erasure that was thought over, or had to let a report go first, is handed over if nothing is in its way. */
    void proceed(StoredRequest erasure) {
        boolean reportUnderWay =
                requests.openOf(erasure.pseudonym()).stream().anyMatch(request -> request.kind() == RequestKind.ACCESS);
        apply(
                erasure,
                new RequestCommand.Proceed(erasure.now(), reportUnderWay),
                to -> Move.to(
                        to, to instanceof RequestState.HandedOver ? "handed over" : "lets a report go first", "clock"));
    }

    /**
     * Applies a command to a request that {@link Requests#lock} has locked, with all that follows from it for others. Every change of
     * a state goes through here.
     *
     * @param move what the row is to say about it
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public Decision apply(StoredRequest request, RequestCommand command, Function<RequestState, Move> move) {
        Decision decision = RequestDecider.decide(request.state(), command);
        if (decision instanceof Decision.Move(RequestState to)) {
            Move made = move.apply(to);
            if (!requests.move(request, made)) {
                throw new IllegalStateException(
                        "expected to move request %s, which is locked; this is our bug".formatted(request.id()));
            }
            if (to.hasEnded() && !request.state().hasEnded()) {
                announcements.noMoreChecks(request);
                endings.forEach(each -> each.ended(request.id()));
                endFollowers(request, made);
                letErasuresProceed(request);
            } else if (to instanceof RequestState.Received || to instanceof RequestState.HandedOver) {
                entered(requests.find(request.id()).orElseThrow());
            }
        }
        return decision;
    }

    /** Those that follow a request end with it; of one that was taken back the oldest stands for itself, and the others follow that. */
    private void endFollowers(StoredRequest first, Move end) {
        for (StoredRequest follower : requests.openOf(first.pseudonym())) {
            if (!(follower.state() instanceof RequestState.Following(UUID followed)) || !followed.equals(first.id())) {
                continue;
            }
            switch (end.to()) {
                case RequestState.Ready s -> complete(follower, outcomeOf(end));
                case RequestState.Completed(var outcome) -> complete(follower, outcome);
                default -> {
                    Instant coolOffUntil = regulations
                            .of(follower.regulation())
                            .map(regulation -> regulation.coolOffUntil(follower.now()))
                            .orElse(null);
                    Decision promoted = apply(
                            follower,
                            new RequestCommand.FirstGone(
                                    circumstances(follower.kind(), follower.pseudonym(), coolOffUntil)),
                            to -> Move.to(to, "request %s, which it followed, is gone".formatted(first.id()), "lethe"));
                    if (promoted instanceof Decision.Move(RequestState.Rejected s)) {
                        rejected(follower, BEING_ERASED, BEING_ERASED_IN_WORDS);
                    }
                    checks.schedule(requests.find(follower.id()).orElseThrow());
                }
            }
        }
    }

    /** Of a report: its state does not say whether somebody did not answer. */
    private static CompletionOutcome outcomeOf(Move end) {
        String outcome = end.outcome();
        return outcome == null
                ? CompletionOutcome.COMPLETED
                : CompletionOutcome.valueOf(outcome.toUpperCase(Locale.ROOT));
    }

    private void complete(StoredRequest follower, CompletionOutcome outcome) {
        apply(follower, new RequestCommand.FirstCompleted(outcome), to -> Move.to(
                        to, "as the request that it followed", "lethe")
                .with(outcome.name().toLowerCase(Locale.ROOT), null));
        announcements.tell(
                Messages.REQUEST_COMPLETED,
                new RequestCompleted(follower.id(), clock.instant(), follower.kind(), outcome, List.of()));
    }

    private void letErasuresProceed(StoredRequest ended) {
        requests.openOf(ended.pseudonym()).stream()
                .filter(request -> request.state().equals(new RequestState.Waiting(WaitingFor.REPORT)))
                .forEach(this::proceed);
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
