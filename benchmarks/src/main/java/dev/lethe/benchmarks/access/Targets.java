package dev.lethe.benchmarks.access;

import static dev.lethe.benchmarks.report.Target.atLeast;
import static dev.lethe.benchmarks.report.Target.atMost;

import dev.lethe.benchmarks.report.Target;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What is to be reached on two cores with everything on them: the one place where it stands. */
final class Targets {

    private static final Map<String, Target> BY_FIGURE =
            Map.of("small.best", atLeast(150), "large.records", atLeast(40), "large.heap", atMost(256));

    private Targets() {}

    static Stream<String> names() {
        return BY_FIGURE.keySet().stream().sorted();
    }

    static @Nullable Target of(String figure) {
        return BY_FIGURE.get(figure);
    }
}
