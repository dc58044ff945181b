package dev.lethe.outbox;

/** How many lanes this instance owns, and no more than fall to it when all instances own the same number. */
final class Share {

    private final int shards;
    private int owned;

    Share(int shards) {
        this.shards = shards;
    }

    /** Reserves a lane; to be given back with {@link #left()} if it cannot be had. */
    synchronized boolean mayTake(int instances) {
        if (owned >= fair(instances)) {
            return false;
        }
        owned++;
        return true;
    }

    /** Whether a lane is too much, because another instance came; then it counts as left. */
    synchronized boolean mustLeave(int instances) {
        if (owned <= fair(instances)) {
            return false;
        }
        owned--;
        return true;
    }

    synchronized void left() {
        owned--;
    }

    private int fair(int instances) {
        return Math.ceilDiv(shards, Math.max(1, instances));
    }
}
