package dev.lethe.benchmarks.scheduler;

import dev.lethe.benchmarks.report.Figure;
import dev.lethe.benchmarks.report.Report;
import dev.lethe.benchmarks.servers.Servers;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/**
 * What every scenario works with.
 *
 * @param root the project's folder
 * @param logs where every process writes what it has to say
 * @param charts where charts go
 * @param ours the scheduler that runs all the time, with the usual number of future rows
 */
record Stage(
        Path root,
        Path logs,
        Path charts,
        Scale scale,
        Servers servers,
        BenchQueue queue,
        OurScheduler ours,
        Report report,
        Consumer<String> say) {

    void figure(String name, String unit, List<Double> runs) {
        report.add(Figure.of(name, unit, Targets.of(name), runs));
    }

    void figure(String name, String unit, double value) {
        report.add(Figure.of(name, unit, Targets.of(name), value));
    }

    /** A value that is not the median of its runs. */
    void figure(String name, String unit, double value, List<Double> runs) {
        report.add(new Figure(name, value, unit, Targets.of(name), runs));
    }
}
