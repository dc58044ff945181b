package dev.lethe.messages.participant;

import dev.lethe.messages.Require;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A participant's answer to {@link ExportSubject}.
 *
 * @param documents all that is held, when the outcome is {@code exported}
 * @param reason why it failed, without personal data
 * @param retryable whether asking again may help; null means no
 */
public record SubjectExported(
        UUID taskId,
        ExportOutcome outcome,
        List<ExportedDocument> documents,
        @Nullable String reason,
        @Nullable Boolean retryable) {
    public SubjectExported {
        Require.present(taskId, "task_id");
        Require.present(outcome, "outcome");
        documents = Require.listOrEmpty(documents, "documents");
        Require.optionalText(reason, "reason", 1024);
    }

    /** Without a reason, and not to be asked again. */
    public SubjectExported(UUID taskId, ExportOutcome outcome, List<ExportedDocument> documents) {
        this(taskId, outcome, documents, null, null);
    }

    /** Whether the participant asks to be asked again. */
    public boolean mayBeRetried() {
        return outcome == ExportOutcome.FAILED && Boolean.TRUE.equals(retryable);
    }
}
