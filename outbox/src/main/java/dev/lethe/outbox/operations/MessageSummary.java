package dev.lethe.outbox.operations;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A message without what it says: neither body nor headers, and of its subject only whether there is one.
 *
 * @param messageId the AMQP property
 * @param attempts how often the broker would not have it
 * @param lastError why, the last time
 * @param bytes size of the body
 * @param failedAt when it was given up; null unless it is undeliverable
 */
public record MessageSummary(
        long id,
        MessageState state,
        @Nullable String messageId,
        String owner,
        @Nullable String key,
        boolean subject,
        String exchange,
        String routingKey,
        int shard,
        Instant dueAt,
        Instant createdAt,
        @Nullable Instant expiresAt,
        int attempts,
        @Nullable String lastError,
        int bytes,
        @Nullable Instant failedAt) {

    /** Where a list goes on after this message. */
    public Position position() {
        return new Position(dueAt, id);
    }

    /** A place in a list by due time; of messages due at the same time the older comes first. */
    public record Position(Instant dueAt, long id) {}
}
