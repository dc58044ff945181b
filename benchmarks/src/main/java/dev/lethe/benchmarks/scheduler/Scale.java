package dev.lethe.benchmarks.scheduler;

import dev.lethe.benchmarks.Options;
import java.util.List;

/**
 * How much of everything is measured.
 *
 * @param rows due rows of a drain
 * @param slowRows the same for those that need minutes for so many
 * @param future rows that are not due and lie there all the time
 * @param pending as many rows are not due when it is shown that their number does not matter
 * @param repeats measurements of each drain and intake; one more comes before and does not count
 * @param rates at which lateness is measured, in messages a second
 * @param seconds length of each of these
 * @param steadySeconds length of each attempt to hold a rate
 * @param burst messages that are due at the same instant
 * @param bursts so many such instants, a second apart
 * @param horizonMinutes how long the vacuum horizon stays pinned
 */
record Scale(
        int rows,
        int slowRows,
        int future,
        int pending,
        int repeats,
        List<Integer> rates,
        int seconds,
        int steadySeconds,
        int burst,
        int bursts,
        double horizonMinutes) {

    static Scale full() {
        return new Scale(100_000, 20_000, 200_000, 5_000_000, 3, List.of(1_000, 5_000), 30, 20, 10_000, 15, 10);
    }

    /** In under a minute, on a machine that has done it before. */
    static Scale quick() {
        return new Scale(40_000, 8_000, 200_000, 1_000_000, 1, List.of(1_000), 5, 5, 10_000, 3, 0.5);
    }

    /** With what the user wants more or less of; whatever is not named stays. */
    Scale with(Options wishes) {
        int wantedRows = wishes.whole("--rows", 10, 10_000_000).orElse(rows);
        int wantedFuture = wishes.whole("--future", 1, 50_000_000).orElse(future);
        var wantedSeconds = wishes.whole("--seconds", 1, 3_600);
        return new Scale(
                wantedRows,
                Math.min(slowRows, wantedRows),
                wantedFuture,
                wantedFuture == future ? pending : 25 * wantedFuture,
                wishes.whole("--repeats", 1, 100).orElse(repeats),
                rates,
                wantedSeconds.orElse(seconds),
                wantedSeconds.orElse(steadySeconds),
                Math.min(burst, wantedRows),
                wantedSeconds.orElse(bursts),
                wishes.number("--horizon-minutes", 0.1, 600).orElse(horizonMinutes));
    }
}
