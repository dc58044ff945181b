package dev.lethe.benchmarks.scheduler;

import dev.lethe.benchmarks.report.Charts;
import dev.lethe.benchmarks.report.Numbers;
import dev.lethe.benchmarks.report.Runs;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * A transaction is held open, so that PostgreSQL can clean up nothing that was deleted since; meanwhile messages come and go.
 * That is what makes queues in PostgreSQL slow down until they stand still.
 */
final class HorizonScenario implements Scenario {

    private static final int RATE = 2_000;

    /** What the statement that takes due rows has cost so far. */
    private static final String CLAIMS = """
            select coalesce(sum(calls), 0), coalesce(sum(total_exec_time), 0)
              from pg_stat_statements s
              join pg_database d on d.oid = s.dbid
             where d.datname = current_database()
               and s.query ilike '%skip locked%'
               and s.query ilike '%message%'
            """;

    private record Sample(Flow.Interval flow, double claimMillis) {}

    @Override
    public String name() {
        return "horizon";
    }

    @Override
    public void run(Stage stage) throws Exception {
        Duration length =
                Duration.ofSeconds(Math.max(10, Math.round(stage.scale().horizonMinutes() * 60)));
        Duration interval = Duration.ofSeconds(length.toMinutes() >= 3 ? 10 : 1);
        stage.servers().tidyUp(stage.ours().database());
        var samples = new ArrayList<Sample>();
        Flow.Result result;
        try (Connection holder = stage.servers().connect(stage.ours().database());
                Connection statistics = stage.servers().connect(stage.ours().database())) {
            hold(holder);
            stage.say()
                    .accept("the vacuum horizon is pinned; %,d messages a second come and go for %d s"
                            .formatted(RATE, length.toSeconds()));
            double[] last = claims(statistics);
            result = new Flow(stage, RATE, length, interval).run("horizon-", each -> {
                double[] now = claims(statistics);
                var sample = new Sample(each, (now[1] - last[1]) / (now[0] - last[0]));
                System.arraycopy(now, 0, last, 0, now.length);
                samples.add(sample);
                if (Math.round(each.at()) % 60 == 0) {
                    stage.say()
                            .accept("after %d min: claim %s ms, backlog %,d, p99 %s ms"
                                    .formatted(
                                            Math.round(each.at() / 60),
                                            Numbers.plain(sample.claimMillis()),
                                            each.backlog(),
                                            Numbers.plain(each.p99())));
                }
            });
            holder.rollback();
        }
        report(stage, samples, result);
        stage.servers().tidyUp(stage.ours().database());
    }

    private static void hold(Connection holder) throws SQLException {
        holder.setAutoCommit(false);
        holder.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        try (Statement statement = holder.createStatement()) {
            statement.execute("select pg_current_xact_id(), (select count(*) from bench_pattern)");
        }
    }

    private static double[] claims(Connection statistics) throws SQLException {
        try (Statement statement = statistics.createStatement();
                ResultSet row = statement.executeQuery(CLAIMS)) {
            row.next();
            return new double[] {row.getDouble(1), row.getDouble(2)};
        }
    }

    private static void report(Stage stage, List<Sample> samples, Flow.Result result) throws Exception {
        int part = Math.max(1, samples.size() / 5);
        // Nothing is due yet in the first interval
        List<Sample> first = samples.subList(Math.min(1, samples.size() - 1), Math.min(1 + part, samples.size()));
        List<Sample> last = samples.subList(samples.size() - part, samples.size());
        double before = median(first, Sample::claimMillis);
        double after = median(last, Sample::claimMillis);
        stage.figure("horizon.claim.first", "ms", before);
        stage.figure("horizon.claim.last", "ms", after);
        stage.figure("horizon.claim.growth", "×", after / before);
        stage.figure("horizon.lateness.p99.first", "ms", median(first, sample -> sample.flow()
                .p99()));
        stage.figure("horizon.lateness.p99.last", "ms", median(last, sample -> sample.flow()
                .p99()));
        List<Double> backlog =
                samples.stream().map(sample -> (double) sample.flow().backlog()).toList();
        stage.figure("horizon.backlog", "", Runs.max(backlog.subList(1, backlog.size())));
        stage.figure("horizon.early", "", result.early());
        List<Double> minutes =
                samples.stream().map(sample -> sample.flow().at() / 60).toList();
        var times = new LinkedHashMap<String, List<Double>>();
        times.put("a claim, mean", each(samples, Sample::claimMillis));
        times.put("lateness, p50", each(samples, sample -> sample.flow().p50()));
        times.put("lateness, p99", each(samples, sample -> sample.flow().p99()));
        String title = "%,d messages a second with a pinned vacuum horizon".formatted(RATE);
        Charts.lines(stage.charts().resolve("horizon.svg"), title, "minutes", "ms", minutes, times);
        Charts.lines(
                stage.charts().resolve("horizon-backlog.svg"),
                title,
                "minutes",
                "messages overdue",
                minutes,
                Map.of("backlog", backlog));
    }

    /** Nothing was late while nothing was due. */
    private static List<Double> each(List<Sample> samples, ToDoubleFunction<Sample> of) {
        return samples.stream().map(sample -> orZero(of.applyAsDouble(sample))).toList();
    }

    private static double orZero(double value) {
        return Double.isFinite(value) ? value : 0;
    }

    private static double median(List<Sample> samples, ToDoubleFunction<Sample> of) {
        return Runs.median(samples.stream()
                .mapToDouble(of)
                .filter(Double::isFinite)
                .boxed()
                .toList());
    }
}
