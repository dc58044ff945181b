package dev.lethe.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ReportTest {

    private final Report report = new Report(Map.of("cores", 2));

    private JsonNode json() {
        return new JsonMapper().readTree(report.json());
    }

    @Test
    void aFigureHasItsValueUnitTargetOutcomeAndRuns() {
        report.add(Figure.of("drain.ours", "msg/s", Target.atLeast(100), List.of(90.0, 130.0, 120.25)));

        assertThat(json()).isEqualTo(new JsonMapper().readTree("""
                {"machine": {"cores": 2},
                 "figures": [{"name": "drain.ours", "value": 120.25, "unit": "msg/s", "target": 100.0, "ok": true,
                              "runs": [90.0, 130.0, 120.25]}]}
                """));
    }

    @Test
    void withoutATargetThereIsNothingToMiss() {
        report.add(Figure.of("drain.other", "msg/s", null, 5));

        JsonNode figure = json().path("figures").path(0);
        assertThat(figure.path("target").isNull()).isTrue();
        assertThat(figure.path("ok").isNull()).isTrue();
        assertThat(report.isGood()).isTrue();
    }

    @Test
    void whatCouldNotBeMeasuredIsNullAndMissesItsTarget() {
        report.add(Figure.of("intake", "msg/s", Target.atLeast(1), List.of()));

        JsonNode figure = json().path("figures").path(0);
        assertThat(figure.path("value").isNull()).isTrue();
        assertThat(figure.path("ok").booleanValue()).isFalse();
        assertThat(figure.path("runs").isEmpty()).isTrue();
        assertThat(report.isGood()).isFalse();
    }

    @Test
    void aLimitIsMissedAboveIt() {
        assertThat(Figure.of("p99", "ms", Target.atMost(6), 6).ok()).isTrue();
        assertThat(Figure.of("p99", "ms", Target.atMost(6), 6.01).ok()).isFalse();
        assertThat(Figure.of("p99", "ms", Target.atMost(6), Double.NaN).ok()).isFalse();
    }

    @Test
    void measuredAgainAFigureKeepsItsPlace() {
        report.add(Figure.of("a", "", null, 1));
        report.add(Figure.of("b", "", null, 2));
        report.add(Figure.of("a", "", null, 3));

        assertThat(report.figures()).extracting(Figure::value).containsExactly(3.0, 2.0);
    }

    @Test
    void theFileIsWholeAndItsFolderIsMade(@TempDir Path folder) throws IOException {
        report.add(Figure.of("a", "", null, 1));
        Path file = folder.resolve("results/scheduler.json");

        report.writeJson(file);
        report.writeJson(file);

        assertThat(Files.readString(file)).isEqualTo(report.json());
        assertThat(Files.list(file.getParent())).containsExactly(file);
    }

    @Test
    void theMachineTellsNothingOfItsOwner() throws IOException {
        assertThat(Machine.describe())
                .containsOnlyKeys("processor", "cores", "memory_gib", "os", "java")
                .doesNotContainValue(System.getProperty("user.name"));
    }
}
