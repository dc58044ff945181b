package dev.lethe.requests.access.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LargeReportIT {

    private static final Pattern FIGURES = Pattern.compile("1,000,000 records, ([\\d,]+) bytes before .*");

    @Test
    void aMillionRecordsOfAGigabytePassWithAHeapOf256Megabytes(@TempDir Path folder) throws Exception {
        Path output = folder.resolve("output");
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        LargeReport.class.getName(),
                        folder.toString()))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        } finally {
            process.destroyForcibly();
        }

        String said = Files.readString(output);
        assertThat(process.exitValue()).as(said).isZero();
        Matcher figures = FIGURES.matcher(said.lines()
                .filter(line -> line.contains("records"))
                .findFirst()
                .orElse(""));
        assertThat(figures.matches()).as(said).isTrue();
        System.out.println(figures.group());
        assertThat(Long.parseLong(figures.group(1).replace(",", ""))).isGreaterThan(1_000_000_000);
    }
}
