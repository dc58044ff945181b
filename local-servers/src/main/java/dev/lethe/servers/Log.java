package dev.lethe.servers;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a program wrote, to be shown when it fails. */
record Log(Path file) {
    private static final int TAIL_BYTES = 4_000;

    long size() throws IOException {
        return Files.exists(file) ? Files.size(file) : 0;
    }

    /** A paragraph with the last of what was written after this point; empty if there is no file. */
    String tail(long from) {
        if (!Files.exists(file)) {
            return "";
        }
        try (RandomAccessFile content = new RandomAccessFile(file.toFile(), "r")) {
            long begin = Math.max(from, content.length() - TAIL_BYTES);
            byte[] bytes = new byte[(int) (content.length() - begin)];
            content.seek(begin);
            content.readFully(bytes);
            return "\nIts log, " + file + ", ends:\n"
                    + new String(bytes, UTF_8).strip().indent(2);
        } catch (IOException e) {
            return "\nIts log, " + file + ", cannot be read: " + e.getMessage();
        }
    }
}
