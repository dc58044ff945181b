package dev.lethe.outbox;

import java.time.Duration;

/** Tells, when asked, whether so much time is over; and begins anew when it is. */
final class Interval {

    private long nanos;
    private long begunAt = System.nanoTime();

    Interval(Duration length) {
        nanos = length.toNanos();
    }

    /** From its beginning on. */
    void setLength(Duration length) {
        nanos = length.toNanos();
    }

    boolean isOver() {
        long now = System.nanoTime();
        if (now - begunAt < nanos) {
            return false;
        }
        begunAt = now;
        return true;
    }
}
