package dev.lethe.messages.erasure;

import dev.lethe.messages.Require;
import dev.lethe.messages.Subject;
import java.time.Instant;
import java.util.UUID;

/** Erase this subject everywhere; the law gives until {@code deadline}. */
public record StartErasure(UUID requestId, Subject subject, String regulation, Instant deadline) {
    public StartErasure {
        Require.present(requestId, "request_id");
        Require.present(subject, "subject");
        Require.token(regulation, "regulation");
        Require.time(deadline, "deadline");
    }
}
