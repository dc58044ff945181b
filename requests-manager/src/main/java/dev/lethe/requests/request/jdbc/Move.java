package dev.lethe.requests.request.jdbc;

import dev.lethe.requests.request.RequestState;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where a request moves, and why; becomes a new state and a row of history in one statement.
 *
 * @param cause in words, without personal data
 * @param who a worker, {@code operator NAME}, {@code frontend}, another service, or {@code clock}
 * @param lease for a worker that claims the request: until it is heard of again
 * @param nextAttempt when a worker may take it next; null leaves that as it is
 * @param reason why the last attempt failed
 */
public record Move(
        RequestState to,
        String cause,
        String who,
        @Nullable Duration lease,
        @Nullable Duration nextAttempt,
        @Nullable String reason,
        @Nullable String outcome,
        @Nullable String exceptions) {

    public static Move to(RequestState state, String cause, String who) {
        return new Move(state, cause, who, null, null, null, null, null);
    }

    /** Claims the request: epoch and attempts are counted up. */
    public Move claimedFor(Duration lease) {
        return new Move(to, cause, who, lease, nextAttempt, reason, outcome, exceptions);
    }

    public Move nextAttemptIn(Duration delay) {
        return new Move(to, cause, who, lease, delay, reason, outcome, exceptions);
    }

    public Move because(String lastReason) {
        return new Move(to, cause, who, lease, nextAttempt, lastReason, outcome, exceptions);
    }

    public Move with(String anOutcome, @Nullable String someExceptions) {
        return new Move(to, cause, who, lease, nextAttempt, reason, anOutcome, someExceptions);
    }
}
