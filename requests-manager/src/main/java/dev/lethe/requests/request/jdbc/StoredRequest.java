package dev.lethe.requests.request.jdbc;

import dev.lethe.messages.MessageJson;
import dev.lethe.messages.Subject;
import dev.lethe.messages.request.CompletionOutcome;
import dev.lethe.messages.request.RequestKind;
import dev.lethe.requests.request.RequestState;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.data.annotation.Id;
import org.springframework.data.relational.core.mapping.Table;

/** A row of the table {@code request}, as far as the code reads it back. */
@Table("request")
public record StoredRequest(
        @Id UUID id,
        String kind,
        String regulation,
        @Nullable String subject,
        byte[] submissionHash,
        Instant dueAt,
        String state,
        int epoch,
        int attempts,
        @Nullable String outcome,
        @Nullable Instant endedAt) {

    public RequestKind requestKind() {
        return RequestKind.valueOf(kind.toUpperCase(Locale.ROOT));
    }

    /** The person, while the request is open. */
    public Subject subjectOfOpenRequest() {
        if (subject == null) {
            throw new IllegalStateException(
                    "request %s has ended and names nobody any more; this is our bug".formatted(id));
        }
        return MessageJson.read(subject.getBytes(StandardCharsets.UTF_8), Subject.class);
    }

    public RequestState toState() {
        return switch (state) {
            case "received" -> new RequestState.Received();
            case "being_built" -> new RequestState.BeingBuilt(epoch);
            case "handed_over" -> new RequestState.HandedOver();
            case "ready" -> new RequestState.Ready(Objects.requireNonNull(endedAt));
            case "completed" ->
                new RequestState.Completed(CompletionOutcome.valueOf(
                        Objects.requireNonNull(outcome).toUpperCase(Locale.ROOT)));
            case "withdrawn" -> new RequestState.Withdrawn();
            case "expired" -> new RequestState.Expired();
            default -> throw new IllegalStateException("request %s is in the unknown state '%s'".formatted(id, state));
        };
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

    @Override
    public String toString() {
        return "StoredRequest[%s, %s, %s]".formatted(id, kind, state);
    }
}
