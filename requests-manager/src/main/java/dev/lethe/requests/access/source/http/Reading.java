package dev.lethe.requests.access.source.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lethe.requests.access.source.Records;
import dev.lethe.requests.access.source.SourceFailure;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPInputStream;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.NameValuePair;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.jspecify.annotations.Nullable;

/** One person's data being read: page by page, waiting where the server asks for it, and no longer than it may take. */
final class Reading {

    private static final int OK = 200;
    private static final int UNAUTHORIZED = 401;
    private static final int NOT_FOUND = 404;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int UNAVAILABLE = 503;
    /** A server that says "at once" again and again is not asked without a pause. */
    private static final Duration LEAST_WAIT = Duration.ofMillis(200);

    /** What an answer was. */
    private sealed interface Outcome {
        record Page(Paging.Found found) implements Outcome {}

        record NotFound() implements Outcome {}

        record Later(int status, Duration pause) implements Outcome {}

        record Unauthorized() implements Outcome {}
    }

    private final String source;
    private final HttpSettings settings;
    private final Web web;
    private final Credentials credentials;
    private final Clock clock;
    private final String url;
    private final @Nullable String body;
    private final Records records;
    private final Deadline deadline;
    private final AtomicLong bytes = new AtomicLong();

    Reading(
            String source,
            HttpSettings settings,
            Web web,
            Credentials credentials,
            Clock clock,
            String url,
            @Nullable String body,
            Records records) {
        this.source = source;
        this.settings = settings;
        this.web = web;
        this.credentials = credentials;
        this.clock = clock;
        this.url = url;
        this.body = body;
        this.records = records;
        this.deadline = Deadline.in(settings.wholeTimeout());
    }

    void read() throws SourceFailure, InterruptedException {
        Paging paging = settings.paging();
        Set<String> seen = new HashSet<>();
        URI page = checked(paging.first(url), 1);
        for (int read = 1; ; read++) {
            seen.add(page.toString());
            Paging.Found found = foundAt(page, read);
            Optional<String> next;
            try {
                next = paging.next(url, page, read, found);
            } catch (IllegalArgumentException e) {
                throw failure("page %d leads to what is no URL".formatted(read));
            }
            if (next.isEmpty()) {
                return;
            }
            page = checked(next.get(), read + 1);
            if (seen.contains(page.toString())) {
                throw failure("page %d leads to one that was read before".formatted(read));
            }
            if (read == settings.pages()) {
                throw failure("has more than %d pages; raise paging.pages if that is meant".formatted(read));
            }
        }
    }

    /** A link may come from anybody whose data it is, so it leads nowhere but to the hosts of the file. */
    private URI checked(String page, int number) throws SourceFailure {
        URI uri;
        try {
            uri = URI.create(page);
        } catch (IllegalArgumentException e) {
            throw failure("page %d is at what is no URL".formatted(number));
        }
        String scheme = settings.url().text().startsWith("https:") ? "https" : "http";
        if (!scheme.equals(uri.getScheme())
                || uri.getHost() == null
                || uri.getRawUserInfo() != null
                || !settings.hosts().contains(HttpSettings.hostAndPort(uri))) {
            throw failure(
                    "page %d is at a host or scheme that is not the URL's own; add its host to hosts if that is meant"
                            .formatted(number));
        }
        return uri;
    }

    private Paging.Found foundAt(URI page, int number) throws SourceFailure, InterruptedException {
        boolean renewed = false;
        while (true) {
            var request = request(page);
            String token = credentials.sign(request, deadline);
            switch (web.call(request, deadline, this::outcome)) {
                case Outcome.Page(Paging.Found found) -> {
                    return found;
                }
                case Outcome.NotFound none -> {
                    // Who counts pages up finds the end by walking past it; a link or cursor promised that there is
                    // more
                    if (number == 1 || settings.paging() instanceof Paging.Numbers) {
                        return new Paging.Found(0, null, List.of());
                    }
                    throw failure("page %d is not there, to which page %d leads".formatted(number, number - 1));
                }
                case Outcome.Unauthorized refused -> {
                    if (renewed || !credentials.renewAfter(token)) {
                        throw unexpected(UNAUTHORIZED);
                    }
                    renewed = true;
                }
                case Outcome.Later(int status, Duration pause) -> await(status, pause);
            }
        }
    }

    private void await(int status, Duration wait) throws SourceFailure, InterruptedException {
        Duration atLeast = wait.compareTo(LEAST_WAIT) < 0 ? LEAST_WAIT : wait;
        if (atLeast.compareTo(deadline.left()) >= 0) {
            throw new SourceFailure(
                    source, "status %d, to be asked again in %d s".formatted(status, wait.toSeconds()), null, wait);
        }
        Thread.sleep(atLeast);
    }

    private HttpUriRequestBase request(URI page) throws SourceFailure {
        URI uri = URI.create(credentials.url(page.toString()));
        HttpUriRequestBase request = body == null ? new HttpGet(uri) : new HttpPost(uri);
        request.setHeader("Accept", "application/json");
        request.setHeader("Accept-Encoding", "gzip");
        settings.headers().forEach(request::setHeader);
        if (body != null) {
            request.setEntity(new ByteArrayEntity(body.getBytes(UTF_8), ContentType.create(settings.contentType())));
        }
        return request;
    }

    private Outcome outcome(ClassicHttpResponse answer, InputStream body) throws IOException, SourceFailure {
        return switch (answer.getCode()) {
            case OK -> page(answer, body);
            case NOT_FOUND -> new Outcome.NotFound();
            case UNAUTHORIZED -> new Outcome.Unauthorized();
            case TOO_MANY_REQUESTS, UNAVAILABLE -> {
                Optional<Duration> wait = RetryAfter.of(
                        AccessTokens.text(answer, "Retry-After"), AccessTokens.text(answer, "Date"), clock);
                if (wait.isEmpty()) {
                    throw unexpected(answer.getCode());
                }
                yield new Outcome.Later(answer.getCode(), wait.get());
            }
            default -> throw unexpected(answer.getCode());
        };
    }

    private Outcome page(ClassicHttpResponse answer, InputStream packed) throws IOException, SourceFailure {
        String type = AccessTokens.text(answer, "Content-Type");
        if (type != null && type.toLowerCase(Locale.ROOT).strip().startsWith("text/html")) {
            throw failure("expected JSON, found a page of HTML");
        }
        var unpacked = new BoundedBody(
                unpacked(answer, packed),
                settings.answerLimit().toBytes(),
                bytes,
                settings.wholeLimit().toBytes());
        List<String> links = Arrays.stream(answer.getHeaders("Link"))
                .map(NameValuePair::getValue)
                .toList();
        return new Outcome.Page(JsonRecords.read(
                source, unpacked, settings.records(), settings.paging().pointer(), links, records));
    }

    private InputStream unpacked(ClassicHttpResponse answer, InputStream packed) throws IOException, SourceFailure {
        String encoding = Optional.ofNullable(AccessTokens.text(answer, "Content-Encoding"))
                .orElse("identity")
                .strip()
                .toLowerCase(Locale.ROOT);
        return switch (encoding) {
            case "identity", "" -> packed;
            case "gzip", "x-gzip" -> new GZIPInputStream(packed, 8 * 1024);
            default -> throw failure("the answer is encoded in another way than gzip, which was asked for");
        };
    }

    private SourceFailure unexpected(int status) {
        return failure("expected status 200 or 404, found " + status);
    }

    private SourceFailure failure(String reason) {
        return new SourceFailure(source, reason, null);
    }
}
