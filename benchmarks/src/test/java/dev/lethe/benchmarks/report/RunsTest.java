package dev.lethe.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RunsTest {

    @Test
    void theMedianIsTheOneInTheMiddleWhateverTheOrder() {
        assertThat(Runs.median(List.of(9.0, 1.0, 5.0))).isEqualTo(5.0);
    }

    @Test
    void theMedianOfAnEvenNumberLiesBetweenTheTwoInTheMiddle() {
        assertThat(Runs.median(List.of(4.0, 1.0, 100.0, 2.0))).isEqualTo(3.0);
    }

    @Test
    void nothingMeasuredIsNotANumber() {
        assertThat(Runs.median(List.of())).isNaN();
        assertThat(Runs.min(List.of())).isNaN();
        assertThat(Runs.max(List.of())).isNaN();
        assertThat(Runs.percentile(new double[0], 0.5)).isNaN();
    }

    @Test
    void aPercentileIsAValueThatWasMeasured() {
        double[] hundred = IntStream.rangeClosed(1, 100).asDoubleStream().toArray();

        assertThat(Runs.percentile(hundred, 0)).isEqualTo(1);
        assertThat(Runs.percentile(hundred, 0.5)).isEqualTo(50);
        assertThat(Runs.percentile(hundred, 0.99)).isEqualTo(99);
        assertThat(Runs.percentile(hundred, 0.995)).isEqualTo(100);
        assertThat(Runs.percentile(hundred, 1)).isEqualTo(100);
        assertThat(Runs.percentile(new double[] {7}, 0.99)).isEqualTo(7);
    }
}
