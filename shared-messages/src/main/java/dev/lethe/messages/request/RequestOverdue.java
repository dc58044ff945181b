package dev.lethe.messages.request;

import dev.lethe.messages.Require;
import java.time.Instant;
import java.util.UUID;

/**
 * A deadline has passed and the request is still open.
 *
 * @param deadline which deadline; {@code answer} if the sender does not say
 */
public record RequestOverdue(UUID requestId, Instant occurredAt, Instant dueAt, DeadlineKind deadline) implements Fact {
    public RequestOverdue {
        Require.present(requestId, "request_id");
        Require.time(occurredAt, "occurred_at");
        Require.time(dueAt, "due_at");
        deadline = Require.orElse(deadline, DeadlineKind.ANSWER);
    }

    /** About the answer, which every request has a deadline for. */
    public RequestOverdue(UUID requestId, Instant occurredAt, Instant dueAt) {
        this(requestId, occurredAt, dueAt, DeadlineKind.ANSWER);
    }
}
