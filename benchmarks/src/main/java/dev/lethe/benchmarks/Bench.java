package dev.lethe.benchmarks;

import dev.lethe.benchmarks.access.AccessBench;
import dev.lethe.benchmarks.scheduler.SchedulerBench;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** What {@code ./lethe bench NAME} runs. */
public final class Bench {

    private static final int FAILED = 1;
    private static final int WRONG_USE = 2;

    private Bench() {}

    public static void main(String[] arguments) {
        System.exit(run(Arrays.asList(arguments)));
    }

    /** 0 if everything could be measured, whether or not it reached its target; 1 if not; 2 for wrong use. */
    static int run(List<String> words) {
        Path root = Path.of(System.getProperty("lethe.root", ".")).toAbsolutePath();
        try {
            List<String> rest = words.subList(Math.min(1, words.size()), words.size());
            return switch (words.isEmpty() ? "" : words.getFirst()) {
                case "scheduler" -> SchedulerBench.run(root, rest) ? 0 : FAILED;
                case "access" -> AccessBench.run(root, rest) ? 0 : FAILED;
                default ->
                    throw new WrongUse(
                            "expected the name of a benchmark, scheduler or access; './lethe bench --help' tells more");
            };
        } catch (WrongUse e) {
            System.err.println("lethe: " + e.getMessage());
            return WRONG_USE;
        } catch (InterruptedException e) {
            return FAILED;
        } catch (Exception e) {
            System.err.println("lethe: " + e);
            return FAILED;
        }
    }
}
