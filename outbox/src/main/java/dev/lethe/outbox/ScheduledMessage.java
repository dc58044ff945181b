package dev.lethe.outbox;

import com.rabbitmq.client.AMQP;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A message and where and when it goes.
 *
 * @param owner the broker user that asked for it; empty for this service itself
 * @param key names the message among those of its owner
 * @param subject the person the message is about
 * @param due when, by the database's clock
 * @param expires after this it is not delivered any more
 */
public record ScheduledMessage(
        String owner,
        @Nullable String key,
        @Nullable String subject,
        String exchange,
        String routingKey,
        AMQP.BasicProperties properties,
        byte[] body,
        When due,
        When expires) {

    /** A point in time, or a time from now, which the database resolves; both null is never. */
    public record When(@Nullable Instant time, @Nullable Duration delay) {

        public static final When NOW = in(Duration.ZERO);
        public static final When NEVER = new When(null, null);

        public static When at(Instant time) {
            return new When(time, null);
        }

        public static When in(Duration delay) {
            return new When(null, delay);
        }

        @Nullable
        Long delayMillis() {
            return delay == null ? null : delay.toMillis();
        }
    }

    /** To be sent by this service as soon as the transaction has committed. */
    public static ScheduledMessage now(
            String exchange, String routingKey, AMQP.BasicProperties properties, byte[] body) {
        return new ScheduledMessage("", null, null, exchange, routingKey, properties, body, When.NOW, When.NEVER);
    }

    /** A message is the same if it is the same object: bodies are large and never compared. */
    @Override
    public boolean equals(@Nullable Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }

    /** Without the body, the subject and the headers, which may be personal data. */
    @Override
    public String toString() {
        return "ScheduledMessage[%s to '%s' / '%s', %d bytes]"
                .formatted(
                        Objects.requireNonNullElse(properties.getMessageId(), "?"), exchange, routingKey, body.length);
    }
}
