package dev.lethe.benchmarks.access;

import dev.lethe.benchmarks.Options;
import java.util.List;

/**
 * How much of everything is measured.
 *
 * @param requests access requests that are worked on at once; each is about somebody else
 * @param warmUp such requests before them that do not count
 * @param people whose data the small sources hold
 * @param rows records of the large report
 * @param repeats measurements of each kind
 * @param workers of the one instance, in turn
 * @param samples reports of each measurement that are fetched, opened and counted
 */
record Scale(int requests, int warmUp, int people, int rows, int repeats, List<Integer> workers, int samples) {

    private static final List<Integer> WORKERS = List.of(1, 4, 16);
    private static final int LEAST_PEOPLE = 2_000;

    /** So many reports are built before any counts; a worker's code is compiled by then, most of it. */
    private static final int LEAST_WARM_UP = 300;

    static Scale full() {
        return of(3_000, 3_000, 1_000_000, 3, WORKERS);
    }

    static Scale quick() {
        return of(300, LEAST_WARM_UP, 50_000, 1, WORKERS);
    }

    private static Scale of(int requests, int warmUp, int rows, int repeats, List<Integer> workers) {
        int people = Math.max(LEAST_PEOPLE, Math.max(requests, warmUp));
        return new Scale(requests, warmUp, people, rows, repeats, workers, Math.min(20, requests));
    }

    /** With what the user wants more or less of. Fewer requests than a warm-up has mean fewer to warm up, too. */
    Scale with(Options wishes) {
        int wanted = wishes.whole("--requests", 1, 1_000_000).orElse(requests);
        return of(
                wanted,
                Math.min(warmUp, wanted),
                wishes.whole("--rows", 1, 100_000_000).orElse(rows),
                wishes.whole("--repeats", 1, 100).orElse(repeats),
                wishes.whole("--workers", 1, 64).map(List::of).orElse(workers));
    }

    /** Records of the large report that is built before the one that counts. */
    int warmUpRows() {
        return Math.max(1, rows / 20);
    }
}
