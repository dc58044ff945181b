package dev.lethe.requests.access.report;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A line of CSV (RFC 4180, UTF-8) as spreadsheets take it. Text that one of them would run as a formula gets an apostrophe before it, as
 * OWASP advises ("CSV Injection"); so does what would begin a cell for a program that parts cells at semicolons or tabs, as spreadsheets
 * do in half of Europe. Numbers are left as they are. Nothing is lost: JSON Lines beside it has the text unchanged.
 */
final class CsvText {

    private static final int USUAL = 4 << 10;
    private static final int LARGEST_KEPT = 1 << 20;
    private static final char NO_BREAK_SPACE = '\u00a0';

    /** What has no meaning in a table: nearly every character of nearly every text. */
    private static final boolean[] PLAIN = new boolean[0x80];

    static {
        for (char c = ' '; c < 0x7f; c++) {
            PLAIN[c] = c != ',' && c != '"' && c != ';';
        }
    }

    private byte[] bytes = new byte[USUAL];
    private int length;

    void separator() {
        room(1);
        bytes[length++] = ',';
    }

    void endOfLine() {
        room(2);
        bytes[length++] = '\r';
        bytes[length++] = '\n';
    }

    /** Nothing for null, and {@code ""} for text that is empty. */
    void cell(@Nullable Object value) {
        switch (value) {
            case null -> {}
            case String text -> text(text, true);
            case Number number -> text(number.toString(), false);
            case Boolean truth -> text(truth.toString(), false);
            case Map<?, ?> nested -> text(JsonText.of(nested), true);
            case Collection<?> nested -> text(JsonText.of(nested), true);
            default -> text(value.toString(), true);
        }
    }

    /** Writes what is there and begins anew. */
    void writeTo(OutputStream out) throws IOException {
        out.write(bytes, 0, length);
        length = 0;
        if (bytes.length > LARGEST_KEPT) {
            bytes = new byte[USUAL];
        }
    }

    private void text(String text, boolean mayBeFormula) {
        boolean quoted = needsQuotes(text);
        // In UTF-8 a char has three bytes at most; an apostrophe or a second quote comes with a char that has one
        room(3L * text.length() + 4);
        if (quoted) {
            bytes[length++] = '"';
        }
        boolean atBeginning = mayBeFormula;
        if (mayBeFormula && !text.isEmpty() && isSkipped(text.charAt(0))) {
            bytes[length++] = '\'';
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!atBeginning && c < PLAIN.length && PLAIN[c]) {
                bytes[length++] = (byte) c;
                continue;
            }
            if (atBeginning) {
                if (startsFormula(c)) {
                    bytes[length++] = '\'';
                }
                atBeginning = isBlank(c);
            }
            if (c == '"') {
                bytes[length++] = '"';
            }
            i = encode(text, i);
            if (mayBeFormula && partsCells(c)) {
                atBeginning = true;
            }
        }
        if (quoted) {
            bytes[length++] = '"';
        }
    }

    private static boolean needsQuotes(String text) {
        if (text.isEmpty() || text.charAt(0) == ' ' || text.charAt(text.length() - 1) == ' ') {
            return true;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < PLAIN.length && !PLAIN[c] && (c == ',' || c == '"' || partsCells(c))) {
                return true;
            }
        }
        return false;
    }

    private static boolean partsCells(char c) {
        return c == ';' || c == '\t' || c == '\r' || c == '\n';
    }

    /** At the beginning of a cell some programs leave these out, and then see what comes after. */
    private static boolean isSkipped(char c) {
        return c == '\t' || c == '\r' || c == '\n';
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == NO_BREAK_SPACE || Character.isSpaceChar(c) || c == '\u200b' || c == '\ufeff';
    }

    /** The full-width ones too: some spreadsheets take them for the others. */
    private static boolean startsFormula(char c) {
        return switch (c) {
            case '=', '+', '-', '@', '\uff1d', '\uff0b', '\uff0d', '\uff20' -> true;
            default -> false;
        };
    }

    /** Returns the index of the last char that was taken. Control characters, which no spreadsheet shows, are replaced. */
    private int encode(String text, int at) {
        char c = text.charAt(at);
        if (c < 0x80) {
            if (c >= ' ' && c != 0x7f || c == '\t' || c == '\r' || c == '\n') {
                bytes[length++] = (byte) c;
            } else {
                multi('\ufffd');
            }
        } else if (c < 0x800) {
            bytes[length++] = (byte) (0xc0 | c >> 6);
            bytes[length++] = (byte) (0x80 | c & 0x3f);
        } else if (!Character.isSurrogate(c)) {
            multi(c);
        } else if (Character.isHighSurrogate(c)
                && at + 1 < text.length()
                && Character.isLowSurrogate(text.charAt(at + 1))) {
            int point = Character.toCodePoint(c, text.charAt(at + 1));
            bytes[length++] = (byte) (0xf0 | point >> 18);
            bytes[length++] = (byte) (0x80 | point >> 12 & 0x3f);
            bytes[length++] = (byte) (0x80 | point >> 6 & 0x3f);
            bytes[length++] = (byte) (0x80 | point & 0x3f);
            return at + 1;
        } else {
            multi('\ufffd');
        }
        return at;
    }

    private void multi(char c) {
        bytes[length++] = (byte) (0xe0 | c >> 12);
        bytes[length++] = (byte) (0x80 | c >> 6 & 0x3f);
        bytes[length++] = (byte) (0x80 | c & 0x3f);
    }

    private void room(long wanted) {
        if (length + wanted > bytes.length) {
            long larger = Math.max(length + wanted, 2L * bytes.length);
            if (length + wanted > Integer.MAX_VALUE - 16) {
                throw new IllegalArgumentException("a record is too large for a line");
            }
            bytes = Arrays.copyOf(bytes, (int) Math.min(larger, Integer.MAX_VALUE - 16));
        }
    }
}
