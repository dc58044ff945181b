package dev.lethe.outbox;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How messages leave.
 *
 * @param shards how many lanes the messages are spread over, by key; the lanes are spread over the instances. With one, messages
 *     go out in the order in which they are due; with more, those of one key do
 * @param batch most messages claimed at once, and so the most that a crash repeats
 * @param lookAhead how long before its time a message may be claimed; it is published at its time, not before
 * @param poll longest time between two looks at the table; what this instance stores itself is seen at once
 * @param sweep how often a lane looks further back than to its last look; at all of the table, unless that takes long
 * @param standby how often an instance asks for a lane that another one owns
 * @param confirmTimeout how long the broker may take to confirm; after that the outcome is unknown and the message sent again
 * @param firstRetry delay before a refused message is tried again; doubles with each attempt
 * @param lastRetry the longest such delay
 * @param maxAttempts after so many refusals a message is moved to {@code undeliverable}
 */
@ConfigurationProperties("lethe.outbox")
public record OutboxProperties(
        @DefaultValue("1") int shards,
        @DefaultValue("500") int batch,
        @DefaultValue("100ms") Duration lookAhead,
        @DefaultValue("100ms") Duration poll,
        @DefaultValue("5s") Duration sweep,
        @DefaultValue("1s") Duration standby,
        @DefaultValue("10s") Duration confirmTimeout,
        @DefaultValue("1s") Duration firstRetry,
        @DefaultValue("5m") Duration lastRetry,
        @DefaultValue("25") int maxAttempts) {

    public OutboxProperties {
        if (shards < 1 || shards > 16) {
            throw new IllegalArgumentException(
                    "lethe.outbox.shards is %d; write a number from 1 to 16".formatted(shards));
        }
        requireShort("poll", poll);
        requireShort("standby", standby);
        if (batch < 1 || batch > 10_000) {
            throw new IllegalArgumentException(
                    "lethe.outbox.batch is %d; write a number from 1 to 10000".formatted(batch));
        }
        if (maxAttempts < 1 || maxAttempts > 1_000) {
            throw new IllegalArgumentException(
                    "lethe.outbox.max-attempts is %d; write a number from 1 to 1000".formatted(maxAttempts));
        }
    }

    /** A lane that speaks less often would be taken for one that has stopped. */
    private static void requireShort(String name, Duration time) {
        if (!time.isPositive() || time.compareTo(LaneDatabase.SILENCE.dividedBy(2)) > 0) {
            throw new IllegalArgumentException("lethe.outbox.%s is %s; write a time of up to %s"
                    .formatted(name, time, LaneDatabase.SILENCE.dividedBy(2)));
        }
    }
}
