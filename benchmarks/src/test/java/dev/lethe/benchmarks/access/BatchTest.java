package dev.lethe.benchmarks.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.benchmarks.access.RequestsManager.Costs;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatchTest {

    @Test
    void idsAreInTheOrderOfTheirNumbersAndThoseOfTwoBatchesApart() {
        // PostgreSQL sorts UUIDs as it sorts their text
        List<String> ids = List.of(
                Batch.id(1, 0).toString(),
                Batch.id(1, 9).toString(),
                Batch.id(1, 10).toString(),
                Batch.id(1, 999_999).toString(),
                Batch.id(2, 0).toString(),
                Batch.id(10, 0).toString());

        assertThat(ids).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void idsAreRandomOnesAsFarAsAnybodyCanTell() {
        assertThat(Batch.id(3, 4).version()).isEqualTo(4);
        assertThat(Batch.id(3, 4).variant()).isEqualTo(2);
    }

    @Test
    void aRateIsReportsByTheTimeOfAllOfThem() {
        var result = new Batch.Result(300, 2, 10, 20, 300, new Costs(1, 1, 1));

        assertThat(result.perSecond()).isEqualTo(150);
    }

    @Test
    void costsAreWhatWasUsedSince() {
        Costs since = new Costs(5, 4, 3).since(new Costs(1, 1, 1)).times(10);

        assertThat(since).isEqualTo(new Costs(40, 30, 20));
    }

    @Test
    void theMutexCostsWhatAReportTakesLongerWithIt() {
        assertThat(MutexScenario.cost(List.of(100.0, 200.0), List.of(125.0, 100.0)))
                .containsExactly(2.0, -5.0);
    }
}
