package dev.lethe.requests.request.jdbc;

import dev.lethe.messages.request.RequestKind;
import dev.lethe.requests.request.RequestState;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A request as it is first stored. */
public record NewRequest(
        UUID id,
        RequestKind kind,
        String regulation,
        String subject,
        byte[] pseudonym,
        byte[] submissionHash,
        Instant submittedAt,
        Instant dueAt,
        Instant targetAt,
        @Nullable Instant acknowledgeBy,
        @Nullable String locale,
        RequestState state) {

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof NewRequest that && id.equals(that.id);
    }

    @Override
    public int hashCode() {
        return id.hashCode();
    }

    /** Without the subject, who never reaches a log. */
    @Override
    public String toString() {
        return "NewRequest[%s, %s]".formatted(id, state.stateName());
    }
}
