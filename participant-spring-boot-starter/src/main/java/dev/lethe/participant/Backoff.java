package dev.lethe.participant;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** When a message that could not be handled comes again, and how often. message-scheduler keeps the time, and counts. */
public final class Backoff {

    private static final int FIRST_DELIVERY = 1;
    // What message-scheduler takes
    static final int MOST_ATTEMPTS = 1_000;

    static final Duration LONGEST_DELAY = Duration.ofDays(366L * 100);

    private final boolean exponential;
    private final Duration delay;
    private final @Nullable Duration maxDelay;
    private final int attempts;

    private Backoff(boolean exponential, Duration delay, @Nullable Duration maxDelay, int attempts) {
        if (delay.isNegative() || delay.compareTo(LONGEST_DELAY) > 0) {
            throw new IllegalArgumentException("the delay is %s; write zero to 100 years".formatted(delay));
        }
        if (maxDelay != null && (maxDelay.compareTo(delay) < 0 || maxDelay.compareTo(LONGEST_DELAY) > 0)) {
            throw new IllegalArgumentException(
                    "the longest delay is %s; write no less than the first, %s, and no more than 100 years"
                            .formatted(maxDelay, delay));
        }
        if (attempts < FIRST_DELIVERY || attempts > MOST_ATTEMPTS) {
            throw new IllegalArgumentException("there are %d attempts; write 1 to %d, the first delivery is one"
                    .formatted(attempts, MOST_ATTEMPTS));
        }
        this.exponential = exponential;
        this.delay = delay;
        this.maxDelay = maxDelay;
        this.attempts = attempts;
    }

    /**
     * After the same delay each time.
     *
     * @param delay to the millisecond
     * @param attempts how often the message is delivered in all, the first time included, before it is parked
     */
    public static Backoff fixed(Duration delay, int attempts) {
        return new Backoff(false, delay, null, attempts);
    }

    /**
     * After a delay that doubles each time, and up to a quarter more, so that what failed together does not come back
     * together.
     *
     * @param first before the first retry, to the millisecond
     * @param max the longest the delay grows; the quarter comes on top
     * @param attempts how often the message is delivered in all, the first time included, before it is parked
     */
    public static Backoff exponential(Duration first, Duration max, int attempts) {
        return new Backoff(true, first, max, attempts);
    }

    /** Not again: trying once more cannot help. The message goes to the parking lot of its queue at once. */
    public static Backoff park() {
        return new Backoff(false, Duration.ZERO, null, FIRST_DELIVERY);
    }

    boolean isExponential() {
        return exponential;
    }

    Duration delay() {
        return delay;
    }

    @Nullable
    Duration maxDelay() {
        return maxDelay;
    }

    int attempts() {
        return attempts;
    }

    @Override
    public String toString() {
        if (attempts == FIRST_DELIVERY) {
            return "park";
        }
        return exponential
                ? "exponential from %s to %s, %d attempts".formatted(delay, maxDelay, attempts)
                : "every %s, %d attempts".formatted(delay, attempts);
    }
}
