package dev.lethe.requests.access.source;

import dev.lethe.messages.Subject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonPointer;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * An HTTP API that answers with JSON. 404 means that nothing is held; every other status but 200 is a failure. Redirects are not
 * followed, and an answer that is too large or too slow is a failure too.
 */
final class HttpSource implements Source {

    private static final Pattern PLACEHOLDER = Pattern.compile("\\{(" + SubjectField.NAME + ")}");
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int MAX_ANSWER_BYTES = 32 * 1024 * 1024;
    private static final int OK = 200;
    private static final int NOT_FOUND = 404;
    /** A person gets the numbers that are held, not the nearest ones that a double can say. */
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private final String name;
    private final String explanation;
    private final String urlTemplate;
    private final JsonPointer pointer;
    private final Map<String, String> headers;
    private final Duration patience;
    private final HttpClient client =
            HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NEVER).build();

    /** @param headers sent with every call; may hold secrets */
    HttpSource(String name, String explanation, String urlTemplate, String pointer, Map<String, String> headers) {
        this(name, explanation, urlTemplate, pointer, headers, PATIENCE);
    }

    /** @param patience how long the whole answer may take, from the call to its last byte */
    HttpSource(
            String name,
            String explanation,
            String urlTemplate,
            String pointer,
            Map<String, String> headers,
            Duration patience) {
        this.name = name;
        this.explanation = explanation;
        this.urlTemplate = urlTemplate;
        this.pointer = JsonPointer.compile(pointer);
        this.headers = headers;
        this.patience = patience;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String explanation() {
        return explanation;
    }

    @Override
    public void read(Subject subject, Records records) throws SourceFailure, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(url(subject)).timeout(patience).header("Accept", "application/json");
        headers.forEach(request::header);
        long deadline = System.nanoTime() + patience.toNanos();
        try {
            HttpResponse<InputStream> answer = client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream body = answer.body()) {
                switch (answer.statusCode()) {
                    case OK -> read(whole(body, deadline), records);
                    case NOT_FOUND -> {}
                    default ->
                        throw new SourceFailure(name, "expected status 200 or 404, found " + answer.statusCode(), null);
                }
            }
        } catch (IOException e) {
            boolean late = System.nanoTime() - deadline >= 0;
            throw new SourceFailure(
                    name,
                    late ? "no whole answer within %d s".formatted(patience.toSeconds()) : "the server did not answer",
                    e);
        }
    }

    /** The client's own time-out ends with the headers; a body that drips would keep its worker for ever. */
    private byte[] whole(InputStream body, long deadline) throws IOException, SourceFailure {
        var tooLate = CompletableFuture.runAsync(
                () -> close(body),
                CompletableFuture.delayedExecutor(deadline - System.nanoTime(), TimeUnit.NANOSECONDS));
        try {
            byte[] json = body.readNBytes(MAX_ANSWER_BYTES + 1);
            if (json.length > MAX_ANSWER_BYTES) {
                throw new SourceFailure(name, "the answer is larger than %d bytes".formatted(MAX_ANSWER_BYTES), null);
            }
            return json;
        } finally {
            tooLate.cancel(false);
        }
    }

    private static void close(InputStream body) {
        try {
            body.close();
        } catch (IOException e) {
            throw new UncheckedIOException("the answer was late, and its end was refused", e);
        }
    }

    private void read(byte[] json, Records records) throws SourceFailure {
        JsonNode found;
        try {
            found = JSON.readTree(json).at(pointer);
        } catch (JacksonException e) {
            throw new SourceFailure(name, "the answer is not JSON", e);
        }
        if (found.isMissingNode() || found.isNull()) {
            throw new SourceFailure(name, "the answer has nothing at '%s'".formatted(pointer), null);
        }
        for (JsonNode item : found.isArray() ? found : JSON.createArrayNode().add(found)) {
            records.accept(record(item));
        }
    }

    private static Map<String, @Nullable Object> record(JsonNode item) {
        if (item.isObject()) {
            return JSON.convertValue(item, new TypeReference<LinkedHashMap<String, @Nullable Object>>() {});
        }
        var single = new LinkedHashMap<String, @Nullable Object>();
        single.put("value", JSON.convertValue(item, Object.class));
        return single;
    }

    private URI url(Subject subject) throws SourceFailure {
        var url = new StringBuilder();
        Matcher placeholder = PLACEHOLDER.matcher(urlTemplate);
        while (placeholder.find()) {
            String value = SubjectField.of(subject, placeholder.group(1)).orElse("");
            // An empty segment, or one of dots, would name another resource
            if (value.isEmpty() || value.equals(".") || value.equals("..")) {
                throw new SourceFailure(name, "the subject has no usable " + placeholder.group(1), null);
            }
            placeholder.appendReplacement(url, Matcher.quoteReplacement(encoded(value)));
        }
        placeholder.appendTail(url);
        return URI.create(url.toString());
    }

    private static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
