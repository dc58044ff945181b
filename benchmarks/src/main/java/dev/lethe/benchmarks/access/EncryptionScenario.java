package dev.lethe.benchmarks.access;

import dev.lethe.benchmarks.report.Numbers;
import dev.lethe.benchmarks.report.Runs;
import java.io.IOException;
import java.io.OutputStream;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** What encrypting costs: as many bytes as reports have, encrypted here as requests-manager does it, and written to nowhere. */
final class EncryptionScenario implements Scenario {

    private static final double KB = 1e3;
    private static final double MB = 1e6;
    private static final double USUAL_SMALL_KB = 25;
    private static final double USUAL_LARGE_MB = 300;
    private static final int SMALL_REPORTS = 500;
    private static final int AT_ONCE = 8_192;
    private static final int AT_LEAST = 5;

    private final byte[] bytes = new byte[1 << 20];

    EncryptionScenario() {
        new Random(1).nextBytes(bytes);
    }

    /** Writes a report of so many bytes. */
    private interface Writing {
        void write(long length) throws IOException, GeneralSecurityException;
    }

    @Override
    public String name() {
        return "encryption";
    }

    @Override
    public void run(Stage stage) throws Exception {
        var key = new StorageCipher();
        Writing encrypted = length -> {
            try (OutputStream out = key.encrypting(OutputStream.nullOutputStream())) {
                write(out, length);
            }
        };
        Writing plain = length -> write(OutputStream.nullOutputStream(), length);

        long small = Math.round(stage.measured("small.zip", USUAL_SMALL_KB) * KB);
        long large = Math.round(stage.measured("large.zip", USUAL_LARGE_MB) * MB);
        int repeats = Math.max(AT_LEAST, stage.scale().repeats());
        List<Double> each = differences(small, SMALL_REPORTS, repeats, encrypted, plain);
        stage.say()
                .accept("encrypting a report of %,d bytes takes %s µs"
                        .formatted(small, Numbers.plain(Runs.median(each) * 1e6)));
        List<Double> whole = differences(large, 1, repeats, encrypted, plain);
        stage.say()
                .accept("encrypting a report of %,d bytes takes %s ms"
                        .formatted(large, Numbers.plain(Runs.median(whole) * 1e3)));
        stage.figure("encryption.small", "µs", times(each, 1e6));
        stage.figure("encryption.large", "ms", times(whole, 1e3));
        stage.figure(
                "encryption.rate",
                "GB/s",
                whole.stream().map(seconds -> large / 1e9 / seconds).toList());
    }

    /** Seconds that one report takes longer encrypted than plain; the first time, in which code is compiled, does not count. */
    private static List<Double> differences(long length, int reports, int repeats, Writing encrypted, Writing plain)
            throws IOException, GeneralSecurityException {
        var differences = new ArrayList<Double>();
        for (int round = 0; round <= repeats; round++) {
            double difference = (seconds(encrypted, length, reports) - seconds(plain, length, reports)) / reports;
            if (round > 0) {
                differences.add(difference);
            }
        }
        return differences;
    }

    private static double seconds(Writing writing, long length, int reports)
            throws IOException, GeneralSecurityException {
        long begun = System.nanoTime();
        for (int n = 0; n < reports; n++) {
            writing.write(length);
        }
        return (System.nanoTime() - begun) / 1e9;
    }

    private void write(OutputStream out, long length) throws IOException {
        for (long at = 0; at < length; at += AT_ONCE) {
            out.write(bytes, (int) (at % bytes.length), (int) Math.min(AT_ONCE, length - at));
        }
    }

    private static List<Double> times(List<Double> seconds, double factor) {
        return seconds.stream().map(value -> value * factor).toList();
    }
}
