package dev.lethe.messages.request;

import dev.lethe.messages.Require;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A request was stored; from here on it is not lost.
 *
 * @param dueAt when it must be done, by the law that it rests on
 * @param duplicateOf the open request of the same kind for the same person that this one follows: it ends as that one ends
 * @param acknowledgeBy until when the law wants the person to be told that the request has come; null if it wants no such thing
 */
public record RequestReceived(
        UUID requestId,
        Instant occurredAt,
        RequestKind kind,
        Instant dueAt,
        @Nullable UUID duplicateOf,
        @Nullable Instant acknowledgeBy)
        implements Fact {
    public RequestReceived {
        Require.present(requestId, "request_id");
        Require.time(occurredAt, "occurred_at");
        Require.present(kind, "kind");
        Require.time(dueAt, "due_at");
        Require.that(!requestId.equals(duplicateOf), "duplicate_of", "must be another request");
        Require.optionalTime(acknowledgeBy, "acknowledge_by");
    }

    /** Of a request that follows no other, by a law that wants no acknowledgement. */
    public RequestReceived(UUID requestId, Instant occurredAt, RequestKind kind, Instant dueAt) {
        this(requestId, occurredAt, kind, dueAt, null, null);
    }
}
