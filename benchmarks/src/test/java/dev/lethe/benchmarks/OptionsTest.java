package dev.lethe.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OptionsTest {

    private static Options of(String... words) {
        return new Options(List.of(words), Set.of("--quick"), Set.of("--rows"));
    }

    @Test
    void flagsAndValuesAreTold() {
        Options options = of("--quick", "--rows", "50");

        assertThat(options.has("--quick")).isTrue();
        assertThat(options.whole("--rows", 1, 100)).contains(50);
        assertThat(of().whole("--rows", 1, 100)).isEmpty();
    }

    @Test
    void whatIsNotKnownIsRefusedByName() {
        assertThatThrownBy(() -> of("--quik")).isInstanceOf(WrongUse.class).hasMessageContaining("--quik");
        assertThatThrownBy(() -> of("--rows")).isInstanceOf(WrongUse.class).hasMessageContaining("--rows");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "101", "many", "1.5", "NaN"})
    void aNumberIsAWholeOneInRange(String number) {
        assertThatThrownBy(() -> of("--rows", number).whole("--rows", 1, 100))
                .isInstanceOf(WrongUse.class)
                .hasMessageContaining("--rows");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "schedule"})
    void aBenchmarkThatDoesNotExistIsWrongUse(String name) {
        assertThat(Bench.run(name.isEmpty() ? List.of() : List.of(name))).isEqualTo(2);
    }

    @Test
    void aPartThatDoesNotExistIsWrongUse() {
        assertThat(Bench.run(List.of("scheduler", "--only", "drein"))).isEqualTo(2);
        assertThat(Bench.run(List.of("access", "--only", "smal"))).isEqualTo(2);
    }
}
