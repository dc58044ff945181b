package dev.lethe.requests.access.source.http;

import dev.lethe.files.YamlSection.Value;
import dev.lethe.messages.Subject;
import dev.lethe.requests.access.source.About;
import dev.lethe.requests.access.source.Records;
import dev.lethe.requests.access.source.Source;
import dev.lethe.requests.access.source.SourceFailure;
import dev.lethe.requests.access.source.SourceSection;
import dev.lethe.requests.access.source.SubjectField;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
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
public final class HttpSource implements Source {

    private static final Pattern PLACEHOLDER = Pattern.compile("\\{(" + SubjectField.NAME + ")}");
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int MAX_ANSWER_BYTES = 32 * 1024 * 1024;
    private static final int OK = 200;
    private static final int NOT_FOUND = 404;
    /** A person gets the numbers that are held, not the nearest ones that a double can say. */
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private final About about;
    private final String urlTemplate;
    private final JsonPointer pointer;
    private final Map<String, String> headers;
    private final Duration patience;
    private final HttpClient client =
            HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NEVER).build();

    private static final List<String> KEYS = List.of("url", "records", "bearer_env", "bearer_file");
    private static final Pattern REFERENCE = Pattern.compile("\\{([^}]*)}");

    /** A source as the file has it; empty if something is wrong with it, which is noted. */
    public static Optional<Source> read(SourceSection section) {
        section.allowOnly(KEYS);
        About about = section.about();
        var url = section.yaml().required("url", "\"https://billing.internal/users/{subject.id}\"");
        var records = section.yaml().value("records");
        Map<String, String> headers = section.secret("bearer")
                .map(token -> Map.of("Authorization", "Bearer " + token))
                .orElse(Map.of());
        url.ifPresent(value -> checkUrl(section, value));
        records.filter(pointer -> !pointer.text().startsWith("/"))
                .ifPresent(pointer -> section.problem(pointer, "expected a JSON pointer, such as \"/items\""));
        if (section.hasProblems()) {
            return Optional.empty();
        }
        return Optional.of(new HttpSource(
                about, url.orElseThrow().text(), records.map(Value::text).orElse(""), headers, PATIENCE));
    }

    private static void checkUrl(SourceSection section, Value url) {
        section.subjectFields(url, REFERENCE, "{%s}");
        String withoutPlaceholders = url.text().replaceAll(REFERENCE.pattern(), "x");
        try {
            URI uri = URI.create(withoutPlaceholders);
            boolean placeholderInHost =
                    url.text().replaceAll("^\\w+://([^/?#]*).*", "$1").contains("{");
            if (uri.getHost() == null || !List.of("http", "https").contains(uri.getScheme()) || placeholderInHost) {
                section.problem(url, "expected an http or https URL with a host of its own");
            }
            if (uri.getRawFragment() != null) {
                section.problem(url, "must end before '#': what follows it is never sent");
            }
        } catch (IllegalArgumentException e) {
            section.problem(url, "expected a URL, such as https://billing.internal/users/{subject.id}");
        }
    }

    /** @param patience how long the whole answer may take, from the call to its last byte */
    HttpSource(About about, String urlTemplate, String pointer, Map<String, String> headers, Duration patience) {
        this.about = about;
        this.urlTemplate = urlTemplate;
        this.pointer = JsonPointer.compile(pointer);
        this.headers = headers;
        this.patience = patience;
    }

    @Override
    public About about() {
        return about;
    }

    @Override
    public Set<String> asksBy() {
        var fields = new TreeSet<String>();
        PLACEHOLDER.matcher(urlTemplate).results().forEach(found -> fields.add(found.group(1)));
        return fields;
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
                        throw new SourceFailure(
                                about.name(), "expected status 200 or 404, found " + answer.statusCode(), null);
                }
            }
        } catch (IOException e) {
            boolean late = System.nanoTime() - deadline >= 0;
            throw new SourceFailure(
                    about.name(),
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
                throw new SourceFailure(
                        about.name(), "the answer is larger than %d bytes".formatted(MAX_ANSWER_BYTES), null);
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
            throw new SourceFailure(about.name(), "the answer is not JSON", e);
        }
        if (found.isMissingNode() || found.isNull()) {
            throw new SourceFailure(about.name(), "the answer has nothing at '%s'".formatted(pointer), null);
        }
        for (JsonNode item : found.isArray() ? found : JSON.createArrayNode().add(found)) {
            records.record(record(item));
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
                throw new SourceFailure(about.name(), "the subject has no usable " + placeholder.group(1), null);
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
