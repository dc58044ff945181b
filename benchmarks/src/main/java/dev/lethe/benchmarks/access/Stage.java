package dev.lethe.benchmarks.access;

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
 */
record Stage(
        Path root,
        Path logs,
        Path charts,
        Scale scale,
        Servers servers,
        Landscape landscape,
        Frontend frontend,
        Report report,
        Consumer<String> say) {

    void figure(String name, String unit, List<Double> runs) {
        report.add(Figure.of(name, unit, Targets.of(name), runs));
    }

    void figure(String name, String unit, double value) {
        report.add(Figure.of(name, unit, Targets.of(name), value));
    }

    /** What an earlier scenario has measured; if it was left out, what it usually is. */
    double measured(String name, double usually) {
        return report.figure(name)
                .map(Figure::value)
                .filter(value -> !Double.isNaN(value))
                .orElse(usually);
    }
}
