package dev.lethe.benchmarks.access;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportFileTest {

    private static final String JSON = "payments/records.jsonl";
    private static final String CSV = "payments/records.csv";

    @TempDir
    private Path folder;

    private final Map<String, String> files = new LinkedHashMap<>();

    @BeforeEach
    void aReportOfTwoRecords() {
        files.put(JSON, "{\"id\":1}\n{\"id\":2}\n");
        files.put(CSV, "id\r\n1\r\n2\r\n");
        files.put("index.html", "<html>");
    }

    private static String manifest(Map<String, String> files, int records) {
        var listed = new StringBuilder();
        files.forEach((name, content) -> listed.append(listed.isEmpty() ? "" : ",")
                .append("{\"file\":\"%s\",\"bytes\":%d,\"sha256\":\"%s\"}"
                        .formatted(name, content.length(), sum(content))));
        return "{\"sources\":[{\"name\":\"payments\",\"outcome\":\"read\",\"records\":%d}],\"files\":[%s]}"
                .formatted(records, listed);
    }

    private static String sum(String content) {
        return HexFormat.of().formatHex(ReportFile.sha256().digest(content.getBytes(UTF_8)));
    }

    private ReportFile opened(String manifest) throws IOException {
        Path file = folder.resolve("report.zip");
        try (var zip = new ZipOutputStream(Files.newOutputStream(file))) {
            add(zip, "manifest.json", manifest);
            for (var each : files.entrySet()) {
                add(zip, each.getKey(), each.getValue());
            }
        }
        return ReportFile.open(file);
    }

    private static void add(ZipOutputStream zip, String name, String content) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(content.getBytes(UTF_8));
        zip.closeEntry();
    }

    @Test
    void recordsAndBytesOfAWholeReportAreCounted() throws IOException {
        ReportFile report = opened(manifest(files, 2));

        assertThat(report.records()).isEqualTo(Map.of("payments", 2L));
        assertThat(report.jsonBytes()).isEqualTo(18);
        assertThat(report.csvBytes()).isEqualTo(10);
        assertThat(report.allBytes()).isEqualTo(34);
        Samples.check(report, Map.of("payments", 2L));
    }

    @Test
    void aReportWithTooFewRecordsIsWrong() throws IOException {
        ReportFile report = opened(manifest(files, 2));

        assertThatIllegalStateException().isThrownBy(() -> Samples.check(report, Map.of("payments", 3L)));
        assertThatIllegalStateException().isThrownBy(() -> Samples.check(report, Map.of("payments", 2L, "visits", 1L)));
    }

    @Test
    void aChangedFileIsWrong() {
        String manifest = manifest(files, 2);
        files.put(JSON, "{\"id\":1}\n{\"id\":3}\n");

        assertThatIllegalStateException().isThrownBy(() -> opened(manifest)).withMessageContaining(JSON);
    }

    @Test
    void aMissingFileIsWrong() {
        String manifest = manifest(files, 2);
        files.remove(CSV);

        assertThatIllegalStateException().isThrownBy(() -> opened(manifest));
    }

    @Test
    void aFileThatTheManifestDoesNotListIsWrong() {
        String manifest = manifest(files, 2);
        files.put("notes.txt", "from nowhere");

        assertThatIllegalStateException().isThrownBy(() -> opened(manifest));
    }

    @Test
    void aManifestThatCountsOtherwiseThanTheFilesIsWrong() {
        assertThatIllegalStateException()
                .isThrownBy(() -> opened(manifest(files, 3)))
                .withMessageContaining("payments");
    }
}
