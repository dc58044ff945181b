package dev.lethe.requests.life;

import dev.lethe.messages.Messages;
import dev.lethe.messages.erasure.StartErasure;
import dev.lethe.messages.request.CompletionOutcome;
import dev.lethe.messages.request.RequestCompleted;
import dev.lethe.messages.request.RequestKind;
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
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** The one place where requests move, with all that follows from a move for the request itself and for others of the same person. */
@Component
public class Transitions {

    private final Requests requests;
    private final Announcements announcements;
    private final Regulations regulations;
    private final WorkSignal work;
    private final List<EndOfRequest> endings;
    private final Clock clock;

    Transitions(
            Requests requests,
            Announcements announcements,
            Regulations regulations,
            WorkSignal work,
            List<EndOfRequest> endings,
            Clock clock) {
        this.requests = requests;
        this.announcements = announcements;
        this.regulations = regulations;
        this.work = work;
        this.endings = endings;
        this.clock = clock;
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
                List<StoredRequest> others = requests.openOf(request.pseudonym());
                if (!others.isEmpty()) {
                    endFollowers(request, made, others);
                    // Anew: the end of a follower may have let one proceed already
                    letErasuresProceed(requests.openOf(request.pseudonym()));
                }
            } else if (to instanceof RequestState.Received || to instanceof RequestState.HandedOver) {
                entered(requests.find(request.id()).orElseThrow());
            }
        }
        return decision;
    }

    /** Those that follow a request end with it; of one that was taken back the oldest stands for itself, and the others follow that. */
    private void endFollowers(StoredRequest first, Move end, List<StoredRequest> others) {
        for (StoredRequest follower : others) {
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
                        announcements.rejectedWhileErasing(follower);
                    }
                    announcements.lookAgain(requests.find(follower.id()).orElseThrow());
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

    private void letErasuresProceed(List<StoredRequest> others) {
        others.stream()
                .filter(request -> request.state().equals(new RequestState.Waiting(WaitingFor.REPORT)))
                .forEach(this::proceed);
    }

    /** What follows from being in a state, however it was reached. */
    void entered(StoredRequest request) {
        switch (request.state()) {
            case RequestState.Received s -> work.afterCommit();
            case RequestState.HandedOver s ->
                announcements.startErasure(new StartErasure(
                        request.id(), request.personOfOpenRequest(), request.regulation(), request.dueAt()));
            default -> {}
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

    /** What else is under way for this person, who must be locked. */
    RequestCommand.Submit circumstances(RequestKind kind, byte[] pseudonym, @Nullable Instant coolOffUntil) {
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
}
