package dev.lethe.cancellation.erasure;

import dev.lethe.messages.participant.ErasureOutcome;
import dev.lethe.messages.participant.Retained;
import dev.lethe.messages.participant.SubjectErased;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How far one participant's part is. */
public sealed interface TaskState {

    /** Waits for others, or for the notice; the participant does not know of it. */
    record Waiting() implements TaskState {}

    /**
     * Was asked, or message-scheduler will ask; nobody else does.
     *
     * @param attempt counts from 1
     */
    record Asked(int attempt) implements TaskState {}

    /**
     * Answered for good.
     *
     * @param attempt the one that was under way when the answer came
     */
    record Answered(
            int attempt,
            ErasureOutcome outcome,
            @Nullable Long records,
            List<Retained> retained,
            @Nullable String reason)
            implements TaskState {

        public Answered {
            retained = List.copyOf(retained);
        }

        /** Whether another answer says the same, in other words perhaps: who erases twice finds nothing the second time. */
        boolean agreesWith(SubjectErased answer) {
            return switch (outcome) {
                case ERASED, NOTHING_FOUND -> answer.outcome().isForgotten();
                case RETAINED ->
                    answer.outcome() == ErasureOutcome.RETAINED
                            && Set.copyOf(retained).equals(Set.copyOf(answer.retained()));
                case FAILED -> answer.outcome() == ErasureOutcome.FAILED && !answer.mayBeRetried();
            };
        }
    }
}
