package dev.lethe.messages.scheduling;

import dev.lethe.messages.Require;
import org.jspecify.annotations.Nullable;

/**
 * The answer of message-scheduler; its correlation id is that of the message it answers, or else that message's id.
 *
 * @param key the {@code x-key} that was given
 * @param reason why it was rejected, as a code
 * @param detail what is wrong and what to write instead
 * @param count how many messages were forgotten
 */
public record SchedulingReply(
        SchedulingStatus status,
        @Nullable String key,
        @Nullable String reason,
        @Nullable String detail,
        @Nullable Integer count) {
    public SchedulingReply {
        Require.present(status, "status");
        Require.that(count == null || count >= 0, "count", "must not be negative");
    }
}
