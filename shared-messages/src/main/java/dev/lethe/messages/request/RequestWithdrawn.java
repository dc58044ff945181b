package dev.lethe.messages.request;

import dev.lethe.messages.Require;
import java.time.Instant;
import java.util.UUID;

/** The person took the request back before anything irreversible was done. */
public record RequestWithdrawn(UUID requestId, Instant occurredAt) implements Fact {
    public RequestWithdrawn {
        Require.present(requestId, "request_id");
        Require.time(occurredAt, "occurred_at");
    }
}
