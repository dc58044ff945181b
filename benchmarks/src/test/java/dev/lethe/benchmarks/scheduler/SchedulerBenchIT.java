package dev.lethe.benchmarks.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The whole of it, very small: what it measures here says nothing, that it measures does. */
class SchedulerBenchIT {

    @Test
    void aSmallBenchmarkMeasuresOursAndItsPeersAndWritesWhatItFound() throws Exception {
        // Below the module, where PostgreSQL can pass even if it runs as another user, with the service as it was built
        Path root = Path.of("target/bench").toAbsolutePath();
        Files.createDirectories(root);
        Path service = root.resolve("message-scheduler");
        if (!Files.exists(service)) {
            Files.createSymbolicLink(service, Path.of("../message-scheduler").toAbsolutePath());
        }
        Path json = root.resolve("figures.json");

        boolean complete = SchedulerBench.run(
                root,
                List.of("--quick", "--rows", "400", "--future", "400", "--seconds", "1", "--json", json.toString()));

        assertThat(complete).isTrue();
        JsonNode written = new JsonMapper().readTree(Files.readString(json));
        assertThat(written.path("machine").path("cores").intValue()).isPositive();
        for (String name : List.of(
                "drain.ours",
                "drain.perf-test",
                "drain.db-scheduler.best",
                "drain.ours / db-scheduler.best",
                "intake",
                "lateness.1000.p99")) {
            assertThat(figure(written, name).path("value").doubleValue())
                    .as(name)
                    .isPositive();
        }
        assertThat(figure(written, "drain.ours.duplicates").path("value").intValue())
                .isZero();
        assertThat(figure(written, "lateness.1000.early").path("ok").booleanValue())
                .isTrue();
        assertThat(root.resolve(".lethe/bench/results"))
                .isDirectoryContaining("glob:**/drain.svg")
                .isDirectoryContaining("glob:**/lateness.svg");
        // The servers have taken their data with them
        assertThat(root.resolve(".lethe/bench")).isDirectoryNotContaining("glob:**/servers-*");
    }

    private static JsonNode figure(JsonNode report, String name) {
        return report.path("figures")
                .valueStream()
                .filter(figure -> figure.path("name").stringValue().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("there is no figure " + name));
    }
}
