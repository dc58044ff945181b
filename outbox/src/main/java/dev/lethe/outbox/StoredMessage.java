package dev.lethe.outbox;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A claimed row.
 *
 * @param dueNanos when to publish, on the scale of {@link System#nanoTime()}; never before the database's clock says so
 * @param maybeSent whether the broker was given it before and did not say what became of it
 */
record StoredMessage(
        long id,
        int shard,
        Instant dueAt,
        long dueNanos,
        String owner,
        @Nullable String key,
        @Nullable String subject,
        String exchange,
        String routingKey,
        StoredProperties properties,
        byte[] body,
        @Nullable Instant expiresAt,
        boolean expired,
        int attempts,
        boolean maybeSent,
        Instant createdAt)
        implements Publication {}
