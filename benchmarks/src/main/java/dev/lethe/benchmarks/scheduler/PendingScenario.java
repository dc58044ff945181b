package dev.lethe.benchmarks.scheduler;

import dev.lethe.benchmarks.report.Numbers;
import dev.lethe.benchmarks.report.Runs;
import java.util.ArrayList;
import java.util.List;

/** Whether it matters how many messages are pending: two schedulers, one with many times as many, take turns. */
final class PendingScenario implements Scenario {

    private static final int RATE = 1_000;
    private static final int TURNS = 3;

    /** The other one has run for minutes by then. */
    private static final int WARM_UP = 3;

    @Override
    public String name() {
        return "pending";
    }

    @Override
    public void run(Stage stage) throws Exception {
        Scale scale = stage.scale();
        var many = new OurScheduler(
                stage.servers(), stage.root(), stage.logs(), "many pending", "pending", scale.pending());
        try (many) {
            stage.say().accept("storing %,d pending messages".formatted(scale.pending()));
            many.openLike(stage.ours());
            stage.servers().tidyUp(many.database());
            stage.say().accept("drains to warm it up");
            for (int i = 0; i < WARM_UP; i++) {
                drain(stage, many);
            }
            var fewDrains = new ArrayList<Double>();
            var manyDrains = new ArrayList<Double>();
            var few50 = new ArrayList<Double>();
            var many50 = new ArrayList<Double>();
            var few99 = new ArrayList<Double>();
            var many99 = new ArrayList<Double>();
            for (int round = 0; round < TURNS; round++) {
                fewDrains.add(drain(stage, stage.ours()));
                manyDrains.add(drain(stage, many));
            }
            int seconds = Math.max(1, scale.seconds() / 2);
            for (int round = 0; round < TURNS; round++) {
                Lateness.Result one = Lateness.even(stage, stage.ours(), RATE, seconds);
                Lateness.Result other = Lateness.even(stage, many, RATE, seconds);
                few50.add(one.p50());
                few99.add(one.p99());
                many50.add(other.p50());
                many99.add(other.p99());
            }
            stage.figure(
                    "pending.drain",
                    "×",
                    Runs.median(manyDrains) / Runs.median(fewDrains),
                    ratios(manyDrains, fewDrains));
            stage.figure("pending.lateness.p50", "×", Runs.median(many50) / Runs.median(few50), ratios(many50, few50));
            stage.figure("pending.lateness.p99", "×", Runs.median(many99) / Runs.median(few99), ratios(many99, few99));
            stage.say()
                    .accept(
                            "%,d pending against %,d: drain %s against %s msg/s, p50 %s against %s ms, p99 %s against %s ms"
                                    .formatted(
                                            scale.pending(),
                                            scale.future(),
                                            Numbers.plain(Runs.median(manyDrains)),
                                            Numbers.plain(Runs.median(fewDrains)),
                                            Numbers.plain(Runs.median(many50)),
                                            Numbers.plain(Runs.median(few50)),
                                            Numbers.plain(Runs.median(many99)),
                                            Numbers.plain(Runs.median(few99))));
        } finally {
            many.close();
            stage.servers().postgres().dropDatabase(many.database());
        }
    }

    private static double drain(Stage stage, OurScheduler scheduler) throws Exception {
        Drain.Result result = Drain.measure(
                stage.servers(), stage.queue(), scheduler, stage.scale().rows());
        stage.say().accept("drain by %s: %s msg/s".formatted(scheduler.name(), Numbers.plain(result.rate())));
        return result.rate();
    }

    private static List<Double> ratios(List<Double> above, List<Double> below) {
        var ratios = new ArrayList<Double>();
        for (int i = 0; i < above.size(); i++) {
            ratios.add(above.get(i) / below.get(i));
        }
        return ratios;
    }
}
