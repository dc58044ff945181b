package dev.lethe.benchmarks.report;

/** What a figure has to reach: at least a value, or at most. */
public record Target(double value, boolean atLeast) {

    public static Target atLeast(double value) {
        return new Target(value, true);
    }

    public static Target atMost(double value) {
        return new Target(value, false);
    }

    /** False for what is not a number, too: nothing was measured. */
    public boolean isMetBy(double measured) {
        return atLeast ? measured >= value : measured <= value;
    }

    @Override
    public String toString() {
        return (atLeast ? "≥ " : "≤ ") + Numbers.plain(value);
    }
}
