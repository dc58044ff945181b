package dev.lethe.messages.request;

import dev.lethe.messages.Require;
import java.time.Instant;
import java.util.UUID;

/** A request was stored; from here on it is not lost. */
public record RequestReceived(UUID requestId, Instant occurredAt, RequestKind kind, Instant dueAt) implements Fact {
    public RequestReceived {
        Require.present(requestId, "request_id");
        Require.time(occurredAt, "occurred_at");
        Require.present(kind, "kind");
        Require.time(dueAt, "due_at");
    }
}
