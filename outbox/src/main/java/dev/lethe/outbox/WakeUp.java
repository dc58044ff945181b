package dev.lethe.outbox;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Ends the sleep of the lanes of this process as soon as something was stored. The poll is the guarantee, this is the hurry. */
final class WakeUp {

    private final Semaphore signals = new Semaphore(0);

    void signal() {
        if (signals.availablePermits() == 0) {
            signals.release();
        }
    }

    void await(Duration atMost) throws InterruptedException {
        if (atMost.isPositive() && signals.tryAcquire(atMost.toNanos(), TimeUnit.NANOSECONDS)) {
            signals.drainPermits();
        }
    }
}
