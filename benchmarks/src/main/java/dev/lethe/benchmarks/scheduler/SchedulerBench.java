package dev.lethe.benchmarks.scheduler;

import dev.lethe.benchmarks.Options;
import dev.lethe.benchmarks.WrongUse;
import dev.lethe.benchmarks.report.Document;
import dev.lethe.benchmarks.report.Figure;
import dev.lethe.benchmarks.report.Machine;
import dev.lethe.benchmarks.report.Report;
import dev.lethe.benchmarks.report.Table;
import dev.lethe.benchmarks.servers.Servers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.springframework.util.FileSystemUtils;

/** {@code ./lethe bench scheduler}. */
public final class SchedulerBench {

    private static final String NAME = "scheduler";
    private static final List<String> CHARTS = List.of("drain", "lateness", "horizon", "horizon-backlog");
    private static final List<String> QUICKLY = List.of("drain", "intake", "lateness");

    private final Path root;
    private final Path folder;
    private final Path logs;
    private final Path results;
    private final Scale scale;
    private final DrainScenario drain;
    private final List<Scenario> scenarios;
    private final List<Path> jsonFiles = new ArrayList<>();
    private final boolean publish;
    private final long begun = System.nanoTime();

    private SchedulerBench(Path root, Options options) {
        this.root = root;
        this.folder = root.resolve(".lethe/bench");
        this.logs = folder.resolve("logs");
        boolean quick = options.has("--quick");
        this.scale = (quick ? Scale.quick() : Scale.full()).with(options);
        Set<String> only =
                Set.of(options.value("--only").map(names -> names.split(",")).orElse(new String[0]));
        this.drain = new DrainScenario(peers(quick, only));
        List<Scenario> all = List.of(
                drain,
                new IntakeScenario(),
                new SteadyScenario(),
                new LatenessScenario(),
                new BurstScenario(),
                new MemoryScenario(),
                new PendingScenario(),
                new HorizonScenario());
        refuseUnknown(only, all);
        boolean namesPeers = PeerKind.ALL.stream().anyMatch(kind -> isNamed(kind, only));
        this.scenarios = all.stream()
                .filter(scenario -> only.isEmpty()
                        ? !quick || QUICKLY.contains(scenario.name())
                        : only.contains(scenario.name()) || scenario == drain && namesPeers)
                .toList();
        // Only what was measured in full, all of it and at once belongs into the documents
        this.publish = !quick
                && only.isEmpty()
                && Stream.of("--rows", "--future", "--repeats", "--seconds", "--horizon-minutes")
                        .noneMatch(options::has);
        this.results = options.value("--results")
                .map(Path::of)
                .orElse(publish ? root.resolve("benchmarks/results") : root.resolve(".lethe/bench/results"));
        jsonFiles.add(results.resolve(NAME + ".json"));
        options.value("--json").map(Path::of).ifPresent(jsonFiles::add);
    }

    /**
     * @return whether everything could be measured
     * @throws WrongUse if the words are not options
     */
    public static boolean run(Path root, List<String> words) throws Exception {
        var options = new Options(
                words,
                Set.of("--quick"),
                Set.of(
                        "--json",
                        "--only",
                        "--results",
                        "--rows",
                        "--future",
                        "--repeats",
                        "--seconds",
                        "--horizon-minutes"));
        return new SchedulerBench(root, options).run();
    }

    private static List<PeerKind> peers(boolean quick, Set<String> only) {
        Predicate<PeerKind> named = kind -> isNamed(kind, only);
        boolean some = PeerKind.ALL.stream().anyMatch(named) || only.contains(DrainScenario.OURS);
        return PeerKind.ALL.stream()
                .filter(kind -> some ? named.test(kind) : !quick || kind.quick())
                .toList();
    }

    private static boolean isNamed(PeerKind kind, Set<String> names) {
        return names.contains(kind.peer()) || names.contains(kind.figure());
    }

    private static void refuseUnknown(Set<String> only, List<Scenario> all) {
        for (String name : only) {
            if (!name.equals(DrainScenario.OURS)
                    && all.stream().noneMatch(scenario -> scenario.name().equals(name))
                    && PeerKind.ALL.stream().noneMatch(kind -> isNamed(kind, Set.of(name)))) {
                throw new WrongUse("--only knows %s, ours and the peers %s, not '%s'"
                        .formatted(
                                all.stream().map(Scenario::name).toList(),
                                PeerKind.ALL.stream()
                                        .map(PeerKind::peer)
                                        .distinct()
                                        .toList(),
                                name));
            }
        }
    }

    private boolean run() throws Exception {
        Consumer<String> say =
                line -> System.out.printf("%4d s  %s%n", (System.nanoTime() - begun) / 1_000_000_000, line);
        FileSystemUtils.deleteRecursively(logs);
        Files.createDirectories(logs);
        for (String chart : CHARTS) {
            Files.deleteIfExists(results.resolve(chart + ".svg"));
        }
        try (Servers servers = Servers.start(folder, say);
                BenchQueue queue = new BenchQueue(servers);
                OurScheduler ours = new OurScheduler(
                        servers, root, logs, DrainScenario.OURS, "message_scheduler", scale.future())) {
            var stage = new Stage(root, logs, results, scale, servers, queue, ours, new Report(machine(servers)), say);
            say.accept("starting message-scheduler, with %,d messages that are not due".formatted(scale.future()));
            queue.renew();
            ours.open();
            boolean complete = perform(stage);
            System.out.printf("%n%s%n", text(stage.report()));
            if (publish) {
                Document.replace(root.resolve("docs/benchmarks.md"), NAME, text(stage.report()));
            }
            say.accept("written: " + jsonFiles.stream().map(this::shown).toList());
            return complete;
        }
    }

    private String shown(Path file) {
        return file.startsWith(root) ? root.relativize(file).toString() : file.toString();
    }

    private boolean perform(Stage stage) throws Exception {
        if (!scenarios.contains(drain)) {
            stage.say().accept("one drain to warm up");
            Drain.measure(stage.servers(), stage.queue(), stage.ours(), scale.rows());
        }
        boolean complete = true;
        for (Scenario scenario : scenarios) {
            stage.say().accept("— " + scenario.name());
            try {
                scenario.run(stage);
            } catch (InterruptedException e) {
                throw e;
            } catch (Exception e) {
                complete = false;
                stage.say().accept("%s could not be measured: %s".formatted(scenario.name(), e));
                e.printStackTrace();
                notMeasured(stage.report(), scenario);
            }
            for (Path file : jsonFiles) {
                stage.report().writeJson(file);
            }
        }
        return complete;
    }

    /** What has a target and no value counts as missed. */
    private static void notMeasured(Report report, Scenario scenario) {
        Targets.names()
                .filter(name -> name.equals(scenario.name()) || name.startsWith(scenario.name() + "."))
                .filter(name -> report.figure(name).isEmpty())
                .forEach(name -> report.add(Figure.of(name, "", Targets.of(name), Double.NaN)));
    }

    private static Map<String, Object> machine(Servers servers) throws Exception {
        Map<String, Object> machine = Machine.describe();
        machine.put("postgresql", servers.postgresVersion());
        machine.put("postgresql_settings", Servers.SETTINGS);
        machine.put("rabbitmq", servers.rabbitVersion());
        return machine;
    }

    private String text(Report report) {
        var text = new StringBuilder();
        text.append(Machine.inWords(report.machine(), publish)).append("\n\n");
        text.append(Table.of(report.figures()).markdown()).append("\n");
        if (scenarios.contains(drain)) {
            text.append("\n### Everybody's drain\n\n").append(drain.table().markdown());
            text.append("\n\n### How everybody was set\n\n")
                    .append(drain.configurations().markdown())
                    .append("\n");
        }
        if (publish) {
            for (String chart : CHARTS) {
                if (Files.exists(results.resolve(chart + ".svg"))) {
                    text.append("\n![%1$s](../benchmarks/results/%1$s.svg)\n".formatted(chart));
                }
            }
        }
        return text.toString();
    }
}
