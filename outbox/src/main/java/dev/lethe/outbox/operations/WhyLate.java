package dev.lethe.outbox.operations;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Says in a sentence why a message has not been sent. */
final class WhyLate {

    /** The lane as it is now: whether somebody owns it, and what last befell it since the message was due. */
    record Lane(boolean owned, MessageHistory.@Nullable LaneEvent lastEvent) {}

    private WhyLate() {}

    static String gone(List<MessageHistory.FailedAttempt> failed) {
        MessageHistory.FailedAttempt last = failed.getLast();
        return "It is not here any more: sent, replaced, cancelled, expired or forgotten after attempt %d failed at %s (%s)."
                .formatted(last.attempt(), last.at(), last.reason());
    }

    /** @param now by the database's clock */
    static String sentence(MessageSummary message, Instant now, int dueBefore, Lane lane) {
        return switch (message.state()) {
            case UNDELIVERABLE ->
                "It was given up at %s after %s, the last because of %s at exchange '%s'; redrive it once that is mended."
                        .formatted(message.failedAt(), attempts(message), message.lastError(), message.exchange());
            case IN_FLIGHT -> "It is being sent, replaced or cancelled at this moment.";
            case PENDING -> pending(message, now, dueBefore, lane);
            case GONE -> throw new IllegalArgumentException("a message that is gone has no summary; this is our bug");
        };
    }

    private static String pending(MessageSummary message, Instant now, int dueBefore, Lane lane) {
        Instant expires = message.expiresAt();
        if (expires != null && !expires.isAfter(now)) {
            return "It expired at %s and will be dropped, not sent.".formatted(expires);
        }
        if (message.dueAt().isAfter(now)) {
            String next = inWords(Duration.between(now, message.dueAt()));
            return message.attempts() == 0
                    ? "It is not late: it is due in %s.".formatted(next)
                    : "%s failed, the last because of %s at exchange '%s'; it is tried again in %s."
                            .formatted(capitalized(attempts(message)), message.lastError(), message.exchange(), next);
        }
        String due = "It has been due for %s".formatted(inWords(Duration.between(message.dueAt(), now)));
        MessageHistory.LaneEvent event = lane.lastEvent();
        if (event != null && LaneState.isWithoutBroker(event.event())) {
            return "%s; its lane, shard %d, cannot send since %s: %s."
                    .formatted(due, message.shard(), event.at(), event.event());
        }
        if (!lane.owned()) {
            return "%s; no instance owns its lane, shard %d: none runs, or none reaches the broker."
                    .formatted(due, message.shard());
        }
        return dueBefore > 0
                ? "%s; %s%d of its shard are due before it."
                        .formatted(due, dueBefore >= Backlog.AT_MOST ? "at least " : "", dueBefore)
                : "%s and is the next of its shard.".formatted(due);
    }

    private static String attempts(MessageSummary message) {
        return message.attempts() == 1 ? "1 attempt" : message.attempts() + " attempts";
    }

    private static String capitalized(String text) {
        return Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }

    private static String inWords(Duration duration) {
        if (duration.toDays() > 1) {
            return duration.toDays() + " days";
        }
        if (duration.toMinutes() > 120) {
            return duration.toHours() + " hours";
        }
        if (duration.toSeconds() > 120) {
            return duration.toMinutes() + " minutes";
        }
        return duration.toSeconds() > 2 ? duration.toSeconds() + " seconds" : duration.toMillis() + " ms";
    }
}
