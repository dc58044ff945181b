package dev.lethe.outbox;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Ends the sleep of the lanes of this process as soon as something was stored. The poll is the guarantee, this is the hurry. */
final class WakeUp {

    private long signals;

    synchronized void signal() {
        signals++;
        notifyAll();
    }

    /** To be asked for before looking at the table: a signal after that is not slept through. */
    synchronized long signals() {
        return signals;
    }

    synchronized void await(long seen, Duration atMost) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        for (long left = atMost.toNanos(); signals == seen && left > 0; left = deadline - System.nanoTime()) {
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
    }
}
