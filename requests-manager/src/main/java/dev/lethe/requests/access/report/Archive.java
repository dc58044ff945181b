package dev.lethe.requests.access.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/** The ZIP that a person gets: a page, one JSON file for each source, and a manifest of all with their SHA-256 sums. */
final class Archive {

    private static final JsonMapper MANIFEST_JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .changeDefaultPropertyInclusion(
                    ignored -> JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL))
            .build();

    private record Entry(
            String file, String sha256, @Nullable Long records) {}

    private record Manifest(String requestId, String madeAt, List<Entry> files) {}

    /** Writes one entry of the archive. */
    @FunctionalInterface
    private interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    private Archive() {}

    static void write(OutputStream out, UUID requestId, Instant madeAt, List<Section> sections) throws IOException {
        var zip = new ZipOutputStream(out, StandardCharsets.UTF_8);
        var entries = new ArrayList<Entry>();
        entries.add(add(zip, "index.html", null, content -> {
            Writer page = new OutputStreamWriter(content, StandardCharsets.UTF_8);
            Html.page(page, madeAt.toString(), requestId.toString(), sections);
            page.flush();
        }));
        for (Section section : sections) {
            // Names are the configured ones, never the data's: no path can lead out of the archive
            entries.add(add(
                    zip,
                    section.source().about().name() + ".json",
                    section.count(),
                    content -> Files.copy(section.json(), content)));
        }
        byte[] manifest = MANIFEST_JSON
                .writerWithDefaultPrettyPrinter()
                .writeValueAsBytes(new Manifest(requestId.toString(), madeAt.toString(), entries));
        add(zip, "manifest.json", null, content -> content.write(manifest));
        zip.finish();
    }

    private static Entry add(ZipOutputStream zip, String name, @Nullable Long records, Content content)
            throws IOException {
        MessageDigest sha256;
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
        zip.putNextEntry(new ZipEntry(name));
        content.writeTo(new DigestOutputStream(zip, sha256));
        zip.closeEntry();
        return new Entry(name, HexFormat.of().formatHex(sha256.digest()), records);
    }
}
