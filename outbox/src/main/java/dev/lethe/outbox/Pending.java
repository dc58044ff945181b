package dev.lethe.outbox;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A publication that waits for its confirm. */
final class Pending {

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

    Outcome await(long deadlineNanos) throws InterruptedException {
        try {
            return outcome.get(Math.max(0, deadlineNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return new Outcome.Unknown("no_confirm_in_time");
        } catch (ExecutionException e) {
            throw new IllegalStateException("an outcome never fails; this is our bug", e);
        }
    }
}
