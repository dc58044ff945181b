package dev.lethe.benchmarks.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BodiesTest {

    @Test
    void aBodySaysWhenItWasDueAndWhichItIs() {
        byte[] body = Bodies.of(1_795_000_000_123_456L, 99_999);

        assertThat(body).hasSize(300);
        assertThat(Bodies.dueMicros(body)).isEqualTo(1_795_000_000_123_456L);
        assertThat(Bodies.number(body)).isEqualTo(99_999);
    }

    @Test
    void anIdSaysWhichItIs() {
        assertThat(Bodies.id(99_999)).startsWith(Bodies.ID_PREFIX);
        assertThat(Bodies.number(Bodies.id(99_999))).isEqualTo(99_999);
    }
}
