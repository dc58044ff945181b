package dev.lethe.outbox;

import com.rabbitmq.client.AMQP;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A claimed row.
 *
 * @param dueNanos when to publish, on the scale of {@link System#nanoTime()}; never before the database's clock says so
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
        AMQP.BasicProperties properties,
        byte[] body,
        @Nullable Instant expiresAt,
        boolean expired,
        int attempts,
        Instant createdAt)
        implements Publication {}
