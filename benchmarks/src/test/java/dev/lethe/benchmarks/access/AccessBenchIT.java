package dev.lethe.benchmarks.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The whole of it, very small: what it measures here says nothing, that it measures does. */
class AccessBenchIT {

    @Test
    void aSmallBenchmarkBuildsReportsOpensThemAndWritesWhatItFound() throws Exception {
        // Below the module, where PostgreSQL can pass even if it runs as another user, with the service as it was built
        Path root = Path.of("target/bench").toAbsolutePath();
        Files.createDirectories(root);
        Path service = root.resolve("requests-manager");
        if (!Files.exists(service)) {
            Files.createSymbolicLink(service, Path.of("../requests-manager").toAbsolutePath());
        }
        Path json = root.resolve("access-figures.json");

        boolean complete = AccessBench.run(
                root,
                List.of("--quick", "--workers", "2", "--requests", "10", "--rows", "500", "--json", json.toString()));

        assertThat(complete).isTrue();
        JsonNode written = new JsonMapper().readTree(Files.readString(json));
        assertThat(written.path("machine").path("cores").intValue()).isPositive();
        for (String name : List.of(
                "small.2",
                "small.2.p95",
                "small.best",
                "small.zip",
                "large.records",
                "large.heap.used",
                "large.process",
                "large.download",
                "mutex.with",
                "mutex.without",
                "encryption.small",
                "encryption.rate")) {
            assertThat(figure(written, name).path("value").doubleValue())
                    .as(name)
                    .isPositive();
        }
        assertThat(figure(written, "large.heap").path("ok").booleanValue()).isTrue();
        assertThat(root.resolve(".lethe/bench/results")).isDirectoryContaining("glob:**/access-small.svg");
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
