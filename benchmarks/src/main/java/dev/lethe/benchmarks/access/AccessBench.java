package dev.lethe.benchmarks.access;

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
import java.util.stream.Stream;
import org.springframework.util.FileSystemUtils;

/** {@code ./lethe bench access}. */
public final class AccessBench {

    private static final String NAME = "access";
    private static final String CHART = "access-small";

    private final Path root;
    private final Path folder;
    private final Path logs;
    private final Path results;
    private final Scale scale;
    private final SmallScenario small = new SmallScenario();
    private final List<Scenario> scenarios;
    private final List<Path> jsonFiles = new ArrayList<>();
    private final boolean publish;
    private final long begun = System.nanoTime();

    private AccessBench(Path root, Options options) {
        this.root = root;
        this.folder = root.resolve(".lethe/bench");
        this.logs = folder.resolve("logs-access");
        boolean quick = options.has("--quick");
        this.scale = (quick ? Scale.quick() : Scale.full()).with(options);
        Set<String> only =
                Set.of(options.value("--only").map(names -> names.split(",")).orElse(new String[0]));
        List<Scenario> all = List.of(small, new LargeScenario(), new MutexScenario(), new EncryptionScenario());
        List<String> names = all.stream().map(Scenario::name).toList();
        only.stream().filter(name -> !names.contains(name)).findFirst().ifPresent(name -> {
            throw new WrongUse("--only knows %s, not '%s'".formatted(names, name));
        });
        this.scenarios = all.stream()
                .filter(scenario -> only.isEmpty() || only.contains(scenario.name()))
                .toList();
        // Only what was measured in full, all of it and at once belongs into the documents
        this.publish = !quick
                && only.isEmpty()
                && Stream.of("--requests", "--rows", "--repeats", "--workers").noneMatch(options::has);
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
                Set.of("--json", "--only", "--results", "--requests", "--rows", "--repeats", "--workers"));
        return new AccessBench(root, options).run();
    }

    private boolean run() throws Exception {
        Consumer<String> say =
                line -> System.out.printf("%4d s  %s%n", (System.nanoTime() - begun) / 1_000_000_000, line);
        FileSystemUtils.deleteRecursively(logs);
        Files.createDirectories(logs);
        Files.deleteIfExists(results.resolve(CHART + ".svg"));
        try (Servers servers = Servers.start(folder, say);
                Frontend frontend = new Frontend(servers)) {
            var stage = new Stage(
                    root,
                    logs,
                    results,
                    scale,
                    servers,
                    new Landscape(servers, say),
                    frontend,
                    new Report(machine(servers)),
                    say);
            boolean complete = perform(stage);
            System.out.printf("%n%s%n", text(stage.report()));
            if (publish) {
                Document.replace(root.resolve("docs/benchmarks.md"), NAME, text(stage.report()));
            }
            say.accept("written: "
                    + jsonFiles.stream()
                            .map(file -> file.startsWith(root) ? root.relativize(file) : file)
                            .toList());
            return complete;
        }
    }

    private boolean perform(Stage stage) throws Exception {
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
                .filter(name -> name.startsWith(scenario.name() + "."))
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
        if (small.isMeasured()) {
            text.append("\n### Where the processors' time goes\n\n")
                    .append(small.costs().markdown())
                    .append("\n");
        }
        if (publish && Files.exists(results.resolve(CHART + ".svg"))) {
            text.append("\n![%1$s](../benchmarks/results/%1$s.svg)\n".formatted(CHART));
        }
        return text.toString();
    }
}
