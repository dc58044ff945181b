package dev.lethe.requests.access.report;

import dev.lethe.requests.access.storage.Content;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;

/**
 * The ZIP that a person gets: the page, a list of all files with their sums, and each source's files in a folder of its name. All of it is
 * compressed already. Names are ours and the configuration's, never the data's: no path can lead out of the archive.
 */
final class Archive implements AutoCloseable {

    static final String PAGE = "index.html";

    /** What the report says of itself. */
    record Origin(UUID requestId, Instant madeAt, String regulation, Texts texts) {}

    private final Origin origin;
    private final Spool spool;
    private final List<PackedFile> files = new ArrayList<>();

    Archive(Origin origin, List<Section> sections, WorkSpace space) throws IOException {
        this.origin = origin;
        this.spool = space.spool();
        try {
            PackedFile page = add(PAGE, "text/html", new Page(origin, sections)::writeTo);
            add("manifest.json", "application/json", out -> Manifest.write(out, origin, page, sections));
        } catch (IOException | RuntimeException e) {
            spool.close();
            throw e;
        }
        for (Section section : sections) {
            files.addAll(section.files());
            section.documents().forEach(document -> files.add(document.file()));
        }
    }

    private PackedFile add(String name, String mediaType, Content content) throws IOException {
        try (var file = new PackedFile(name, mediaType, spool, new Allowance(Long.MAX_VALUE))) {
            content.writeTo(file);
            file.end();
            files.add(file);
            return file;
        }
    }

    /** May be called again. Leaves {@code out} open. */
    void writeTo(OutputStream out) throws IOException {
        var zip = new ZipArchiveOutputStream(out);
        for (PackedFile file : files) {
            var entry = new ZipArchiveEntry(file.name());
            entry.setMethod(ZipArchiveEntry.DEFLATED);
            entry.setTime(origin.madeAt().toEpochMilli());
            entry.setSize(file.bytes());
            entry.setCompressedSize(file.compressedBytes());
            entry.setCrc(file.crc());
            try (InputStream compressed = file.compressed()) {
                zip.addRawArchiveEntry(entry, compressed);
            }
        }
        zip.finish();
        zip.flush();
    }

    @Override
    public void close() throws IOException {
        spool.close();
    }
}
