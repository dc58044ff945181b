package dev.lethe.benchmarks.access;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;

/** What a service says of itself at one moment, in the form that Prometheus reads. */
final class Metrics {

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final List<String> lines;

    private Metrics(List<String> lines) {
        this.lines = lines;
    }

    /** @param service where it listens */
    static Metrics of(URI service) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(service.resolve("/actuator/prometheus"))
                .timeout(PATIENCE)
                .build();
        HttpResponse<String> answer = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IOException("/actuator/prometheus answers %d".formatted(answer.statusCode()));
        }
        return read(answer.body());
    }

    static Metrics read(String text) {
        return new Metrics(text.lines().filter(line -> !line.startsWith("#")).toList());
    }

    /** The sum over everything that has this name and this label; 0 if there is nothing. */
    double sum(String name, String label) {
        return lines.stream()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .filter(line -> line.contains(label))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    double sum(String name) {
        return sum(name, "");
    }
}
