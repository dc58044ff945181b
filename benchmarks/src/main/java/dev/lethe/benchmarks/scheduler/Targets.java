package dev.lethe.benchmarks.scheduler;

import static dev.lethe.benchmarks.report.Target.atLeast;
import static dev.lethe.benchmarks.report.Target.atMost;

import dev.lethe.benchmarks.report.Target;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What is to be reached on two cores with everything on them: the one place where it stands. */
final class Targets {

    private static final Map<String, Target> BY_FIGURE = Map.ofEntries(
            Map.entry("drain.ours / perf-test", atLeast(0.8)),
            Map.entry("drain.ours / db-scheduler.best", atLeast(6)),
            Map.entry("drain.ours / graphile-worker.best", atLeast(1.2)),
            Map.entry("drain.ours.duplicates", atMost(0)),
            Map.entry("intake", atLeast(15_000)),
            Map.entry("steady", atLeast(7_000)),
            Map.entry("lateness.1000.p50", atMost(1.5)),
            Map.entry("lateness.1000.p99", atMost(6)),
            Map.entry("lateness.1000.early", atMost(0)),
            Map.entry("lateness.5000.p99", atMost(25)),
            Map.entry("lateness.5000.early", atMost(0)),
            Map.entry("burst.last-out", atMost(400)),
            Map.entry("burst.early", atMost(0)),
            // "Within 10 %": as fast but for a tenth, as late but for a tenth
            Map.entry("pending.drain", atLeast(0.9)),
            Map.entry("pending.lateness.p50", atMost(1.1)),
            Map.entry("pending.lateness.p99", atMost(1.1)),
            // "Does not grow": what two minutes of the same differ by chance is allowed
            Map.entry("horizon.claim.growth", atMost(1.5)),
            Map.entry("horizon.backlog", atMost(1_000)),
            Map.entry("horizon.early", atMost(0)),
            Map.entry("memory.heap", atMost(256)),
            Map.entry("memory.process", atMost(450)));

    private Targets() {}

    static Stream<String> names() {
        return BY_FIGURE.keySet().stream().sorted();
    }

    static @Nullable Target of(String figure) {
        return BY_FIGURE.get(figure);
    }
}
