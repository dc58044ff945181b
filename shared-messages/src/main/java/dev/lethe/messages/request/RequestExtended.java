package dev.lethe.messages.request;

import dev.lethe.messages.Require;
import java.time.Instant;
import java.util.UUID;

/**
 * The controller took the longer time that the law allows (GDPR Art. 12(3), CCPA 1798.130(a)(2)); the person must be told so, and why,
 * before the first deadline.
 *
 * @param dueAt when it must be done now
 * @param reason in words for the person; mind that a human wrote it about a human
 */
public record RequestExtended(UUID requestId, Instant occurredAt, Instant dueAt, String reason) implements Fact {
    public RequestExtended {
        Require.present(requestId, "request_id");
        Require.time(occurredAt, "occurred_at");
        Require.time(dueAt, "due_at");
        Require.text(reason, "reason", 1024);
    }

    /** Without the reason, which was written for a person. */
    @Override
    public String toString() {
        return "RequestExtended[requestId=%s, occurredAt=%s, dueAt=%s]".formatted(requestId, occurredAt, dueAt);
    }
}
