package dev.lethe.messages.participant;

import dev.lethe.messages.Require;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A participant's answer to {@link EraseSubject}.
 *
 * @param records how many records were erased
 * @param retained what was kept; needed when the outcome is {@code retained}
 * @param reason why it failed, without personal data
 * @param retryable whether asking again may help; null means no
 */
public record SubjectErased(
        UUID taskId,
        ErasureOutcome outcome,
        @Nullable Long records,
        List<Retained> retained,
        @Nullable String reason,
        @Nullable Boolean retryable) {
    public SubjectErased {
        Require.present(taskId, "task_id");
        Require.present(outcome, "outcome");
        Require.that(records == null || records >= 0, "records", "must not be negative");
        retained = Require.listOrEmpty(retained, "retained");
        Require.that(
                outcome != ErasureOutcome.RETAINED || !retained.isEmpty(),
                "retained",
                "must say what is kept and on which legal basis");
        Require.optionalText(reason, "reason", 1024);
    }

    /** Whether the participant asks to be asked again. */
    public boolean mayBeRetried() {
        return outcome == ErasureOutcome.FAILED && Boolean.TRUE.equals(retryable);
    }
}
