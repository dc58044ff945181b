package dev.lethe.outbox;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A publication that waits for its confirm. */
final class Pending {

    private static final long LEASE_CHECK_NANOS = Duration.ofMillis(500).toNanos();

    private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();

    static Pending of(Outcome known) {
        var pending = new Pending();
        pending.resolve(known);
        return pending;
    }

    /** The first word counts: a message is returned before it is acknowledged. */
    void resolve(Outcome known) {
        outcome.complete(known);
    }

    boolean isResolved() {
        return outcome.isDone();
    }

    /** Waits until the broker has answered or the deadline is over, and holds on to the lease in the meantime. */
    Outcome await(long deadlineNanos, Lease lease) throws InterruptedException, IOException {
        try {
            while (true) {
                long left = deadlineNanos - System.nanoTime();
                try {
                    return outcome.get(Math.clamp(left, 0, LEASE_CHECK_NANOS), TimeUnit.NANOSECONDS);
                } catch (TimeoutException e) {
                    if (left <= 0) {
                        return new Outcome.Unknown("no_confirm_in_time");
                    }
                    lease.check(true);
                }
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("an outcome never fails; this is our bug", e);
        }
    }
}
