package dev.lethe.benchmarks.scheduler;

import dev.lethe.benchmarks.report.Charts;
import dev.lethe.benchmarks.report.Numbers;
import dev.lethe.benchmarks.report.Runs;
import dev.lethe.benchmarks.report.Table;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** All drain, taking turns: what the machine does besides hits all alike. */
final class DrainScenario implements Scenario {

    static final String OURS = "ours";
    private static final int LEAST_FOR_COSTS = 500;

    private final List<PeerKind> kinds;
    private final Map<String, List<Drain.Result>> results = new LinkedHashMap<>();
    private final Map<String, String> configurations = new LinkedHashMap<>();
    private final Map<String, Integer> rows = new LinkedHashMap<>();
    private final Map<String, String> failures = new LinkedHashMap<>();

    DrainScenario(List<PeerKind> kinds) {
        this.kinds = kinds;
    }

    @Override
    public String name() {
        return "drain";
    }

    @Override
    public void run(Stage stage) throws Exception {
        var contenders = new ArrayList<Contender>();
        contenders.add(stage.ours());
        try {
            openPeers(stage, contenders);
            for (int round = 0; round <= stage.scale().repeats(); round++) {
                for (Contender contender : List.copyOf(contenders)) {
                    if (round <= contender.repeats(stage.scale())) {
                        drain(stage, contender, round, contenders);
                    }
                }
            }
        } finally {
            contenders.stream().filter(contender -> contender != stage.ours()).forEach(Contender::close);
            report(stage);
        }
    }

    private void openPeers(Stage stage, List<Contender> contenders) {
        @Nullable String noNode = kinds.stream().anyMatch(PeerKind::isNode) ? installNode(stage) : null;
        for (PeerKind kind : kinds) {
            if (kind.isNode() && noNode != null) {
                failures.put(kind.figure(), noNode);
                continue;
            }
            var peer = new PeerProcess(
                    stage.servers(),
                    kind,
                    stage.logs(),
                    stage.logs().resolveSibling("node"),
                    stage.scale().future());
            stage.say().accept("starting " + kind.figure());
            try {
                peer.open();
                contenders.add(peer);
            } catch (Exception e) {
                fail(stage, peer, e);
            }
        }
    }

    private static @Nullable String installNode(Stage stage) {
        try {
            NodePeers.install(stage.logs().resolveSibling("node"), stage.say());
            return null;
        } catch (IOException | IllegalStateException e) {
            return Objects.toString(e.getMessage(), e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }

    private void drain(Stage stage, Contender contender, int round, List<Contender> contenders) throws Exception {
        int wanted = contender.rows(stage.scale());
        rows.put(contender.name(), wanted);
        int number = round == 0 ? Math.max(1, wanted / 2) : wanted;
        try {
            Drain.Result result = Drain.measure(stage.servers(), stage.queue(), contender, number);
            configurations.put(contender.name(), contender.configuration());
            stage.say()
                    .accept("drain of %,d by %s: %s msg/s%s"
                            .formatted(
                                    number,
                                    contender.name(),
                                    Numbers.plain(result.rate()),
                                    round == 0 ? " (to warm up)" : ""));
            if (round > 0) {
                results.computeIfAbsent(contender.name(), name -> new ArrayList<>())
                        .add(result);
            }
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            fail(stage, contender, e);
            contenders.remove(contender);
            if (contender == stage.ours()) {
                throw e;
            }
        }
    }

    /** The others go on without it. */
    private void fail(Stage stage, Contender contender, Exception e) {
        String reason = Objects.toString(e.getMessage(), e.toString());
        stage.say().accept("%s failed: %s".formatted(contender.name(), reason));
        failures.put(contender.name(), reason.lines().findFirst().orElse(reason).replace(PeerProcess.LOG_FOLLOWS, ""));
        contender.close();
    }

    private void report(Stage stage) throws IOException {
        results.forEach((name, runs) -> stage.figure("drain." + name, "msg/s", rates(runs)));
        failures.keySet().forEach(name -> stage.figure("drain." + name, "msg/s", List.of()));
        int duplicates = results.getOrDefault(OURS, List.of()).stream()
                .mapToInt(Drain.Result::duplicates)
                .sum();
        stage.figure("drain.ours.duplicates", "", duplicates);
        for (PeerKind kind : kinds) {
            String ratio = "drain.ours / " + kind.figure();
            if (Targets.of(ratio) != null || results.containsKey(kind.figure())) {
                stage.figure(ratio, "×", median(OURS) / median(kind.figure()), ratios(kind.figure()));
            }
        }
        var medians = new LinkedHashMap<String, List<Double>>();
        results.forEach((name, runs) -> medians.put(name, rates(runs)));
        Charts.bars(stage.charts().resolve("drain.svg"), "Drain of due messages into a quorum queue", "msg/s", medians);
    }

    /** Of each round; the machine may have been busier in one than in another. */
    private List<Double> ratios(String peer) {
        List<Double> ours = rates(results.getOrDefault(OURS, List.of()));
        List<Double> theirs = rates(results.getOrDefault(peer, List.of()));
        return IntStream.range(0, Math.min(ours.size(), theirs.size()))
                .mapToObj(round -> ours.get(round) / theirs.get(round))
                .toList();
    }

    private double median(String name) {
        return Runs.median(rates(results.getOrDefault(name, List.of())));
    }

    private static List<Double> rates(List<Drain.Result> runs) {
        return runs.stream().map(Drain.Result::rate).toList();
    }

    /** Everybody with what it reached, what that cost and how it was set. */
    Table table() {
        var table = new Table(
                "who",
                "rows",
                "msg/s",
                "lowest – highest",
                "ours is",
                "CPU s / 100,000: worker",
                "broker",
                "database",
                "WAL bytes / message",
                "sent twice");
        results.forEach((name, runs) -> table.row(
                name,
                Numbers.plain(rows.getOrDefault(name, 0)),
                Numbers.plain(Runs.median(rates(runs))),
                "%s – %s".formatted(Numbers.plain(Runs.min(rates(runs))), Numbers.plain(Runs.max(rates(runs)))),
                name.equals(OURS) ? "" : "%s ×".formatted(Numbers.plain(median(OURS) / Runs.median(rates(runs)))),
                cost(name, runs, Drain.Result::worker),
                cost(name, runs, Drain.Result::broker),
                cost(name, runs, Drain.Result::database),
                cost(name, runs, Drain.Result::walBytes),
                String.valueOf(runs.stream().mapToInt(Drain.Result::duplicates).sum())));
        failures.forEach((name, reason) -> table.row(name, "", "failed", reason, "", "", "", "", "", ""));
        return table;
    }

    Table configurations() {
        var table = new Table("who", "how it was set");
        configurations.forEach(table::row);
        return table;
    }

    /** Of few messages it would say more about the clock than about them. */
    private String cost(String name, List<Drain.Result> runs, Function<Drain.Result, Double> part) {
        return rows.getOrDefault(name, 0) < LEAST_FOR_COSTS
                ? ""
                : Numbers.plain(Runs.median(runs.stream().map(part).toList()));
    }
}
