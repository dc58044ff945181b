package dev.lethe.benchmarks.scheduler;

import dev.lethe.benchmarks.report.Charts;
import dev.lethe.benchmarks.report.Numbers;
import dev.lethe.benchmarks.report.Runs;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/** How late messages are at an even rate: received less due. */
final class LatenessScenario implements Scenario {

    private static final List<Double> PERCENTILES =
            List.of(0.0, 10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0, 95.0, 98.0, 99.0, 99.5, 99.9);

    @Override
    public String name() {
        return "lateness";
    }

    @Override
    public void run(Stage stage) throws Exception {
        var lines = new LinkedHashMap<String, List<Double>>();
        for (int rate : stage.scale().rates()) {
            Lateness.Result result =
                    Lateness.even(stage, stage.ours(), rate, stage.scale().seconds());
            String name = "lateness.%d.".formatted(rate);
            stage.figure(name + "p50", "ms", result.p50());
            stage.figure(name + "p99", "ms", result.p99());
            stage.figure(name + "max", "ms", result.max());
            stage.figure(name + "early", "", result.early());
            stage.say()
                    .accept("lateness at %,d/s for %d s: p50 %s ms, p99 %s ms, max %s ms, early %d"
                            .formatted(
                                    rate,
                                    stage.scale().seconds(),
                                    Numbers.plain(result.p50()),
                                    Numbers.plain(result.p99()),
                                    Numbers.plain(result.max()),
                                    result.early()));
            var values = new ArrayList<Double>();
            PERCENTILES.forEach(percentile -> values.add(Runs.percentile(result.sorted(), percentile / 100)));
            lines.put("%,d a second".formatted(rate), values);
        }
        Charts.lines(
                stage.charts().resolve("lateness.svg"),
                "How late messages are",
                "percentile",
                "ms",
                PERCENTILES,
                lines);
    }
}
