package dev.lethe.demo;

import dev.lethe.demo.fleet.Fleet;
import dev.lethe.demo.fleet.FleetFolder;
import dev.lethe.demo.fleet.FleetSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/** Runs servers and services for somebody's own frontend and participants, until it is told to stop. */
final class Up {

    private static final int MOST_INSTANCES = 16;

    private Up() {}

    static int run(List<String> words) throws IOException, InterruptedException {
        var arguments =
                new Arguments(words, Set.of("--fresh"), Set.of("--participants", "--sources", "--instances", "--dir"));
        Path root = Path.of(System.getProperty("lethe.root", "."));
        Path dir = Path.of(arguments
                        .value("--dir")
                        .orElse(root.resolve(".lethe/up").toString()))
                .toAbsolutePath();
        Path given = arguments.value("--participants").map(Up::file).orElse(null);
        Path sources = arguments.value("--sources").map(Up::file).orElse(null);
        int instances = arguments.number("--instances", 1, 1, MOST_INSTANCES);
        if (arguments.has("--fresh")) {
            FleetFolder.forget(dir);
        }
        Files.createDirectories(dir);
        Path participants = given == null ? SamplePlan.writeTo(dir) : given;
        var settings = new FleetSettings(root, dir, participants, sources, FleetSettings.ofEach(instances), Map.of());
        var ended = new CountDownLatch(1);
        try (var fleet = new Fleet(settings, System.out::println)) {
            fleet.startServers();
            fleet.startServices();
            System.out.printf("ready; addresses, users and passwords are in %s%n", dir.resolve("fleet.json"));
            System.out.println("Ctrl-C or SIGTERM stops it; the data stays for the next start");
            ended.await();
        }
        return 0;
    }

    private static Path file(String name) {
        Path file = Path.of(name).toAbsolutePath();
        if (!Files.isReadable(file)) {
            throw new Arguments.Wrong("cannot read the file %s".formatted(name));
        }
        return file;
    }
}
