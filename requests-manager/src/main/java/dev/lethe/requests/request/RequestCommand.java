package dev.lethe.requests.request;

import dev.lethe.messages.request.CompletionOutcome;
import dev.lethe.messages.request.RequestKind;
import java.time.Instant;

/** What can be asked of a request, or be said of it. */
public sealed interface RequestCommand {

    record Submit(RequestKind kind) implements RequestCommand {}

    record Withdraw() implements RequestCommand {}

    /** A worker has claimed the request and counted the epoch up. */
    record BeginReport(int epoch) implements RequestCommand {}

    record FinishReport(int epoch, Instant expiresAt) implements RequestCommand {}

    record FailReport(int epoch) implements RequestCommand {}

    record ExpireReport() implements RequestCommand {}

    /** cancellation-service says that the erasure has ended. */
    record EndErasure(CompletionOutcome outcome) implements RequestCommand {}
}
