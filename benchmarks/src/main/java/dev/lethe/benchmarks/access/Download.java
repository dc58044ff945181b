package dev.lethe.benchmarks.access;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.util.HexFormat;

/**
 * A report, fetched by its link as the person would.
 *
 * @param seconds from the question to the last byte, which is on the disk then
 */
record Download(Path file, long bytes, String sha256, double seconds) {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    static Download of(URI link, Path to) throws IOException, InterruptedException {
        long begun = System.nanoTime();
        HttpResponse<InputStream> answer =
                HTTP.send(HttpRequest.newBuilder(link).build(), HttpResponse.BodyHandlers.ofInputStream());
        try (var body = new DigestInputStream(answer.body(), ReportFile.sha256());
                OutputStream out = Files.newOutputStream(to)) {
            if (answer.statusCode() != 200) {
                throw new IllegalStateException("the link of a report answers %d".formatted(answer.statusCode()));
            }
            long bytes = body.transferTo(out);
            String sum = HexFormat.of().formatHex(body.getMessageDigest().digest());
            return new Download(to, bytes, sum, (System.nanoTime() - begun) / 1e9);
        }
    }
}
