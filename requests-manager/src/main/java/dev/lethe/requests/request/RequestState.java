package dev.lethe.requests.request;

import dev.lethe.messages.request.CompletionOutcome;
import java.time.Instant;
import java.util.UUID;

/** Where a request stands. */
public sealed interface RequestState {

    /** Not known (yet). */
    record Unknown() implements RequestState {}

    /** An access request that a worker may take. */
    record Received() implements RequestState {}

    /** An erasure that the person may still think over. */
    record CoolingOff(Instant until) implements RequestState {}

    record Waiting(WaitingFor what) implements RequestState {}

    /** An access request that a worker has claimed; the epoch is its proof. */
    record InProgress(int epoch) implements RequestState {}

    /** An erasure that cancellation-service carries out; here is no way back. */
    record HandedOver() implements RequestState {}

    /** The same person has asked for the same before; that request's end is the end of this one. */
    record Following(UUID first) implements RequestState {}

    /** Nothing is done until it is released, under a legal hold for instance. */
    record OnHold(RequestState before) implements RequestState {}

    /** The report can be fetched. */
    record Ready() implements RequestState {}

    /** Done as asked, or with exceptions that are told. */
    record Completed(CompletionOutcome outcome) implements RequestState {}

    /** The person took it back. */
    record Withdrawn() implements RequestState {}

    /** The controller refused it. */
    record Rejected() implements RequestState {}

    /** The report was there and has been deleted. */
    record Expired() implements RequestState {}

    /** The name of the state in the database, in the history and over HTTP. */
    default String stateName() {
        return switch (this) {
            case Unknown s -> "unknown";
            case Received s -> "received";
            case CoolingOff s -> "cooling_off";
            case Waiting s -> "waiting";
            case InProgress s -> "in_progress";
            case HandedOver s -> "handed_over";
            case Following s -> "following";
            case OnHold s -> "on_hold";
            case Ready s -> "ready";
            case Completed(var outcome) ->
                outcome == CompletionOutcome.COMPLETED ? "completed" : "completed_with_exceptions";
            case Withdrawn s -> "withdrawn";
            case Rejected s -> "rejected";
            case Expired s -> "expired";
        };
    }

    /** Whether nothing more is to be done for the person; what we know of them goes some time later. */
    default boolean hasEnded() {
        return switch (this) {
            case Ready s -> true;
            case Completed s -> true;
            case Withdrawn s -> true;
            case Rejected s -> true;
            case Expired s -> true;
            default -> false;
        };
    }
}
