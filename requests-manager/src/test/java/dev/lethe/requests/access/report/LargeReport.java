package dev.lethe.requests.access.report;

import static dev.lethe.requests.access.report.PackageTest.record;

import dev.lethe.requests.access.source.Records;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.ZipFile;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Makes a report of a million records and reads it again, in a JVM of its own with as little memory as it is started with. */
final class LargeReport {

    static final int RECORDS = 1_000_000;
    private static final int DIFFERENT = 5_000;

    public static void main(String[] folder) throws Exception {
        List<Map<String, Object>> made = made();
        GivenSource visits = GivenSource.named("visits", (subject, records) -> give(made, records));
        Gatherer gatherer = new Gatherer(
                new WorkSpace(Path.of(folder[0])),
                Duration.ofMinutes(5),
                10L << 30,
                new io.micrometer.core.instrument.simple.SimpleMeterRegistry());
        Path zip = Path.of(folder[0], "report.zip");
        long begun = System.nanoTime();
        try (var sections = gatherer.gather(List.of(visits), BuiltReport.PERSON);
                var archive = new Archive(
                        new Archive.Origin(BuiltReport.REQUEST, BuiltReport.MADE_AT, "gdpr", Texts.of(null)),
                        sections.inOrder(),
                        gatherer.space());
                OutputStream out = new BufferedOutputStream(Files.newOutputStream(zip), 1 << 16)) {
            archive.writeTo(out);
        }
        double seconds = (System.nanoTime() - begun) / 1e9;
        Duration processor = ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
        long bytes = check(zip);
        System.out.printf(
                Locale.ROOT,
                "%,d records, %,d bytes before and %,d after compression, in %.1f s: %.0f MB/s, %.1f s of processors, %s%n",
                RECORDS,
                bytes,
                Files.size(zip),
                seconds,
                bytes / 1e6 / seconds,
                processor.toMillis() / 1e3,
                peak());
    }

    private static List<Map<String, Object>> made() {
        var random = new SplittableRandom(1);
        return IntStream.range(0, DIFFERENT)
                .mapToObj(i -> record(
                        "at", "2026-%02d-%02dT%02d:%02d:00Z".formatted(1 + i % 12, 1 + i % 28, i % 24, i % 60),
                        "ip", "192.0.%d.%d".formatted(random.nextInt(256), random.nextInt(256)),
                        "session", HexFormat.of().toHexDigits(random.nextLong()),
                        "paid", BigDecimal.valueOf(random.nextInt(100_000), 2),
                        "page", "https://shop.example/articles/" + random.nextInt(10_000),
                        "note", words(random)))
                .toList();
    }

    private static String words(SplittableRandom random) {
        return random.ints(70, 0, 300)
                        .mapToObj(word -> Integer.toString(word * word, 36))
                        .collect(Collectors.joining(" "))
                + ", and \"" + "x".repeat(random.nextInt(260)) + "\"";
    }

    private static void give(List<Map<String, Object>> made, Records records) {
        for (int i = 0; i < RECORDS; i++) {
            records.record(made.get(i % DIFFERENT));
        }
    }

    /** Every sum of the list is that of its file; returns the bytes of all. */
    private static long check(Path file) throws Exception {
        long bytes = 0;
        try (var zip = new ZipFile(file.toFile())) {
            JsonNode manifest = new JsonMapper().readTree(zip.getInputStream(zip.getEntry("manifest.json")));
            if (manifest.at("/sources/0/records").asInt() != RECORDS) {
                throw new IllegalStateException("expected all records in the manifest: " + manifest);
            }
            for (JsonNode entry : manifest.get("files")) {
                var sha256 = MessageDigest.getInstance("SHA-256");
                try (var in = new DigestInputStream(
                        zip.getInputStream(zip.getEntry(entry.get("file").asString())), sha256)) {
                    bytes += in.transferTo(OutputStream.nullOutputStream());
                }
                if (!HexFormat.of()
                        .formatHex(sha256.digest())
                        .equals(entry.get("sha256").asString())) {
                    throw new IllegalStateException("expected the sum of the manifest: " + entry);
                }
            }
        }
        return bytes;
    }

    private static String peak() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return "peak memory unknown";
        }
        try (var lines = Files.lines(status)) {
            return lines.filter(line -> line.startsWith("VmHWM"))
                            .findFirst()
                            .orElseThrow()
                            .replaceAll("\\s+", " ")
                    + ", heap of at most %d MiB".formatted(Runtime.getRuntime().maxMemory() >> 20);
        }
    }
}
