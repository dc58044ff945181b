package dev.lethe.benchmarks.report;

import java.util.Arrays;
import java.util.List;

/** What repeated measurements say together. */
public final class Runs {

    private Runs() {}

    /** The middle one, or the mean of the two in the middle; not a number if there is none. */
    public static double median(List<Double> runs) {
        double[] sorted = sorted(runs);
        if (sorted.length == 0) {
            return Double.NaN;
        }
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    public static double min(List<Double> runs) {
        double[] sorted = sorted(runs);
        return sorted.length == 0 ? Double.NaN : sorted[0];
    }

    public static double max(List<Double> runs) {
        double[] sorted = sorted(runs);
        return sorted.length == 0 ? Double.NaN : sorted[sorted.length - 1];
    }

    /**
     * The smallest value that at least this part of all values do not exceed (nearest rank).
     *
     * @param sorted ascending
     * @param part from 0 to 1
     */
    public static double percentile(double[] sorted, double part) {
        if (sorted.length == 0) {
            return Double.NaN;
        }
        int rank = (int) Math.ceil(part * sorted.length);
        return sorted[Math.clamp(rank - 1, 0, sorted.length - 1)];
    }

    private static double[] sorted(List<Double> runs) {
        double[] sorted = runs.stream().mapToDouble(Double::doubleValue).toArray();
        Arrays.sort(sorted);
        return sorted;
    }
}
