package dev.lethe.messages.request;

import dev.lethe.messages.Require;
import java.time.Instant;
import java.util.UUID;

/** An access report was deleted; a new request makes a new one. */
public record ReportExpired(UUID requestId, Instant occurredAt) implements Fact {
    public ReportExpired {
        Require.present(requestId, "request_id");
        Require.time(occurredAt, "occurred_at");
    }
}
