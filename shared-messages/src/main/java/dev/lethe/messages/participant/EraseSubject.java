package dev.lethe.messages.participant;

import dev.lethe.messages.Require;
import dev.lethe.messages.Subject;
import java.time.Instant;
import java.util.UUID;

/**
 * Forget this subject, then answer with the same {@code taskId}. The same task may come twice and is answered again.
 *
 * @param attempt counts from 1; more when the participant said {@code failed} and {@code retryable}
 */
public record EraseSubject(UUID taskId, UUID requestId, Subject subject, int attempt, Instant deadline) {
    public EraseSubject {
        Require.present(taskId, "task_id");
        Require.present(requestId, "request_id");
        Require.present(subject, "subject");
        Require.that(attempt >= 1, "attempt", "must be 1 or more");
        Require.time(deadline, "deadline");
    }
}
