package dev.lethe.requests.request;

import dev.lethe.messages.request.CompletionOutcome;
import dev.lethe.messages.request.RequestKind;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What can be asked of a request, or be said of it. What a rule needs to know of the world comes with it. */
public sealed interface RequestCommand {

    /**
     * @param twin an open request of the same kind for the same person
     * @param reportUnderWay whether an access request of the same person is open
     * @param beingErased whether the same person is being erased already
     * @param coolOffUntil until when the person may think an erasure over; null if the law gives no such time
     */
    record Submit(
            RequestKind kind,
            @Nullable UUID twin,
            boolean reportUnderWay,
            boolean beingErased,
            @Nullable Instant coolOffUntil)
            implements RequestCommand {}

    record Withdraw() implements RequestCommand {}

    /** The controller refuses: GDPR Art. 12(5), CCPA 1798.145(h)(3). */
    record Reject() implements RequestCommand {}

    record Hold() implements RequestCommand {}

    record Release() implements RequestCommand {}

    /** An operator wants it tried now. */
    record Retry() implements RequestCommand {}

    /**
     * The controller takes the longer time that the law allows.
     *
     * @param dueAt the deadline as it is
     * @param lawAllows whether the regulation knows an extension at all
     * @param extended whether it was extended before
     */
    record Extend(Instant now, Instant dueAt, boolean lawAllows, boolean extended) implements RequestCommand {}

    /** An erasure should be handed over, if it is time for that. */
    record Proceed(Instant now, boolean reportUnderWay) implements RequestCommand {}

    /** A worker has claimed the request and counted the epoch up. */
    record BeginReport(int epoch) implements RequestCommand {}

    /** Participants were asked, and the worker turns to other requests meanwhile. */
    record AwaitParticipants(int epoch) implements RequestCommand {}

    record FinishReport(int epoch) implements RequestCommand {}

    /**
     * @param mendsItself whether trying again may help
     * @param overdue whether the deadline has passed: from then on somebody must look at it
     */
    record FailReport(int epoch, boolean mendsItself, boolean overdue) implements RequestCommand {}

    record ExpireReport() implements RequestCommand {}

    /** cancellation-service says that the erasure has ended. */
    record EndErasure(CompletionOutcome outcome) implements RequestCommand {}

    /** The request that this one follows was carried out. */
    record FirstCompleted(CompletionOutcome outcome) implements RequestCommand {}

    /** The request that this one follows was taken back or refused, so this one stands for itself. */
    record FirstGone(Submit again) implements RequestCommand {}
}
