package dev.lethe.benchmarks.access;

import java.io.IOException;

/** Looks five times a second at how much heap a service uses, and how much of it the JVM has taken from the system. */
final class HeapWatch implements AutoCloseable {

    private static final long PAUSE_MILLIS = 200;
    private static final double MIB = 1 << 20;
    private static final String HEAP = "area=\"heap\"";

    private final RequestsManager watched;
    private final Thread thread;
    private volatile double used = Double.NaN;
    private volatile double committed = Double.NaN;
    private volatile String failure = "";

    HeapWatch(RequestsManager watched) {
        this.watched = watched;
        this.thread = Thread.ofPlatform().daemon().start(this::watch);
    }

    private void watch() {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                Metrics now = watched.metrics();
                used = most(used, now.sum("jvm_memory_used_bytes", HEAP));
                committed = most(committed, now.sum("jvm_memory_committed_bytes", HEAP));
                Thread.sleep(PAUSE_MILLIS);
            } catch (IOException e) {
                failure = e.toString();
                return;
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private static double most(double before, double bytes) {
        return Double.isNaN(before) ? bytes / MIB : Math.max(before, bytes / MIB);
    }

    /** The most that was used at any time we looked, garbage included, in MiB; not a number if it could not be asked for. */
    double used() {
        return failure.isEmpty() ? used : Double.NaN;
    }

    double committed() {
        return failure.isEmpty() ? committed : Double.NaN;
    }

    /** Why the heap could not be asked for to the end; empty if it could. */
    String failure() {
        return failure;
    }

    @Override
    public void close() throws InterruptedException {
        thread.interrupt();
        thread.join();
    }
}
