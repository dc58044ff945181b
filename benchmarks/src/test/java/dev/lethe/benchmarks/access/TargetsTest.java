package dev.lethe.benchmarks.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.benchmarks.Options;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is promised is measured, and what is measured is what was promised. */
class TargetsTest {

    private static final Set<String> OPTIONS = Set.of("--requests", "--rows", "--repeats", "--workers");

    private static Scale wanted(Scale scale, String... words) {
        return scale.with(new Options(List.of(words), Set.of(), OPTIONS));
    }

    @Test
    void everyTargetBelongsToAScenario() {
        assertThat(Targets.names()).isNotEmpty().allSatisfy(name -> assertThat(
                        Set.of("small", "large", "mutex", "encryption"))
                .contains(name.replaceFirst("\\..*", "")));
    }

    @Test
    void theTargetsAreThoseThatWerePromised() {
        assertThat(Targets.of("small.best")).hasToString("≥ 150");
        assertThat(Targets.of("large.records")).hasToString("≥ 40");
        assertThat(Targets.of("large.heap")).hasToString("≤ 256");
    }

    @Test
    void theFullBenchmarkIsAsLargeAsWhatWasPromised() {
        Scale full = Scale.full();

        assertThat(full.requests()).isEqualTo(3_000);
        assertThat(full.rows()).isEqualTo(1_000_000);
        assertThat(full.workers()).containsExactly(1, 4, 16);
        assertThat(full.repeats()).isEqualTo(3);
        assertThat(full.warmUp()).isGreaterThanOrEqualTo(300);
        assertThat(full.samples()).isEqualTo(20);
        assertThat(Scale.quick().people()).isGreaterThanOrEqualTo(2_000);
        assertThat(Landscape.SMALL).hasSize(5);
        assertThat(Landscape.RECORDS).isEqualTo(50);
    }

    @Test
    void everyRequestIsAboutSomebodyElse() {
        for (Scale scale : List.of(Scale.full(), Scale.quick(), wanted(Scale.full(), "--requests", "9000"))) {
            assertThat(scale.people()).isGreaterThanOrEqualTo(Math.max(scale.requests(), scale.warmUp()));
        }
    }

    @Test
    void wishesChangeOnlyWhatTheyName() {
        assertThat(wanted(Scale.full())).isEqualTo(Scale.full());
        assertThat(wanted(Scale.full(), "--rows", "500"))
                .usingRecursiveComparison()
                .ignoringFields("rows")
                .isEqualTo(Scale.full());
        assertThat(wanted(Scale.full(), "--workers", "7").workers()).containsExactly(7);
    }

    @Test
    void aFewRequestsAreWarmedUpByAsFew() {
        Scale few = wanted(Scale.quick(), "--requests", "7");

        assertThat(few.requests()).isEqualTo(7);
        assertThat(few.warmUp()).isEqualTo(7);
        assertThat(few.samples()).isEqualTo(7);
    }

    @Test
    void theDocumentHasAPlaceForTheTable() throws Exception {
        assertThat(Files.readString(Path.of("../docs/benchmarks.md")))
                .contains("<!-- begin access -->\n", "<!-- end access -->\n");
    }
}
