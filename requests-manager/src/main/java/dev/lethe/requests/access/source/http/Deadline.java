package dev.lethe.requests.access.source.http;

import java.time.Duration;

/** When something must be over, however the clock on the wall is turned. */
record Deadline(long nanoTime) {

    static Deadline in(Duration time) {
        return new Deadline(System.nanoTime() + time.toNanos());
    }

    /** Negative when it is past. */
    Duration left() {
        return Duration.ofNanos(nanoTime - System.nanoTime());
    }

    boolean isPast() {
        return left().isNegative();
    }

    Deadline orSooner(Deadline other) {
        return nanoTime - other.nanoTime <= 0 ? this : other;
    }
}
