package dev.lethe.benchmarks.report;

import java.util.Locale;

/** Numbers as people read them: three digits that matter, thousands apart. */
public final class Numbers {

    private Numbers() {}

    public static String plain(double value) {
        if (Double.isNaN(value)) {
            return "–";
        }
        double size = Math.abs(value);
        if (size >= 100 || value == Math.rint(value)) {
            return String.format(Locale.ROOT, "%,d", Math.round(value));
        }
        return String.format(Locale.ROOT, size >= 10 ? "%.1f" : "%.2f", value);
    }
}
