package dev.lethe.messages.request;

import dev.lethe.messages.Require;
import java.time.Instant;
import java.util.UUID;

/**
 * Every participant but those that wait for the last notice has forgotten the subject. Names the subject, because the mail
 * service, which still has the address, must now tell exactly that person.
 */
public record DataErased(UUID requestId, Instant occurredAt, String subjectId) implements Fact {
    public DataErased {
        Require.present(requestId, "request_id");
        Require.time(occurredAt, "occurred_at");
        Require.text(subjectId, "subject_id", 256);
    }

    /** Without the subject, who never reaches a log. */
    @Override
    public String toString() {
        return "DataErased[requestId=%s, occurredAt=%s]".formatted(requestId, occurredAt);
    }
}
