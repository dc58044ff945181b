package dev.lethe.outbox.operations;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one look at the engine found.
 *
 * @param atNanos when it ended, on the scale of {@link System#nanoTime()}
 * @param backlog null if the database did not answer
 * @param unwell the lanes that do not send, or so it seems
 * @param unownedSeconds for how long some lane has had no owner
 * @param failure the type of what went wrong with the database; null if nothing did
 * @param brokerFailure the same of the broker, which is only asked when there is reason to
 */
record Seen(
        long atNanos,
        @Nullable Backlog backlog,
        List<LaneState> unwell,
        double unownedSeconds,
        @Nullable String failure,
        @Nullable String brokerFailure) {}
