package dev.lethe.benchmarks.access;

import dev.lethe.benchmarks.report.Numbers;
import dev.lethe.benchmarks.report.Runs;
import java.util.ArrayList;
import java.util.List;

/** Small reports with Redis and, in turn, without it: what taking a mutex costs, and that work goes on when there is none. */
final class MutexScenario implements Scenario {

    private static final String UNAVAILABLE = "lethe_mutex_unavailable_total";

    @Override
    public String name() {
        return "mutex";
    }

    @Override
    public void run(Stage stage) throws Exception {
        int workers = SmallScenario.bestWorkers(stage);
        var with = new ArrayList<Double>();
        var without = new ArrayList<Double>();
        try (var ours =
                RequestsManager.start(stage, "mutex", workers, stage.landscape().smallSources(stage.scale()))) {
            SmallScenario.warmUp(stage, ours);
            for (int round = 0; round < stage.scale().repeats(); round++) {
                // Each is the first as often as the other: what becomes faster in the course of time favours neither
                boolean redisFirst = round % 2 == 0;
                (redisFirst ? with : without).add(measure(stage, ours, redisFirst));
                (redisFirst ? without : with).add(measure(stage, ours, !redisFirst));
            }
        } finally {
            stage.servers().redis().start();
        }
        stage.figure("mutex.with", "reports/s", with);
        stage.figure("mutex.without", "reports/s", without);
        stage.figure("mutex.cost", "ms/report", cost(with, without));
        stage.say().accept("the mutex costs %s ms a report".formatted(Numbers.plain(Runs.median(cost(with, without)))));
    }

    /** A first few reports let it notice that Redis has gone, or is there again. */
    private static double measure(Stage stage, RequestsManager ours, boolean redis) throws Exception {
        if (redis) {
            stage.servers().redis().start();
        } else if (stage.servers().redis().pid() >= 0) {
            stage.servers().redis().kill();
        }
        int few = Math.max(1, stage.scale().warmUp() / 5);
        Batch.ofPeople(stage, ours, few).run();
        double before = ours.metrics().sum(UNAVAILABLE);
        Batch batch = Batch.ofPeople(stage, ours, stage.scale().requests());
        Batch.Result result = batch.run();
        Samples.check(stage, ours, batch, SmallScenario.records());
        double unavailable = ours.metrics().sum(UNAVAILABLE) - before;
        SmallScenario.say(stage, redis ? "with Redis" : "without Redis", result);
        if (redis == unavailable > 0) {
            throw new IllegalStateException("%s Redis %,d mutexes could not be taken, says %s"
                    .formatted(redis ? "with" : "without", (long) unavailable, UNAVAILABLE));
        }
        return result.perSecond();
    }

    /** Milliseconds that a report takes longer with it, all workers together; less than nothing is chance. */
    static List<Double> cost(List<Double> with, List<Double> without) {
        var costs = new ArrayList<Double>();
        for (int round = 0; round < with.size(); round++) {
            costs.add(1_000 / with.get(round) - 1_000 / without.get(round));
        }
        return costs;
    }
}
