package dev.lethe.requests.request;

import dev.lethe.messages.request.CompletionOutcome;
import java.time.Instant;

/** Where a request stands. */
public sealed interface RequestState {

    /** Not known (yet). */
    record Unknown() implements RequestState {}

    /** An access request that waits for a worker. */
    record Received() implements RequestState {}

    /** An access request that a worker has claimed; the epoch is its proof. */
    record BeingBuilt(int epoch) implements RequestState {}

    /** An erasure that cancellation-service carries out. */
    record HandedOver() implements RequestState {}

    /** The report can be fetched. */
    record Ready(Instant expiresAt) implements RequestState {}

    /** The erasure has ended. */
    record Completed(CompletionOutcome outcome) implements RequestState {}

    /** The person took it back. */
    record Withdrawn() implements RequestState {}

    /** The report was there and has been deleted. */
    record Expired() implements RequestState {}

    /** The name of the state in the database and in the history. */
    default String stateName() {
        return switch (this) {
            case Unknown s -> "unknown";
            case Received s -> "received";
            case BeingBuilt s -> "being_built";
            case HandedOver s -> "handed_over";
            case Ready s -> "ready";
            case Completed s -> "completed";
            case Withdrawn s -> "withdrawn";
            case Expired s -> "expired";
        };
    }

    /** Whether nothing more is to be done for the person; what we know of them then goes. */
    default boolean hasEnded() {
        return this instanceof Ready
                || this instanceof Completed
                || this instanceof Withdrawn
                || this instanceof Expired;
    }
}
