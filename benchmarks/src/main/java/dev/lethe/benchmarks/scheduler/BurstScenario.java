package dev.lethe.benchmarks.scheduler;

import dev.lethe.benchmarks.report.Numbers;
import dev.lethe.benchmarks.report.Runs;
import java.util.Arrays;
import java.util.List;

/** Many due at the same instant, every second: how long until the last of them is out. */
final class BurstScenario implements Scenario {

    @Override
    public String name() {
        return "burst";
    }

    @Override
    public void run(Stage stage) throws Exception {
        Lateness.Result result = Lateness.bursts(
                stage, stage.ours(), stage.scale().burst(), stage.scale().bursts());
        List<Double> lastOut = Arrays.stream(result.instants()).boxed().toList();
        double worst = Runs.max(lastOut);
        stage.figure("burst.last-out", "ms", worst, lastOut);
        stage.figure("burst.early", "", result.early());
        stage.say()
                .accept("%,d due at the same instant, %d times: last one out after %s ms at worst, %s ms in the median"
                        .formatted(
                                stage.scale().burst(),
                                stage.scale().bursts(),
                                Numbers.plain(worst),
                                Numbers.plain(Runs.median(lastOut))));
    }
}
