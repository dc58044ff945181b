package dev.lethe.benchmarks.report;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One measured figure.
 *
 * @param name stable from run to run, with dots: {@code drain.ours}
 * @param value what the runs say together; not a number if it could not be measured
 * @param unit {@code msg/s}, {@code ms}, {@code MiB}, or empty for a ratio or a count
 * @param target null if there is none
 * @param runs every single measurement, in the order in which they were made
 */
public record Figure(
        String name, double value, String unit, @Nullable Target target, List<Double> runs) {

    public Figure {
        runs = List.copyOf(runs);
    }

    /** The median of its runs. */
    public static Figure of(String name, String unit, @Nullable Target target, List<Double> runs) {
        return new Figure(name, Runs.median(runs), unit, target, runs);
    }

    public static Figure of(String name, String unit, @Nullable Target target, double value) {
        return new Figure(name, value, unit, target, Double.isNaN(value) ? List.of() : List.of(value));
    }

    /** Null without a target. */
    public @Nullable Boolean ok() {
        return target == null ? null : target.isMetBy(value);
    }
}
