package dev.lethe.messages.request;

import dev.lethe.messages.Require;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** All was done that was asked, or all that may be done. */
public record RequestCompleted(
        UUID requestId,
        Instant occurredAt,
        RequestKind kind,
        CompletionOutcome outcome,
        List<ErasureException> exceptions)
        implements Fact {
    public RequestCompleted {
        Require.present(requestId, "request_id");
        Require.time(occurredAt, "occurred_at");
        Require.present(kind, "kind");
        Require.present(outcome, "outcome");
        exceptions = Require.listOrEmpty(exceptions, "exceptions");
    }
}
