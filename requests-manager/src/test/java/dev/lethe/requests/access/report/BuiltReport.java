package dev.lethe.requests.access.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lethe.messages.Subject;
import dev.lethe.requests.access.source.Source;
import dev.lethe.requests.access.source.SourceFailure;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A report as its reader has it: the files of the archive in their order. */
record BuiltReport(byte[] zip, Map<String, byte[]> files) {

    static final Subject PERSON = new Subject("lovelace", null);
    static final UUID REQUEST = UUID.fromString("0b5e1f9e-6a5c-4a52-9f0e-0d9d7f3f3a11");
    static final Instant MADE_AT = Instant.parse("2027-02-03T04:05:06Z");

    private static final long MOST_BYTES = 1 << 30;

    static Gatherer gatherer() {
        return gatherer(Duration.ofMinutes(1), MOST_BYTES);
    }

    static Gatherer gatherer(Duration within, long mostBytes) {
        return new Gatherer(
                new WorkSpace(Path.of(System.getProperty("java.io.tmpdir"))),
                within,
                mostBytes,
                new SimpleMeterRegistry());
    }

    static BuiltReport of(Source... sources) throws SourceFailure, IOException, InterruptedException {
        return of(PERSON, null, sources);
    }

    static BuiltReport of(Subject subject, @Nullable String locale, Source... sources)
            throws SourceFailure, IOException, InterruptedException {
        var out = new ByteArrayOutputStream();
        Gatherer gatherer = gatherer();
        try (var sections = gatherer.gather(List.of(sources), subject);
                var archive = new Archive(
                        new Archive.Origin(REQUEST, MADE_AT, "gdpr", Texts.of(locale)),
                        sections.inOrder(),
                        gatherer.space())) {
            archive.writeTo(out);
        }
        return new BuiltReport(out.toByteArray(), unzipped(out.toByteArray()));
    }

    private static Map<String, byte[]> unzipped(byte[] zip) throws IOException {
        var files = new LinkedHashMap<String, byte[]>();
        try (var entries = new ZipInputStream(new ByteArrayInputStream(zip))) {
            for (ZipEntry entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
                files.put(entry.getName(), entries.readAllBytes());
            }
        }
        return files;
    }

    String text(String file) {
        return new String(files.get(file), UTF_8);
    }

    String page() {
        return text("index.html");
    }

    /** Without the byte order mark, in lines. */
    List<String> csv(String source) {
        return List.of(text(source + "/records.csv").substring(1).split("\r\n"));
    }

    List<JsonNode> records(String source) {
        return text(source + "/records.jsonl")
                .lines()
                .map(line -> new JsonMapper().readTree(line))
                .toList();
    }

    JsonNode manifest() {
        return new JsonMapper().readTree(files.get("manifest.json"));
    }
}
