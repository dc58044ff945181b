package dev.lethe.requests.access.export;

import dev.lethe.messages.participant.ExportOutcome;
import dev.lethe.messages.participant.ExportedDocument;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a participant was asked for one report.
 *
 * @param outcome null as long as it has not answered
 * @param answerBy when its time to answer is over
 * @param isLate whether it is, by the database's clock; the report is then built without it, and says so
 */
public record Exported(
        String participant,
        @Nullable ExportOutcome outcome,
        boolean isLate,
        Instant answerBy,
        List<ExportedDocument> documents) {

    /** Whether it handed out what it has, or has nothing. */
    public boolean isAnswered() {
        return outcome == ExportOutcome.EXPORTED || outcome == ExportOutcome.NOTHING_FOUND;
    }

    /** Whether a report should wait for its answer. */
    public boolean isWaitedFor() {
        return outcome == null && !isLate;
    }

    /** Without the documents, which are somebody's data. */
    @Override
    public String toString() {
        return "Exported[%s, %s]".formatted(participant, outcome);
    }
}
