package dev.lethe.messages.request;

import dev.lethe.messages.Require;
import java.time.Instant;
import java.util.UUID;

/** An access report was fetched, to its last byte; said once for each time. */
public record ReportDownloaded(UUID requestId, Instant occurredAt) implements Fact {
    public ReportDownloaded {
        Require.present(requestId, "request_id");
        Require.time(occurredAt, "occurred_at");
    }
}
