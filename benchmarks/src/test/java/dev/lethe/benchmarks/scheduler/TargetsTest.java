package dev.lethe.benchmarks.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.benchmarks.Options;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is promised is measured, and what is measured is what was promised. */
class TargetsTest {

    private static final Set<String> SCENARIOS =
            Set.of("drain", "intake", "steady", "lateness", "burst", "memory", "pending", "horizon");

    @Test
    void everyTargetBelongsToAScenario() {
        assertThat(Targets.names()).isNotEmpty().allSatisfy(name -> assertThat(SCENARIOS)
                .contains(name.replaceFirst("\\..*", "")));
    }

    @Test
    void targetsThatCompareNameAPeer() {
        assertThat(Targets.names().filter(name -> name.contains(" / ")))
                .isNotEmpty()
                .allSatisfy(name ->
                        assertThat(PeerKind.ALL).extracting(PeerKind::figure).contains(name.replaceFirst(".* / ", "")));
    }

    @Test
    void everyPeerIsMeasuredAtItsBest() {
        assertThat(PeerKind.ALL.stream()
                        .filter(kind -> kind.settings().equals("default"))
                        .map(PeerKind::peer))
                .isNotEmpty()
                .allMatch(peer ->
                        PeerKind.ALL.stream().anyMatch(kind -> kind.peer().equals(peer) && kind.best()));
    }

    @Test
    void theFullBenchmarkIsAsLargeAsWhatWasPromised() {
        Scale full = Scale.full();

        assertThat(full.rows()).isEqualTo(100_000);
        assertThat(full.future()).isEqualTo(200_000);
        assertThat(full.pending()).isEqualTo(5_000_000);
        assertThat(full.rates()).containsExactly(1_000, 5_000);
        assertThat(full.burst()).isEqualTo(10_000);
        assertThat(full.horizonMinutes()).isEqualTo(10);
    }

    @Test
    void wishesChangeOnlyWhatTheyName() {
        var wishes = new Options(List.of("--rows", "500", "--future", "40"), Set.of(), Set.of("--rows", "--future"));

        Scale scale = Scale.full().with(wishes);

        assertThat(scale.rows()).isEqualTo(500);
        assertThat(scale.slowRows()).isEqualTo(500);
        assertThat(scale.future()).isEqualTo(40);
        assertThat(scale.pending()).isEqualTo(1_000);
        assertThat(scale.seconds()).isEqualTo(Scale.full().seconds());
    }

    @Test
    void theDocumentHasAPlaceForTheTable() throws Exception {
        assertThat(Files.readString(Path.of("../docs/benchmarks.md")))
                .contains("<!-- begin scheduler -->\n", "<!-- end scheduler -->\n");
    }

    @Test
    void nodePackagesAreNamedWithoutWhereTheyComeFrom() throws Exception {
        try (var in = Objects.requireNonNull(getClass().getResourceAsStream("/node/package.json"))) {
            assertThat(new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8))
                    .doesNotContain("http")
                    .doesNotContain("resolved");
        }
    }
}
