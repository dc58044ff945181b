package dev.lethe.messages.request;

import dev.lethe.messages.Require;
import java.time.Instant;
import java.util.UUID;

/** The mail service told the person; published by it, so that the numbers can be reconciled. */
public record NotificationSent(UUID requestId, Instant occurredAt, String kind) implements Fact {
    public NotificationSent {
        Require.present(requestId, "request_id");
        Require.time(occurredAt, "occurred_at");
        Require.token(kind, "kind");
    }
}
