package dev.lethe.benchmarks.report;

import java.util.ArrayList;
import java.util.List;

/** Rows under a heading, for the console and for Markdown: the same text serves both. */
public final class Table {

    private final List<List<String>> rows = new ArrayList<>();

    public Table(String... heading) {
        rows.add(List.of(heading));
    }

    /** @throws IllegalArgumentException if it has not as many cells as the heading */
    public Table row(String... cells) {
        if (cells.length != rows.getFirst().size()) {
            throw new IllegalArgumentException("a row of %d cells in a table of %d"
                    .formatted(cells.length, rows.getFirst().size()));
        }
        rows.add(List.of(cells));
        return this;
    }

    /** The figures with what they should reach. */
    public static Table of(List<Figure> figures) {
        var table = new Table("figure", "measured", "unit", "target", "", "lowest and highest run");
        for (Figure figure : figures) {
            table.row(
                    figure.name(),
                    Numbers.plain(figure.value()),
                    figure.unit(),
                    figure.target() == null ? "" : figure.target().toString(),
                    figure.ok() == null ? "" : figure.ok() ? "ok" : "**missed**",
                    figure.runs().size() < 2
                            ? ""
                            : "%s – %s (%d runs)"
                                    .formatted(
                                            Numbers.plain(Runs.min(figure.runs())),
                                            Numbers.plain(Runs.max(figure.runs())),
                                            figure.runs().size()));
        }
        return table;
    }

    /** A Markdown table whose columns stand under each other, without a line break at the end. */
    public String markdown() {
        int columns = rows.getFirst().size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(Math.max(3, widths[i]), escaped(row.get(i)).length());
            }
        }
        var text = new StringBuilder();
        for (int n = 0; n < rows.size(); n++) {
            append(text, rows.get(n), widths);
            if (n == 0) {
                for (int width : widths) {
                    text.append("| ").append("-".repeat(width)).append(' ');
                }
                text.append("|\n");
            }
        }
        return text.toString().stripTrailing();
    }

    private static void append(StringBuilder text, List<String> row, int[] widths) {
        for (int i = 0; i < row.size(); i++) {
            String cell = escaped(row.get(i));
            text.append("| ").append(cell).repeat(' ', widths[i] - cell.length() + 1);
        }
        text.append("|\n");
    }

    private static String escaped(String cell) {
        return cell.replace("|", "\\|").replace("\n", " ");
    }
}
