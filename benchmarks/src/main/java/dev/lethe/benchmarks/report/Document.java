package dev.lethe.benchmarks.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A document of which one part is written by a benchmark; all else is people's. */
public final class Document {

    private Document() {}

    /**
     * Replaces what stands between {@code <!-- begin NAME -->} and {@code <!-- end NAME -->}.
     *
     * @throws IllegalStateException if the document has no such marks
     */
    public static void replace(Path document, String name, String text) throws IOException {
        Files.writeString(document, replaced(Files.readString(document), name, text));
    }

    static String replaced(String document, String name, String text) {
        String begin = "<!-- begin " + name + " -->\n";
        String end = "<!-- end " + name + " -->";
        int from = document.indexOf(begin);
        int to = document.indexOf(end, Math.max(from, 0));
        if (from < 0 || to < 0) {
            throw new IllegalStateException("the document has no lines '%s' and '%s'; put them where the table belongs"
                    .formatted(begin.strip(), end));
        }
        return document.substring(0, from + begin.length()) + text.stripTrailing() + "\n" + document.substring(to);
    }
}
