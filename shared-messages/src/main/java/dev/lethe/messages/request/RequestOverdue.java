package dev.lethe.messages.request;

import dev.lethe.messages.Require;
import java.time.Instant;
import java.util.UUID;

/** The deadline has passed and the request is still open. */
public record RequestOverdue(UUID requestId, Instant occurredAt, Instant dueAt) implements Fact {
    public RequestOverdue {
        Require.present(requestId, "request_id");
        Require.time(occurredAt, "occurred_at");
        Require.time(dueAt, "due_at");
    }
}
