package dev.lethe.benchmarks.access;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What is in a report that was opened, read from first to last and held against its own manifest.
 *
 * @param records of each source
 * @param jsonBytes of all records as JSON Lines, uncompressed
 * @param csvBytes the same as CSV
 * @param allBytes of all files that the manifest lists
 */
record ReportFile(Map<String, Long> records, long jsonBytes, long csvBytes, long allBytes) {

    private static final String MANIFEST = "manifest.json";
    private static final String JSON_LINES = "/records.jsonl";
    private static final int AT_ONCE = 1 << 16;

    /** @throws IllegalStateException if it is not what its manifest says; tells which file, nothing of its content */
    static ReportFile open(Path file) throws IOException {
        try (var zip = new ZipFile(file.toFile())) {
            JsonNode manifest = manifest(zip);
            JsonNode files = manifest.path("files");
            if (files.isEmpty() || files.size() != zip.size() - 1) {
                throw new IllegalStateException(
                        "a report of %d files whose manifest lists %d".formatted(zip.size(), files.size()));
            }
            var lines = new TreeMap<String, Long>();
            long json = 0;
            long csv = 0;
            long all = 0;
            for (JsonNode listed : files) {
                String name = listed.path("file").asString();
                Content content = read(zip, name);
                if (!content.sha256.equals(listed.path("sha256").asString())) {
                    throw new IllegalStateException("the sum of %s is not that of the manifest".formatted(name));
                }
                all += content.bytes;
                if (name.endsWith(JSON_LINES)) {
                    json += content.bytes;
                    lines.put(name.substring(0, name.length() - JSON_LINES.length()), content.lines);
                } else if (name.endsWith(".csv")) {
                    csv += content.bytes;
                }
            }
            Map<String, Long> records = records(manifest);
            if (!lines.equals(records)) {
                throw new IllegalStateException(
                        "the manifest counts %s records, the files %s".formatted(records, lines));
            }
            return new ReportFile(records, json, csv, all);
        }
    }

    private static JsonNode manifest(ZipFile zip) throws IOException {
        try (InputStream in = open(zip, MANIFEST)) {
            return new JsonMapper().readTree(in);
        }
    }

    private static Map<String, Long> records(JsonNode manifest) {
        var records = new TreeMap<String, Long>();
        for (JsonNode source : manifest.path("sources")) {
            records.put(source.path("name").asString(), source.path("records").asLong(-1));
        }
        return records;
    }

    private static InputStream open(ZipFile zip, String name) throws IOException {
        ZipEntry entry = zip.getEntry(name);
        if (entry == null) {
            throw new IllegalStateException("%s is not in a report".formatted(name));
        }
        return zip.getInputStream(entry);
    }

    private record Content(long bytes, long lines, String sha256) {}

    private static Content read(ZipFile zip, String name) throws IOException {
        try (var in = new DigestInputStream(open(zip, name), sha256())) {
            long bytes = 0;
            long lines = 0;
            var some = new byte[AT_ONCE];
            for (int n = in.read(some); n >= 0; n = in.read(some)) {
                bytes += n;
                for (int i = 0; i < n; i++) {
                    if (some[i] == '\n') {
                        lines++;
                    }
                }
            }
            return new Content(
                    bytes, lines, HexFormat.of().formatHex(in.getMessageDigest().digest()));
        }
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
