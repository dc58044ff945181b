package dev.lethe.outbox;

import com.rabbitmq.client.AMQP;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A message as it came from a queue, with its properties as they were on the wire.
 *
 * @param redelivered false only if it was certainly never delivered before
 */
public record Delivery(
        String queue,
        String exchange,
        String routingKey,
        boolean redelivered,
        AMQP.BasicProperties properties,
        byte[] body) {

    /** The message id, if it is a UUID as the contract demands. */
    public Optional<UUID> messageId() {
        String id = properties.getMessageId();
        try {
            return id == null ? Optional.empty() : Optional.of(UUID.fromString(id));
        } catch (IllegalArgumentException notOne) {
            return Optional.empty();
        }
    }

    public @Nullable Object header(String name) {
        Map<String, Object> headers = properties.getHeaders();
        return headers == null ? null : headers.get(name);
    }

    /** The sender's broker user, which the broker has verified; null if the sender did not say. */
    public @Nullable String sender() {
        return properties.getUserId();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }

    /** Without headers and body, which may be personal data. */
    @Override
    public String toString() {
        return "Delivery[from '%s', %d bytes]".formatted(queue, body.length);
    }
}
