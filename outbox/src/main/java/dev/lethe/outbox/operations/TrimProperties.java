package dev.lethe.outbox.operations;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What is forgotten of the past.
 *
 * @param every how often an instance looks for what is old enough
 * @param inboxAfter how long a handled message is recognised when it comes again; longer than the broker, a backup or an
 *     operator may take to bring it back
 * @param historyAfter how long failed attempts and the lanes' events are kept
 */
@ConfigurationProperties("lethe.outbox.trim")
record TrimProperties(
        @DefaultValue("1h") Duration every,
        @DefaultValue("30d") Duration inboxAfter,
        @DefaultValue("30d") Duration historyAfter) {

    private static final Duration SHORTEST = Duration.ofDays(1);

    TrimProperties {
        Rounds.requirePositive("lethe.outbox.trim.every", every);
        requireDays("lethe.outbox.trim.inbox-after", inboxAfter);
        requireDays("lethe.outbox.trim.history-after", historyAfter);
    }

    private static void requireDays(String name, Duration value) {
        if (value.compareTo(SHORTEST) < 0) {
            throw new IllegalArgumentException(
                    "%s is %s; write at least 1d: what comes again after that is handled again".formatted(name, value));
        }
    }
}
