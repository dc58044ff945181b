package dev.lethe.messages.request;

import dev.lethe.messages.Require;
import java.time.Instant;
import java.util.UUID;

/** The deadline is near and the request still open. */
public record RequestDueSoon(UUID requestId, Instant occurredAt, Instant dueAt) implements Fact {
    public RequestDueSoon {
        Require.present(requestId, "request_id");
        Require.time(occurredAt, "occurred_at");
        Require.time(dueAt, "due_at");
    }
}
