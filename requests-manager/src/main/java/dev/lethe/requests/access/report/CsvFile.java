package dev.lethe.requests.access.report;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The records of a source as a table for spreadsheets. Its head is written before the first record; if later records have more columns,
 * the file is written anew when it ends, so that every line has as many cells as the head.
 */
final class CsvFile implements AutoCloseable {

    /** Tells spreadsheets that this is UTF-8. */
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

    /** From which line on there were so many columns. */
    private record Width(long line, int columns) {}

    private final String name;
    private final WorkSpace space;
    private final Allowance allowance;
    private final CsvText text = new CsvText();
    private final List<Width> widths = new ArrayList<>();
    private Spool spool;
    private PackedFile file;
    private long lines;
    private int width;

    CsvFile(String name, WorkSpace space, Allowance allowance) {
        this.name = name;
        this.space = space;
        this.allowance = allowance;
        this.spool = space.spool();
        this.file = packed(spool);
    }

    private PackedFile packed(Spool spool) {
        return new PackedFile(name, "text/csv; charset=utf-8; header=present", spool, allowance);
    }

    void line(@Nullable Object[] cells, Columns columns) throws IOException {
        if (lines == 0) {
            head(columns);
        }
        if (columns.count() != width) {
            width = columns.count();
            widths.add(new Width(lines, width));
        }
        for (int i = 0; i < width; i++) {
            if (i > 0) {
                text.separator();
            }
            text.cell(cells[i]);
        }
        text.endOfLine();
        text.writeTo(file);
        lines++;
    }

    private void head(Columns columns) throws IOException {
        file.write(BYTE_ORDER_MARK);
        for (int i = 0; i < columns.count(); i++) {
            if (i > 0) {
                text.separator();
            }
            text.cell(columns.name(i));
        }
        text.endOfLine();
        text.writeTo(file);
    }

    PackedFile end(Columns columns) throws IOException {
        file.end();
        if (widths.size() > 1) {
            widen(columns);
        }
        return file;
    }

    private void widen(Columns columns) throws IOException {
        PackedFile narrow = file;
        try (Spool old = spool;
                InputStream written = narrow.plain()) {
            spool = space.spool();
            file = packed(spool);
            head(columns);
            copyWidened(written);
            file.end();
        }
        allowance.giveBack(narrow.bytes());
    }

    /** A line ends at a line feed that is not between quotes; what it lacks is put before its end. */
    private void copyWidened(InputStream written) throws IOException {
        byte[] block = new byte[PackedFile.BLOCK];
        boolean quoted = false;
        long line = -1; // The old head, which is left out
        int place = 0;
        int some;
        while ((some = written.read(block)) > 0) {
            int from = line < 0 ? some : 0;
            for (int i = 0; i < some; i++) {
                if (block[i] == '"') {
                    quoted = !quoted;
                } else if (!quoted && block[i] == '\r') {
                    if (line >= 0) {
                        file.write(block, from, i - from);
                        while (place + 1 < widths.size()
                                && widths.get(place + 1).line() <= line) {
                            place++;
                        }
                        for (int missing = width - widths.get(place).columns(); missing > 0; missing--) {
                            file.write(',');
                        }
                        from = i;
                    } else {
                        from = i + 2; // Behind its line feed, which may be in the next block
                    }
                    line++;
                }
            }
            if (line >= 0) {
                if (from <= some) {
                    file.write(block, from, some - from);
                } else {
                    written.skipNBytes(from - some);
                }
            }
        }
    }

    @Override
    public void close() throws IOException {
        try (Spool closing = spool) {
            file.close();
        }
    }
}
