package dev.lethe.participant;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * How messages that a listener could not handle are tried again later, unless a bean of type RetryRules says it.
 *
 * @param enabled Whether there is a RetryLater, the MessageRecoverer that hands failed messages to message-scheduler.
 * @param backoff How the delay grows from retry to retry.
 * @param delay Delay before the first retry.
 * @param maxDelay Longest that an exponential delay grows.
 * @param attempts How often a message is delivered in all, the first time included, before it is parked.
 * @param confirmTimeout How long to wait for the broker to confirm that it has a message for message-scheduler.
 */
@ConfigurationProperties("lethe.retry")
record RetryProperties(
        @DefaultValue("false") boolean enabled,
        @DefaultValue("exponential") Growth backoff,
        @DefaultValue("5s") Duration delay,
        @DefaultValue("1h") Duration maxDelay,
        @DefaultValue("5") int attempts,
        @DefaultValue("10s") Duration confirmTimeout) {

    RetryProperties {
        if (delay.isNegative() || delay.compareTo(Backoff.LONGEST_DELAY) > 0) {
            throw wrong("delay", delay, "Write a duration from zero to 100 years, such as 5s.");
        }
        if (backoff == Growth.EXPONENTIAL
                && (maxDelay.compareTo(delay) < 0 || maxDelay.compareTo(Backoff.LONGEST_DELAY) > 0)) {
            throw wrong("max-delay", maxDelay, "Write a duration from lethe.retry.delay to 100 years, such as 1h.");
        }
        if (attempts < 1 || attempts > Backoff.MOST_ATTEMPTS) {
            throw wrong("attempts", attempts, "Write 1 to 1000; the first delivery is one.");
        }
        if (confirmTimeout.toMillis() < 1) {
            throw wrong("confirm-timeout", confirmTimeout, "Write a duration above zero, such as 10s.");
        }
    }

    RetryRules rules() {
        return RetryRules.otherwise(
                switch (backoff) {
                    case FIXED -> Backoff.fixed(delay, attempts);
                    case EXPONENTIAL -> Backoff.exponential(delay, maxDelay, attempts);
                });
    }

    private static InvalidConfigurationPropertyValueException wrong(String key, Object value, String whatToDo) {
        return new InvalidConfigurationPropertyValueException("lethe.retry." + key, value, whatToDo);
    }

    /** How a delay grows. */
    enum Growth {
        FIXED,
        EXPONENTIAL
    }
}
