package dev.lethe.benchmarks.access;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MetricsTest {

    private static final Metrics METRICS = Metrics.read("""
            # HELP jvm_memory_used_bytes The amount of used memory
            # TYPE jvm_memory_used_bytes gauge
            jvm_memory_used_bytes{area="heap",id="Eden Space"} 1.5E7
            jvm_memory_used_bytes{area="heap",id="Tenured Gen"} 2.0E7
            jvm_memory_used_bytes{area="nonheap",id="Metaspace"} 9.0E7
            jvm_memory_used_bytes_of_somebody_else{area="heap"} 1.0
            lethe_mutex_unavailable_total 3.0
            """);

    @Test
    void allPartsOfTheHeapCountTogetherAndNothingElse() {
        assertThat(METRICS.sum("jvm_memory_used_bytes", "area=\"heap\"")).isEqualTo(3.5e7);
    }

    @Test
    void aMetricWithoutLabelsIsFound() {
        assertThat(METRICS.sum("lethe_mutex_unavailable_total")).isEqualTo(3);
    }

    @Test
    void whatIsNotThereIsNothing() {
        assertThat(METRICS.sum("lethe_mutex")).isZero();
    }
}
