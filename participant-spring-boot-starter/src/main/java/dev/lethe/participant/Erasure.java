package dev.lethe.participant;

import dev.lethe.messages.Require;
import dev.lethe.messages.participant.ErasureOutcome;
import dev.lethe.messages.participant.Retained;
import dev.lethe.messages.participant.SubjectErased;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** How an erasure went, in the words of the contract. */
public final class Erasure {

    private final ErasureOutcome outcome;
    private final @Nullable Long records;
    private final List<Retained> retained;
    private final @Nullable String reason;
    private final @Nullable Boolean retryable;

    private Erasure(
            ErasureOutcome outcome,
            @Nullable Long records,
            List<Retained> retained,
            @Nullable String reason,
            @Nullable Boolean retryable) {
        this.outcome = outcome;
        this.records = records;
        this.retained = retained;
        this.reason = reason;
        this.retryable = retryable;
    }

    /**
     * Nothing about the person is left.
     *
     * @param records how many records are gone, for the evidence; not negative
     */
    public static Erasure erased(long records) {
        Require.that(records >= 0, "records", "must not be negative");
        return new Erasure(ErasureOutcome.ERASED, records, List.of(), null, null);
    }

    /** There was nothing about the person, or it was erased before. */
    public static Erasure nothingFound() {
        return new Erasure(ErasureOutcome.NOTHING_FOUND, null, List.of(), null, null);
    }

    /**
     * A law demands to keep something; all else is erased.
     *
     * @param retained what is kept, on which legal basis and until when; at least one, without personal data
     */
    public static Erasure retained(List<Retained> retained) {
        Require.that(!retained.isEmpty(), "retained", "must say what is kept and on which legal basis");
        return new Erasure(ErasureOutcome.RETAINED, null, List.copyOf(retained), null, null);
    }

    /**
     * It could not be erased.
     *
     * @param reason for operators, at most 1024 characters, without personal data
     * @param retryable whether asking again later may help; if not, people have to look at it
     */
    public static Erasure failed(String reason, boolean retryable) {
        return new Erasure(ErasureOutcome.FAILED, null, List.of(), Require.text(reason, "reason", 1024), retryable);
    }

    SubjectErased of(UUID taskId) {
        return new SubjectErased(taskId, outcome, records, retained, reason, retryable);
    }

    @Override
    public String toString() {
        return "Erasure[%s]".formatted(outcome);
    }
}
