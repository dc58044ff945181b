package dev.lethe.requests.access.source.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lethe.requests.access.source.SourceFailure;
import dev.lethe.requests.access.source.http.Authentication.ClientCredentials;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The access token of one source: fetched by whoever needs it first, kept until it expires or is refused. */
final class AccessTokens {

    private static final JsonMapper JSON = new JsonMapper();
    private static final int OK = 200;
    private static final int LARGEST_ANSWER = 64 * 1024;
    /** A token is given up while it still has so long, but never more than a tenth of its time: a call takes some, too. */
    private static final Duration MARGIN = Duration.ofSeconds(30);

    private record Token(String value, @Nullable Deadline goodUntil) {}

    private final String source;
    private final ClientCredentials credentials;
    private final Web web;
    private final Clock clock;
    /** Held while a token is fetched, so that those who wait for it do not fetch it, too. */
    private final ReentrantLock fetching = new ReentrantLock();

    private @Nullable Token token;

    AccessTokens(String source, ClientCredentials credentials, Web web, Clock clock) {
        this.source = source;
        this.credentials = credentials;
        this.web = web;
        this.clock = clock;
    }

    String token(Deadline deadline) throws SourceFailure, InterruptedException {
        if (!fetching.tryLock(Math.max(0, deadline.left().toNanos()), TimeUnit.NANOSECONDS)) {
            throw new SourceFailure(source, "no access token in time", null);
        }
        try {
            Token kept = token;
            if (kept == null || kept.goodUntil() != null && kept.goodUntil().isPast()) {
                kept = fetch(deadline);
                token = kept;
            }
            return kept.value();
        } finally {
            fetching.unlock();
        }
    }

    /** A token that was refused; one that came in its stead meanwhile stays. */
    void refused(String refused) {
        fetching.lock();
        try {
            if (token != null && token.value().equals(refused)) {
                token = null;
            }
        } finally {
            fetching.unlock();
        }
    }

    private Token fetch(Deadline deadline) throws SourceFailure, InterruptedException {
        var form = new StringBuilder("grant_type=client_credentials");
        append(form, "scope", credentials.scope());
        append(form, "audience", credentials.audience());
        var request = new HttpPost(credentials.tokenUrl());
        request.setHeader("Accept", "application/json");
        if (credentials.inBody()) {
            append(form, "client_id", credentials.clientId());
            append(form, "client_secret", credentials.secret());
        } else {
            // Encoded before they are put together, as RFC 6749, 2.3.1 has it
            var basic = Authentication.basic(
                    Template.percentEncoded(credentials.clientId()), Template.percentEncoded(credentials.secret()));
            request.setHeader(basic.name(), basic.value());
        }
        request.setEntity(new ByteArrayEntity(
                form.toString().getBytes(UTF_8), ContentType.create("application/x-www-form-urlencoded")));
        return web.call(request, deadline, this::read);
    }

    private static void append(StringBuilder form, String name, @Nullable String value) {
        if (value != null) {
            form.append('&').append(name).append('=').append(Template.percentEncoded(value));
        }
    }

    private Token read(ClassicHttpResponse answer, InputStream body) throws IOException, SourceFailure {
        if (answer.getCode() != OK) {
            throw new SourceFailure(
                    source,
                    "expected an access token, found status " + answer.getCode(),
                    null,
                    RetryAfter.of(text(answer, "Retry-After"), text(answer, "Date"), clock)
                            .orElse(null));
        }
        byte[] json = body.readNBytes(LARGEST_ANSWER);
        try {
            JsonNode found = JSON.readTree(json);
            String value = found.path("access_token").asString("");
            if (!value.isEmpty() && HttpSettings.isHeaderText(value) && value.indexOf(' ') < 0) {
                return new Token(value, goodUntil(found.path("expires_in").asLong(0)));
            }
        } catch (JacksonException notJson) {
            throw new SourceFailure(source, "expected an access token, found no JSON", notJson);
        }
        throw new SourceFailure(source, "expected an access token, found JSON without one that can be sent", null);
    }

    /** Null if it does not say when it expires: then it is good until it is refused. */
    private static @Nullable Deadline goodUntil(long seconds) {
        if (seconds <= 0) {
            return null;
        }
        Duration time = Duration.ofSeconds(Math.min(seconds, Duration.ofDays(30).toSeconds()));
        Duration tenth = time.dividedBy(10);
        return Deadline.in(time.minus(tenth.compareTo(MARGIN) < 0 ? tenth : MARGIN));
    }

    static @Nullable String text(ClassicHttpResponse answer, String header) {
        Header found = answer.getFirstHeader(header);
        return found == null ? null : found.getValue();
    }
}
