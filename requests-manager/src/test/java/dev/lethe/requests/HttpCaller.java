package dev.lethe.requests;

import dev.lethe.requests.api.OpenApiFile;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Somebody with curl and a key, or without. Fails when an answer is not what docs/openapi.json says. */
final class HttpCaller {

    /** Every operation and status that was answered. */
    static final Set<String> ANSWERED = new ConcurrentSkipListSet<>();

    record Answer(HttpResponse<String> response) {

        int status() {
            return response.statusCode();
        }

        String body() {
            return response.body();
        }

        JsonNode json() {
            return JsonMapper.shared().readTree(body());
        }

        String text(String field) {
            return json().path(field).asString("absent");
        }

        String header(String name) {
            return response.headers().firstValue(name).orElse("absent");
        }
    }

    private final HttpClient http = HttpClient.newHttpClient();
    private final String server;
    private final @Nullable String header;
    private final @Nullable String value;

    private HttpCaller(int port, @Nullable String header, @Nullable String value) {
        this.server = "http://127.0.0.1:" + port;
        this.header = header;
        this.value = value;
    }

    static HttpCaller withKey(int port, String key) {
        return new HttpCaller(port, "X-API-Key", key);
    }

    static HttpCaller withToken(int port, String token) {
        return new HttpCaller(port, "Authorization", "Bearer " + token);
    }

    static HttpCaller stranger(int port) {
        return new HttpCaller(port, null, null);
    }

    /** As lethe.api.keys wants to have a key. */
    static String sha256(String key) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    Answer get(String path) throws Exception {
        return send(request(path).GET());
    }

    /** Apostrophes stand for quotation marks. */
    Answer post(String path, String json) throws Exception {
        return postAsIs(path, json.replace('\'', '"'));
    }

    Answer postAsIs(String path, String body) throws Exception {
        return send(request(path).header("Content-Type", "application/json").POST(BodyPublishers.ofString(body)));
    }

    Answer send(String method, String path, String... headers) throws Exception {
        HttpRequest.Builder request = request(path).method(method, BodyPublishers.ofString(""));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return send(request);
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server + path));
        return header == null ? request : request.header(header, value);
    }

    private Answer send(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpRequest sent = request.build();
        var answer = new Answer(http.send(sent, HttpResponse.BodyHandlers.ofString()));
        OpenApiFile.check(
                        sent.method().toLowerCase(java.util.Locale.ROOT),
                        sent.uri().getRawPath(),
                        answer.status(),
                        answer.header("Content-Type").replaceAll(";.*", ""),
                        answer.body())
                .ifPresent(ANSWERED::add);
        return answer;
    }
}
