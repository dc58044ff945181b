package dev.lethe.messages.participant;

import dev.lethe.messages.Require;
import dev.lethe.messages.Subject;
import java.time.Instant;
import java.util.UUID;

/** Hand out what is held about this subject, for an access report; answer with the same {@code taskId}. */
public record ExportSubject(UUID taskId, UUID requestId, Subject subject, Instant deadline) {
    public ExportSubject {
        Require.present(taskId, "task_id");
        Require.present(requestId, "request_id");
        Require.present(subject, "subject");
        Require.time(deadline, "deadline");
    }
}
