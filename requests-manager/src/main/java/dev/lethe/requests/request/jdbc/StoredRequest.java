package dev.lethe.requests.request.jdbc;

import dev.lethe.messages.InvalidMessage;
import dev.lethe.messages.MessageJson;
import dev.lethe.messages.Subject;
import dev.lethe.messages.request.CompletionOutcome;
import dev.lethe.messages.request.RequestKind;
import dev.lethe.requests.request.RequestState;
import dev.lethe.requests.request.WaitingFor;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A row of the table {@code request}. Each column is explained in the migrations.
 *
 * @param now what the database's clock said when it was read
 */
public record StoredRequest(
        UUID id,
        RequestKind kind,
        String regulation,
        @Nullable String subject,
        byte[] pseudonym,
        byte[] submissionHash,
        Instant submittedAt,
        Instant receivedAt,
        Instant dueAt,
        Instant targetAt,
        @Nullable Instant acknowledgeBy,
        @Nullable Instant acknowledgedAt,
        @Nullable Instant extendedAt,
        @Nullable Instant dueSoonAt,
        @Nullable Instant overdueAt,
        @Nullable Instant unacknowledgedAt,
        @Nullable Instant coolingOffUntil,
        @Nullable String locale,
        String stateName,
        @Nullable String waitingFor,
        @Nullable String heldState,
        @Nullable UUID duplicateOf,
        int epoch,
        int attempts,
        Instant nextAttemptAt,
        @Nullable String lastReason,
        @Nullable String outcome,
        @Nullable String exceptions,
        @Nullable Instant endedAt,
        Instant now) {

    /** The person, as long as they are known; empty if what is stored cannot be read, which is our bug. */
    public Optional<Subject> person() {
        try {
            return Optional.ofNullable(subject)
                    .map(json -> MessageJson.read(json.getBytes(StandardCharsets.UTF_8), Subject.class));
        } catch (InvalidMessage unreadable) {
            return Optional.empty();
        }
    }

    /** The person, while the request is open. */
    public Subject personOfOpenRequest() {
        return person().orElseThrow(() -> new IllegalStateException(
                "expected request %s to name a person; it is %s, this is our bug".formatted(id, stateName)));
    }

    public RequestState state() {
        return state(stateName);
    }

    private RequestState state(String name) {
        return switch (name) {
            case "received" -> new RequestState.Received();
            case "cooling_off" -> new RequestState.CoolingOff(Objects.requireNonNull(coolingOffUntil));
            case "waiting" -> new RequestState.Waiting(WaitingFor.of(Objects.requireNonNull(waitingFor)));
            case "in_progress" -> new RequestState.InProgress(epoch);
            case "handed_over" -> new RequestState.HandedOver();
            case "following" -> new RequestState.Following(Objects.requireNonNull(duplicateOf));
            case "on_hold" -> new RequestState.OnHold(state(Objects.requireNonNull(heldState)));
            case "ready" -> new RequestState.Ready();
            case "completed" -> new RequestState.Completed(CompletionOutcome.COMPLETED);
            case "completed_with_exceptions" -> new RequestState.Completed(CompletionOutcome.COMPLETED_WITH_EXCEPTIONS);
            case "withdrawn" -> new RequestState.Withdrawn();
            case "rejected" -> new RequestState.Rejected();
            case "expired" -> new RequestState.Expired();
            default -> throw new IllegalStateException("request %s is in the unknown state '%s'".formatted(id, name));
        };
    }

    public boolean isOverdue() {
        return !now.isBefore(dueAt);
    }

    public String kindName() {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    /** Rows are the same if they are of the same request. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof StoredRequest that && id.equals(that.id);
    }

    @Override
    public int hashCode() {
        return id.hashCode();
    }

    /** Without the subject, who never reaches a log. */
    @Override
    public String toString() {
        return "StoredRequest[%s, %s, %s]".formatted(id, kindName(), stateName);
    }
}
