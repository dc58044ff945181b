package dev.lethe.benchmarks.access;

import static java.util.stream.Collectors.toMap;

import dev.lethe.benchmarks.report.Charts;
import dev.lethe.benchmarks.report.Numbers;
import dev.lethe.benchmarks.report.Runs;
import dev.lethe.benchmarks.report.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** Small reports, of 50 records from each of five sources: how many a second one instance builds, by the number of its workers. */
final class SmallScenario implements Scenario {

    private static final String BEST = "small.best";
    private static final int USUAL_WORKERS = 4;
    private static final double KB = 1_000;

    private final Table costs = new Table(
            "workers", "reports/s", "CPU ms / report: requests-manager", "database", "broker", "claimed again");
    private boolean measured;

    @Override
    public String name() {
        return "small";
    }

    @Override
    public void run(Stage stage) throws Exception {
        var rates = new LinkedHashMap<String, List<Double>>();
        var sizes = new ArrayList<Double>();
        for (int workers : stage.scale().workers()) {
            rates.put("%d workers".formatted(workers), measure(stage, workers, sizes));
        }
        stage.figure("small.zip", "kB", Runs.median(sizes) / KB);
        List<Double> best = rates.values().stream()
                .reduce((a, b) -> Runs.median(b) > Runs.median(a) ? b : a)
                .orElse(List.of());
        stage.figure(BEST, "reports/s", best);
        Charts.bars(
                stage.charts().resolve("access-small.svg"),
                "Small reports, 5 sources with 50 records each",
                "reports/s",
                rates);
        measured = true;
    }

    private List<Double> measure(Stage stage, int workers, List<Double> sizes) throws Exception {
        var results = new ArrayList<Batch.Result>();
        try (var ours = RequestsManager.start(
                stage, "small_" + workers, workers, stage.landscape().smallSources(stage.scale()))) {
            warmUp(stage, ours);
            for (int round = 0; round < stage.scale().repeats(); round++) {
                Batch batch = Batch.ofPeople(stage, ours, stage.scale().requests());
                Batch.Result result = batch.run();
                sizes.addAll(Samples.check(stage, ours, batch, records()));
                say(stage, "%d workers".formatted(workers), result);
                results.add(result);
            }
        }
        String name = "small.%d".formatted(workers);
        stage.figure(name, "reports/s", each(results, Batch.Result::perSecond));
        stage.figure(name + ".p50", "ms", each(results, Batch.Result::p50));
        stage.figure(name + ".p95", "ms", each(results, Batch.Result::p95));
        addCosts(workers, results);
        return each(results, Batch.Result::perSecond);
    }

    /** Enough reports that what builds them is compiled. */
    static void warmUp(Stage stage, RequestsManager ours) throws Exception {
        stage.say().accept("%,d reports to warm up".formatted(stage.scale().warmUp()));
        Batch.ofPeople(stage, ours, stage.scale().warmUp()).run();
    }

    static void say(Stage stage, String what, Batch.Result result) {
        stage.say()
                .accept("%s: %s reports/s, p50 %s ms, p95 %s ms"
                        .formatted(
                                what,
                                Numbers.plain(result.perSecond()),
                                Numbers.plain(result.p50()),
                                Numbers.plain(result.p95())));
    }

    /** What every report must hold. */
    static Map<String, Long> records() {
        return Landscape.SMALL.stream().collect(toMap(Function.identity(), source -> (long) Landscape.RECORDS));
    }

    /** The number that was the fastest; if none was measured, what is usual. */
    static int bestWorkers(Stage stage) {
        List<Integer> numbers = stage.scale().workers();
        int best = numbers.contains(USUAL_WORKERS) ? USUAL_WORKERS : numbers.getFirst();
        double rate = 0;
        for (int workers : numbers) {
            double measured = stage.measured("small.%d".formatted(workers), 0);
            if (measured > rate) {
                best = workers;
                rate = measured;
            }
        }
        return best;
    }

    private void addCosts(int workers, List<Batch.Result> results) {
        costs.row(
                String.valueOf(workers),
                Numbers.plain(Runs.median(each(results, Batch.Result::perSecond))),
                Numbers.plain(Runs.median(each(results, result -> result.costs().service()))),
                Numbers.plain(Runs.median(each(results, result -> result.costs().database()))),
                Numbers.plain(Runs.median(each(results, result -> result.costs().broker()))),
                String.valueOf(results.stream()
                        .mapToInt(result -> result.claims() - result.requests())
                        .sum()));
    }

    private static List<Double> each(List<Batch.Result> results, ToDoubleFunction<Batch.Result> figure) {
        return results.stream().mapToDouble(figure).boxed().toList();
    }

    boolean isMeasured() {
        return measured;
    }

    /** Where the processors' time went. */
    Table costs() {
        return costs;
    }
}
