package dev.lethe.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class TableTest {

    @Test
    void figuresStandWithTheirTargets() {
        Table table = Table.of(List.of(
                Figure.of("drain.ours", "msg/s", Target.atLeast(30_000), List.of(41_000.0, 40_000.0, 45_000.0)),
                Figure.of("lateness.1000.p99", "ms", Target.atMost(6), 7.256),
                Figure.of("intake", "msg/s", Target.atLeast(15_000), Double.NaN)));

        assertThat(table.markdown()).isEqualTo("""
                | figure            | measured | unit  | target   |            | lowest and highest run   |
                | ----------------- | -------- | ----- | -------- | ---------- | ------------------------ |
                | drain.ours        | 41,000   | msg/s | ≥ 30,000 | ok         | 40,000 – 45,000 (3 runs) |
                | lateness.1000.p99 | 7.26     | ms    | ≤ 6      | **missed** |                          |
                | intake            | –        | msg/s | ≥ 15,000 | **missed** |                          |""");
    }

    @Test
    void aCellCannotBreakTheTable() {
        assertThat(new Table("who", "why").row("a", "one | two\nthree").markdown())
                .endsWith("| a   | one \\| two three |");
    }

    @Test
    void aRowHasAsManyCellsAsTheHeading() {
        assertThatThrownBy(() -> new Table("one", "two").row("a")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void onlyWhatStandsBetweenTheMarksIsReplaced() {
        String document = "before\n<!-- begin x -->\nold\n<!-- end x -->\nafter\n";

        assertThat(Document.replaced(document, "x", "new\n"))
                .isEqualTo("before\n<!-- begin x -->\nnew\n<!-- end x -->\nafter\n");
    }

    @Test
    void aDocumentWithoutMarksIsNotTouched() {
        assertThatThrownBy(() -> Document.replaced("text\n", "x", "new")).hasMessageContaining("<!-- begin x -->");
    }
}
