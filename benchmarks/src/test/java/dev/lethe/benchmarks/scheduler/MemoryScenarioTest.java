package dev.lethe.benchmarks.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MemoryScenarioTest {

    @Test
    void youngAndOldGenerationCountTogetherAndClassesDoNot() {
        var heap = MemoryScenario.heap("""
                4711:
                 DefNew     total 79616K, used 10240K [0x00000000f0000000, 0x00000000f5660000, 0x00000000f5660000)
                  eden space 70784K,  14% used [0x00000000f0000000, 0x00000000f0a00000, 0x00000000f4520000)
                 Tenured    total 174784K, used 20480K [0x00000000f5660000, 0x0000000100110000, 0x0000000100110000)
                   the  space 174784K,  11% used [0x00000000f5660000, 0x00000000f6a60000, 0x0000000100110000)
                 Metaspace       used 90112K, committed 91136K, reserved 1114112K
                  class space    used 11264K, committed 11776K, reserved 1048576K
                """);

        assertThat(heap.committed()).isEqualTo((79_616 + 174_784) / 1_024.0);
        assertThat(heap.used()).isEqualTo(30);
    }

    @Test
    void ofReservedMemoryOnlyWhatIsCommittedCounts() {
        var heap = MemoryScenario.heap("""
                 garbage-first heap   total reserved 262144K, committed 131072K, used 51200K [0x00000000f0000000, 0x0000000100000000)
                  region size 1024K, 20 young (20480K), 4 survivors (4096K)
                 Metaspace       used 90112K, committed 91136K, reserved 1114112K
                """);

        assertThat(heap.committed()).isEqualTo(128);
        assertThat(heap.used()).isEqualTo(50);
    }
}
