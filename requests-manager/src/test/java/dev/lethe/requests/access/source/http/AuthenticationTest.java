package dev.lethe.requests.access.source.http;

import static dev.lethe.requests.access.source.http.HttpSources.ADA;
import static dev.lethe.requests.access.source.http.HttpSources.SECRET;
import static dev.lethe.requests.access.source.http.HttpSources.failure;
import static dev.lethe.requests.access.source.http.HttpSources.read;
import static dev.lethe.requests.access.source.http.HttpSources.source;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.requests.access.source.Collected;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class AuthenticationTest {

    private static final String TOKEN = "{ \"access_token\": \"%s\", \"token_type\": \"Bearer\", \"expires_in\": %d }";

    private final Api api = new Api();
    private final Api login = new Api();

    @AfterEach
    void stop() {
        api.close();
        login.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"bearer_env: TOKEN", "auth: { type: bearer, token_env: TOKEN }"})
    void aBearerTokenIsSent(String auth) throws Exception {
        api.says(200, "[]");

        read(source(api.url("/{subject.id}"), auth), ADA);

        assertThat(api.calls().getFirst().header("Authorization")).isEqualTo("Bearer " + SECRET);
    }

    @Test
    void userAndPasswordAreSent() throws Exception {
        api.says(200, "[]");

        read(source(api.url("/{subject.id}"), "auth: { type: basic, user: lethe, password_env: PASSWORD }"), ADA);

        assertThat(api.calls().getFirst().header("Authorization"))
                .isEqualTo("Basic " + Base64.getEncoder().encodeToString(("lethe:" + SECRET).getBytes(UTF_8)));
    }

    @Test
    void aKeyIsSentInAHeader() throws Exception {
        api.says(200, "[]");

        read(source(api.url("/{subject.id}"), "auth: { type: header, name: X-Api-Key, key_env: KEY }"), ADA);

        assertThat(api.calls().getFirst().header("X-api-key")).isEqualTo(SECRET);
    }

    @Test
    void aKeyIsSentInTheQueryOfEveryPage() throws Exception {
        api.says(200, "[ 1 ]", "Link", "</b?x=1>; rel=next").says(200, "[ 2 ]");

        read(
                source(
                        api.url("/{subject.id}"),
                        "auth: { type: query, name: key, key_env: KEY }",
                        "paging: { by: link }"),
                ADA);

        assertThat(api.asked())
                .containsExactly("/ada-4711?key=s3cr3t%3Awith%2Fodd%2Bsigns", "/b?x=1&key=s3cr3t%3Awith%2Fodd%2Bsigns");
    }

    @Test
    void withoutAnyNothingIsSent() throws Exception {
        api.says(200, "[]");

        read(source(api.url("/{subject.id}"), "auth: { type: none }"), ADA);

        assertThat(api.calls().getFirst().header("Authorization")).isEmpty();
    }

    @Test
    void anAccessTokenIsFetchedOnceAndSentEachTime() throws Exception {
        login.says(200, TOKEN.formatted("t1", 3600));
        api.says(200, "[]");
        try (var source = source(api.url("/{subject.id}"), oauth2("scope: read all, audience: billing"))) {
            source.read(ADA, new Collected());
            source.read(ADA, new Collected());
        }

        assertThat(login.calls()).hasSize(1);
        Api.Call fetch = login.calls().getFirst();
        assertThat(fetch.method()).isEqualTo("POST");
        assertThat(fetch.body()).isEqualTo("grant_type=client_credentials&scope=read%20all&audience=billing");
        assertThat(fetch.header("Authorization"))
                .isEqualTo("Basic "
                        + Base64.getEncoder().encodeToString("lethe:s3cr3t%3Awith%2Fodd%2Bsigns".getBytes(UTF_8)));
        assertThat(api.calls())
                .extracting(call -> call.header("Authorization"))
                .containsExactly("Bearer t1", "Bearer t1");
    }

    @Test
    void idAndSecretMayGoIntoTheForm() throws Exception {
        login.says(200, TOKEN.formatted("t1", 3600));
        api.says(200, "[]");

        read(source(api.url("/{subject.id}"), oauth2("credentials: body")), ADA);

        assertThat(login.calls().getFirst().body())
                .isEqualTo("grant_type=client_credentials&client_id=lethe&client_secret=s3cr3t%3Awith%2Fodd%2Bsigns");
        assertThat(login.calls().getFirst().header("Authorization")).isEmpty();
    }

    @Test
    void manyWhoNeedAnAccessTokenAtOnceFetchOne() throws Exception {
        int readers = 8;
        login.says(200, TOKEN.formatted("t1", 3600));
        api.says(200, "[]");
        var atOnce = new CyclicBarrier(readers);
        try (var source = source(api.url("/{subject.id}"), oauth2(""), "parallel: 8");
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<Void> reading = () -> {
                atOnce.await();
                source.read(ADA, new Collected());
                return null;
            };
            for (var read : threads.invokeAll(
                    IntStream.range(0, readers).mapToObj(i -> reading).toList())) {
                read.get();
            }
        }

        assertThat(api.calls()).hasSize(readers);
        assertThat(login.calls()).hasSize(1);
    }

    @Test
    void anAccessTokenThatExpiredIsFetchedAnew() throws Exception {
        login.says(200, TOKEN.formatted("t1", 1)).says(200, TOKEN.formatted("t2", 3600));
        api.says(200, "[]");
        try (var source = source(api.url("/{subject.id}"), oauth2(""))) {
            source.read(ADA, new Collected());
            org.awaitility.Awaitility.await().atMost(Duration.ofSeconds(5)).untilAsserted(() -> {
                source.read(ADA, new Collected());
                assertThat(login.calls()).hasSize(2);
            });
        }

        assertThat(api.calls().getLast().header("Authorization")).isEqualTo("Bearer t2");
    }

    @Test
    void anAccessTokenThatIsRefusedIsFetchedAnewOnce() throws Exception {
        login.says(200, TOKEN.formatted("t1", 3600)).says(200, TOKEN.formatted("t2", 3600));
        api.says(401, "{ }").says(200, "[ 1 ]");

        assertThat(read(source(api.url("/{subject.id}"), oauth2("")), ADA).records())
                .hasSize(1);
        assertThat(api.calls())
                .extracting(call -> call.header("Authorization"))
                .containsExactly("Bearer t1", "Bearer t2");
    }

    @Test
    void whoeverIsRefusedWithANewTokenTooIsAFailure() throws Exception {
        login.says(200, TOKEN.formatted("t1", 3600)).says(200, TOKEN.formatted("t2", 3600));
        api.says(401, "{ }");

        assertThat(failure(source(api.url("/{subject.id}"), oauth2("")), ADA).reason())
                .isEqualTo("source payments: expected status 200 or 404, found 401");
        assertThat(login.calls()).hasSize(2);
        assertThat(api.calls()).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            401 | { "error": "s3cr3t" }            | source payments: expected an access token, found status 401
            302 | { }                              | source payments: expected an access token, found status 302
            200 | <html>                           | source payments: expected an access token, found no JSON (StreamReadException)
            200 | { }                              | source payments: expected an access token, found JSON without one that can be sent
            200 | { "access_token": "a\\r\\nb" }   | source payments: expected an access token, found JSON without one that can be sent
            200 | { "access_token": { "a": "b" } } | source payments: expected an access token, found JSON without one that can be sent
            """)
    void noAccessTokenIsAFailure(int status, String body, String reason) throws Exception {
        login.says(status, body);

        assertThat(failure(source(api.url("/{subject.id}"), oauth2("")), ADA).reason())
                .isEqualTo(reason);
        assertThat(api.calls()).isEmpty();
    }

    @Test
    void whoeverGivesTokensMayAskToWait() throws Exception {
        login.says(503, "{ }", "Retry-After", "90");

        assertThat(failure(source(api.url("/{subject.id}"), oauth2("")), ADA).retryAfter())
                .contains(Duration.ofSeconds(90));
    }

    @Test
    void whoeverGivesTokensMayNotFallSilent() throws Exception {
        login.saysAndFallsSilent("");

        assertThat(failure(source(api.url("/{subject.id}"), oauth2(""), "timeout: 500ms"), ADA)
                        .reason())
                .isEqualTo("source payments: no whole answer within 500 ms");
    }

    private String oauth2(String more) {
        return "auth: { type: oauth2, token_url: \"%s\", client_id: lethe, client_secret_env: SECRET%s }"
                .formatted(login.url("/token"), more.isEmpty() ? "" : ", " + more);
    }
}
