package dev.lethe.requests.access.report;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The records of a source that the page shows: the first ones. A page of a hundred thousand rows helps nobody, and most browsers fail at it. */
final class PageRows implements AutoCloseable {

    static final int MOST_ROWS = 1_000;
    static final int MOST_COLUMNS = 60;
    static final int LONGEST_TEXT = 500;
    private static final int MOST_BYTES = 1 << 20;

    /** Of these lengths on a text gets room for a few words in each line; up to these it is kept in one. */
    private static final int LONG = 80;

    private static final int SHORT = 24;

    private static final String CELL = "<td dir=\"auto\">";
    private static final String LONG_CELL = "<td class=\"l\" dir=\"auto\">";
    private static final String SHORT_CELL = "<td class=\"s\" dir=\"auto\">";

    private final Spool rows;
    private final Html html = new Html();
    private final List<@Nullable Object> first = new ArrayList<>();
    private int count;
    private boolean cut;

    PageRows(WorkSpace space) {
        this.rows = space.spool();
    }

    boolean isFull() {
        return count >= MOST_ROWS || rows.size() >= MOST_BYTES;
    }

    void row(@Nullable Object[] cells, Columns columns) throws IOException {
        int shown = shownOf(columns);
        if (count == 0) {
            for (int i = 0; i < shown; i++) {
                first.add(shortened(cells[i]));
            }
        }
        html.tags("<tr>");
        for (int i = 0; i < shown; i++) {
            cut |= !cell(html, cells[i]);
        }
        html.tags("</tr>\n");
        html.writeTo(rows);
        count++;
    }

    static int shownOf(Columns columns) {
        return Math.min(columns.count(), MOST_COLUMNS);
    }

    int count() {
        return count;
    }

    /** The one record, if there is but one: it reads better from top to bottom. */
    Object @Nullable [] onlyOne() {
        return count == 1 ? first.toArray() : null;
    }

    void writeTo(OutputStream out) throws IOException {
        try (var all = rows.read(0, rows.size())) {
            all.transferTo(out);
        }
    }

    /** True if some texts are longer than they are shown. */
    boolean hasCut() {
        return cut;
    }

    /** Returns whether all of the value is in it. */
    static boolean cell(Html html, @Nullable Object value) {
        switch (value) {
            case null -> html.tags("<td></td>");
            case Number number ->
                html.tags("<td class=\"n\">").text(number.toString()).tags("</td>");
            default -> {
                String text = text(value);
                html.tags(text.length() > LONG ? LONG_CELL : text.length() > SHORT ? CELL : SHORT_CELL);
                if (text.length() > LONGEST_TEXT) {
                    html.text(text, LONGEST_TEXT).tags(" <b>&hellip;</b></td>");
                    return false;
                }
                html.text(text).tags("</td>");
            }
        }
        return true;
    }

    /** Enough of it to be shown; the whole of a large one is not kept. */
    private static @Nullable Object shortened(@Nullable Object value) {
        if (value == null || value instanceof Number) {
            return value;
        }
        String text = text(value);
        return text.length() > LONGEST_TEXT + 1 ? text.substring(0, LONGEST_TEXT + 1) : text;
    }

    private static String text(Object value) {
        return value instanceof Map<?, ?> || value instanceof Collection<?> ? JsonText.of(value) : value.toString();
    }

    @Override
    public void close() throws IOException {
        rows.close();
    }
}
