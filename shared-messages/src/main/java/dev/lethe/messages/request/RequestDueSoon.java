package dev.lethe.messages.request;

import dev.lethe.messages.Require;
import java.time.Instant;
import java.util.UUID;

/**
 * A deadline is near and the request still open.
 *
 * @param deadline which deadline; {@code answer} if the sender does not say
 */
public record RequestDueSoon(UUID requestId, Instant occurredAt, Instant dueAt, DeadlineKind deadline) implements Fact {
    public RequestDueSoon {
        Require.present(requestId, "request_id");
        Require.time(occurredAt, "occurred_at");
        Require.time(dueAt, "due_at");
        deadline = Require.orElse(deadline, DeadlineKind.ANSWER);
    }

    /** About the answer, which every request has a deadline for. */
    public RequestDueSoon(UUID requestId, Instant occurredAt, Instant dueAt) {
        this(requestId, occurredAt, dueAt, DeadlineKind.ANSWER);
    }
}
