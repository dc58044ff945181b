package dev.lethe.benchmarks.scheduler;

import java.util.List;
import java.util.function.ToIntFunction;

/**
 * The peers, each with what it comes with and with the best that we know.
 *
 * @param peer its name, and that of its program
 * @param settings {@code default}, {@code best} or empty where there is but one way
 * @param rows how many due rows it gets
 * @param quick whether it takes part when there is only a minute
 */
record PeerKind(String peer, String settings, boolean isNode, ToIntFunction<Scale> rows, boolean quick) {

    static final List<PeerKind> ALL = List.of(
            new PeerKind("perf-test", "", false, Scale::rows, true),
            new PeerKind("db-scheduler", "default", false, Scale::slowRows, false),
            new PeerKind("db-scheduler", "best", false, Scale::slowRows, true),
            new PeerKind("jobrunr", "default", false, scale -> scale.slowRows() / 8, false),
            new PeerKind("jobrunr", "best", false, scale -> scale.slowRows() / 4, false),
            new PeerKind("quartz", "default", false, scale -> scale.slowRows() / 50, false),
            new PeerKind("quartz", "best", false, scale -> scale.slowRows() / 4, false),
            new PeerKind("namastack", "default", false, scale -> Math.min(50, scale.slowRows()), false),
            new PeerKind("namastack", "best", false, scale -> scale.slowRows() / 2, false),
            new PeerKind("naive", "", false, scale -> scale.slowRows() / 4, false),
            new PeerKind("graphile-worker", "default", true, scale -> scale.slowRows() / 4, false),
            new PeerKind("graphile-worker", "best", true, Scale::rows, false),
            new PeerKind("pg-boss", "default", true, scale -> Math.min(5, scale.slowRows()), false),
            new PeerKind("pg-boss", "best", true, Scale::rows, false));

    String figure() {
        return settings.isEmpty() ? peer : peer + "." + settings;
    }

    boolean best() {
        return settings.equals("best");
    }

    /** Whether it has no rows at all. */
    boolean publishesOnly() {
        return peer.equals("perf-test");
    }

    int rows(Scale scale) {
        return rows.applyAsInt(scale);
    }

    /** What is far behind anyhow is measured but once. */
    int repeats(Scale scale) {
        return settings.equals("default") || peer.equals("naive") ? 1 : scale.repeats();
    }
}
