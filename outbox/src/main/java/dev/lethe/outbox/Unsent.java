package dev.lethe.outbox;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A claimed message that was not sent, or of which that is not known.
 *
 * @param delay until it is tried again; null leaves it its place in the order
 * @param attempts how often the broker refused it
 * @param reason why, as a code
 */
record Unsent(StoredMessage message, @Nullable Duration delay, int attempts, String reason, boolean maybeSent) {

    /** The broker would not have it. */
    static Unsent refused(StoredMessage message, Duration delay, String reason) {
        return new Unsent(message, delay, message.attempts() + 1, reason, message.maybeSent());
    }

    /** Nobody knows whether the broker has it. */
    static Unsent unknown(StoredMessage message, String reason) {
        return new Unsent(message, null, message.attempts(), reason, true);
    }
}
