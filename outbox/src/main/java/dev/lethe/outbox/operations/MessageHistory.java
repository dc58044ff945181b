package dev.lethe.outbox.operations;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one message, and why it has not been sent.
 *
 * @param message null if it is gone
 * @param why in a sentence
 * @param dueBefore how many of its shard are due before it, counted up to 10,000
 * @param failedAttempts oldest first, the last 100
 * @param laneEvents what befell its lane since it should have been sent for the first time, oldest first, the last 100
 */
public record MessageHistory(
        long id,
        MessageState state,
        String why,
        @Nullable MessageSummary message,
        int dueBefore,
        List<FailedAttempt> failedAttempts,
        List<LaneEvent> laneEvents) {

    public record FailedAttempt(Instant at, int attempt, String reason, String exchange) {}

    public record LaneEvent(
            Instant at,
            int shard,
            String instance,
            String event,
            @Nullable String detail) {}
}
