package dev.lethe.messages.participant;

import dev.lethe.messages.Require;
import java.util.List;
import java.util.UUID;

/** A participant's answer to {@link ExportSubject}. */
public record SubjectExported(UUID taskId, ExportOutcome outcome, List<ExportedDocument> documents) {
    public SubjectExported {
        Require.present(taskId, "task_id");
        Require.present(outcome, "outcome");
        documents = Require.listOrEmpty(documents, "documents");
    }
}
