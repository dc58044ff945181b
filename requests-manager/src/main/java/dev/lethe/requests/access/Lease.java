package dev.lethe.requests.access;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/** Extends claims while their workers are alive, and interrupts a worker that has lost its claim. */
@Component
class Lease implements DisposableBean {

    private static final Logger log = LoggerFactory.getLogger(Lease.class);

    /** A lease survives two failed extensions. */
    private static final int EXTENSIONS_PER_LEASE = 3;

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("lease-").daemon().factory());
    private final Claims claims;
    private final Duration lease;
    private final Duration interval;

    Lease(Claims claims, AccessProperties properties) {
        this.claims = claims;
        this.lease = properties.lease();
        this.interval = properties.lease().dividedBy(EXTENSIONS_PER_LEASE);
    }

    /** Keeps the claim for the calling thread until closed. */
    Kept keep(Claim claim) {
        var kept = new Kept(Thread.currentThread());
        kept.extensions = timer.scheduleWithFixedDelay(
                () -> extend(claim, kept), interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
        return kept;
    }

    private void extend(Claim claim, Kept kept) {
        try {
            if (claims.extend(claim)) {
                kept.extendedAt = System.nanoTime();
            } else {
                stop(claim, kept);
            }
        } catch (DataAccessException | TransactionException e) {
            // The next extension tries again. When the lease has run out, another may have the request: the epoch keeps
            // this worker
            // from writing, and its mutex should not keep the other from beginning
            if (System.nanoTime() - kept.extendedAt > lease.toNanos()) {
                stop(claim, kept);
            }
            log.atWarn()
                    .addKeyValue("event.action", "lease-not-extended")
                    .addKeyValue("error.type", e.getClass().getName())
                    .addKeyValue("lethe.request.id", claim.requestId())
                    .log("could not extend a lease");
        }
    }

    private static void stop(Claim claim, Kept kept) {
        if (kept.stopWorker()) {
            log.atWarn()
                    .addKeyValue("event.action", "claim-lost")
                    .addKeyValue("lethe.request.id", claim.requestId())
                    .addKeyValue("lethe.epoch", claim.epoch())
                    .log("a worker lost its claim and stops");
        }
    }

    @Override
    public void destroy() {
        timer.shutdownNow();
    }

    /** What the worker does after it was closed is not interrupted: an interrupted JDBC call loses its connection. */
    static final class Kept implements AutoCloseable {

        private final Thread worker;
        private @Nullable ScheduledFuture<?> extensions;
        private volatile long extendedAt = System.nanoTime();
        private boolean over;
        private boolean stopped;

        private Kept(Thread worker) {
            this.worker = worker;
        }

        /** False if the worker is done already. */
        private synchronized boolean stopWorker() {
            if (!over) {
                stopped = true;
                worker.interrupt();
            }
            return !over;
        }

        @Override
        public synchronized void close() {
            over = true;
            if (extensions != null) {
                extensions.cancel(false);
            }
            if (stopped) {
                // Ours, if it was not noticed before
                Thread.interrupted();
            }
        }
    }
}
