package dev.lethe.requests.access.source.elastic;

import static dev.lethe.requests.access.source.elastic.Given.ADA;
import static dev.lethe.requests.access.source.elastic.Given.failure;
import static dev.lethe.requests.access.source.elastic.Given.read;
import static dev.lethe.requests.access.source.elastic.StubElasticsearch.ALL_SHARDS;
import static dev.lethe.requests.access.source.elastic.StubElasticsearch.json;
import static dev.lethe.requests.access.source.elastic.StubElasticsearch.page;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.messages.Subject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What no real Elasticsearch can be made to answer. */
@Timeout(30)
class ElasticSourceTest {

    private StubElasticsearch stub;

    @BeforeEach
    void start() throws IOException {
        stub = new StubElasticsearch();
    }

    @AfterEach
    void stop() {
        stub.close();
    }

    @Test
    void everyPageIsAskedAfterTheLastDocumentAndByTheNewestPointInTimeWhichIsThenClosed() throws Exception {
        stub.finds(page(0, 2, 3)).finds(page(2, 3, 3));

        try (var source = source("page: 2")) {
            assertThat(read(source, ADA)).containsExactly(Map.of("n", 0), Map.of("n", 1), Map.of("n", 2));
        }

        assertThat(searches().getFirst())
                .contains(
                        "\"id\":\"pit-0\"",
                        "\"id\":{\"value\":\"ada-4711\"}",
                        "\"track_total_hits\":true",
                        "\"size\":2")
                .contains("_shard_doc", "\"timeout\":\"1000ms\"")
                .doesNotContain("search_after");
        assertThat(searches().getLast()).contains("\"id\":\"pit-2\"", "\"search_after\":[1]");
        assertThat(stub.calls.getLast()).isEqualTo("DELETE /_pit {\"id\":\"pit-3\"}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            "timed_out":true, "_shards":{"total":2,"successful":2,"skipped":0,"failed":0}                          | the search was cut short, so documents are missing
            "timed_out":false,"terminated_early":true,"_shards":{"total":2,"successful":2,"skipped":0,"failed":0}  | the search was cut short, so documents are missing
            "timed_out":false,"_shards":{"total":2,"successful":1,"skipped":0,"failed":1}                          | only 1 of 2 shards answered
            "timed_out":false,"_shards":{"total":2,"successful":1,"skipped":0,"failed":0}                          | only 1 of 2 shards answered
            "timed_out":false,"_shards":{"total":1,"successful":1,"skipped":0,"failed":0}                          | only 1 of 2 shards answered
            """)
    void aPartOfWhatThereIsIsAFailureOnEveryPage(String told, String reason) throws Exception {
        stub.finds(page(0, 2, 4, told));
        try (var source = source("page: 2")) {
            assertThat(failure(source, ADA, record -> fail())).isEqualTo("source visits: " + reason);
            assertThat(stub.calls.getLast()).startsWith("DELETE /_pit");

            stub.finds(page(0, 2, 4)).finds(page(2, 4, 4, told));
            assertThat(failure(source, ADA)).isEqualTo("source visits: " + reason);
            assertThat(stub.calls.getLast()).startsWith("DELETE /_pit");
        }
    }

    @Test
    void shardsThatAreMissingWhenThePointInTimeIsOpenedAreAFailure() throws Exception {
        stub.opens(
                json(200, "{\"id\":\"pit-0\",\"_shards\":{\"total\":2,\"successful\":1,\"skipped\":0,\"failed\":1}}"));
        try (var source = source()) {
            assertThat(failure(source, ADA)).isEqualTo("source visits: only 1 of 2 shards answered");
            assertThat(stub.calls.getLast()).startsWith("DELETE /_pit");
        }
    }

    @Test
    void fewerOrMoreDocumentsThanWereFoundAreAFailure() throws Exception {
        try (var source = source("page: 2")) {
            stub.finds(page(0, 2, 3)).finds(page(2, 2, 3));
            assertThat(failure(source, ADA)).isEqualTo("source visits: 3 documents were found and 2 came");

            stub.finds(page(0, 2, 3)).finds(page(2, 4, 3));
            assertThat(failure(source, ADA)).isEqualTo("source visits: 3 documents were found and 4 came");

            stub.finds(page(0, 2, 3).replace("eq", "gte"));
            assertThat(failure(source, ADA))
                    .isEqualTo("source visits: the answer does not say how many documents there are");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            200 | {}                                                        | Elasticsearch did not answer as expected (TransportException)
            200 | <html>ada-4711</html>                                     | Elasticsearch did not answer as expected (TransportException)
            200 | {"took":1,"timed_out":false,"hits":{"hits":[{"_id":"ada   | Elasticsearch did not answer as expected (TransportException)
            302 | {}                                                        | Elasticsearch answered with status 302
            400 | {"status":400,"error":{"type":"parsing_exception"}}       | Elasticsearch answered with status 400, parsing_exception
            403 | {"status":403,"error":{"type":"ada-4711"}}                | Elasticsearch answered with status 403
            400 | {"status":400,"error":{"type":"a_b","root_cause":[{"type":"index_closed_exception","reason":"ada-4711"}]}} | Elasticsearch answered with status 400, index_closed_exception
            503 | {"status":503,"error":{"type":"a_b","root_cause":[{"type":"no_shard_available_action_exception","reason":"ada-4711"}]}} | Elasticsearch answered with status 503
            """)
    void everythingButTheExpectedAnswerIsAFailure(int status, String body, String reason) throws Exception {
        try (var source = source()) {
            stub.finds(json(status, body));
            assertThat(failure(source, ADA, record -> fail())).isEqualTo("source visits: " + reason);
            assertThat(stub.calls.getLast()).as("of what it opened").startsWith("DELETE /_pit");

            stub.maps(json(status, body));
            assertThat(failure(source, ADA)).startsWith("source visits: ");
            stub.opens(json(status, body));
            assertThat(failure(source, ADA)).isEqualTo("source visits: " + reason);
        }
    }

    @Test
    void redirectsAreNotFollowed() throws Exception {
        stub.maps(call -> {
            call.getResponseHeaders().set("Location", stub.url() + "/elsewhere");
            json(302, "{}").to(call);
        });
        try (var source = source()) {
            failure(source, ADA);
        }
        assertThat(stub.calls).noneMatch(call -> call.contains("elsewhere"));
    }

    @Test
    void anAnswerThatDripsIsAFailure() throws Exception {
        stub.finds(stub.drips(200)).finds(stub.drips(500)).finds(stub.saysNothing());
        try (var source = source()) {
            for (int time = 0; time < 3; time++) {
                assertThat(failure(source, ADA)).isEqualTo("source visits: no whole answer within 1000 ms");
                assertThat(stub.calls.getLast()).startsWith("DELETE /_pit");
            }
        }
    }

    @Test
    void anAnswerWithoutEndIsAFailure() throws Exception {
        stub.finds(stub.neverEnds());
        try (var source = source("timeout: 20s")) {
            assertThat(failure(source, ADA))
                    .isEqualTo(
                            "source visits: an answer is larger than 33554432 bytes; let 'page' be smaller than it is");
        }
    }

    @Test
    void aPackedAnswerIsAFailureHoweverLargeItIsWithin() throws Exception {
        var packed = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(packed)) {
            gzip.write(page(0, 1, 1).getBytes(UTF_8));
        }
        stub.finds(call -> {
            call.getResponseHeaders().set("Content-Type", "application/json");
            call.getResponseHeaders().set("Content-Encoding", "gzip");
            call.sendResponseHeaders(200, packed.size());
            call.getResponseBody().write(packed.toByteArray());
        });
        try (var source = source()) {
            assertThat(failure(source, ADA)).startsWith("source visits: Elasticsearch did not answer as expected");
        }
    }

    @Test
    void aServerThatHangsUpIsAFailure() throws Exception {
        stub.finds(call -> {
            call.sendResponseHeaders(200, 1_000);
            call.getResponseBody().write('{');
        });
        try (var source = source()) {
            assertThat(failure(source, ADA)).startsWith("source visits: Elasticsearch did not answer as expected");
        }
    }

    @Test
    void aServerThatIsNotElasticsearchIsAFailure() throws Exception {
        stub.opens(call -> {
            call.getResponseHeaders().remove("X-Elastic-Product");
            json(200, "{\"id\":\"pit-0\",\"_shards\":%s}".formatted(ALL_SHARDS)).to(call);
        });
        try (var source = source()) {
            assertThat(failure(source, ADA)).startsWith("source visits: Elasticsearch did not answer as expected");
        }
    }

    @Test
    void anotherNodeIsAskedWhereOneIsDown() throws Exception {
        stub.finds(page(0, 1, 1));
        try (var bound = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int nobodys = bound.getLocalPort();
            bound.close();
            try (var source = Given.source(
                    "[\"http://127.0.0.1:%d\", \"%s\"]".formatted(nobodys, stub.url()), "index: web-*", "field: id")) {
                assertThat(read(source, ADA)).hasSize(1);
            }
            try (var source = Given.source("http://127.0.0.1:" + nobodys, "index: web-*", "field: id")) {
                assertThat(failure(source, ADA))
                        .isEqualTo("source visits: Elasticsearch did not answer as expected (ConnectException)");
            }
        }
    }

    @Test
    void anAddressThatIsNotAllowedIsNeverConnectedTo() throws Exception {
        var settings = new ArrayList<ElasticSettings>();
        var asked = new ArrayList<String>();
        try (var source = source()) {
            settings.add(source.settings());
        }
        try (var guarded = new ElasticSource(source().about(), settings.getFirst(), host -> {
            asked.add(host);
            throw new UnknownHostException("ada-4711");
        })) {
            assertThat(failure(guarded, ADA)).endsWith("(UnknownHostException)");
        }
        assertThat(asked).containsExactly("127.0.0.1");
        assertThat(stub.calls).isEmpty();
    }

    @Test
    void whoeverLacksWhatIsAskedByIsAFailureAndNotEverybodysData() throws Exception {
        try (var source = source("subject: subject.identities.crm")) {
            assertThat(source.asksBy()).containsExactly("subject.identities.crm");
            assertThat(failure(source, new Subject("bob-1", null)))
                    .isEqualTo("source visits: the subject has no subject.identities.crm");
        }
        assertThat(stub.calls).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{ user: reader, password_env: SECRET }|Basic cmVhZGVyOnMzY3IzdA==",
                "{ api_key_env: SECRET }|ApiKey s3cr3t",
                "{}|null"
            })
    void whoAsksIsSaidWithEveryRequest(String given) throws Exception {
        List<String> parts = List.of(given.split("\\|"));
        stub.finds(page(0, 0, 0));
        String[] keys = parts.getFirst().replaceAll("[{} ]", "").isEmpty()
                ? new String[0]
                : parts.getFirst().replaceAll("[{}]", "").strip().split(", ");
        try (var source = source(keys)) {
            assertThat(read(source, ADA)).isEmpty();
        }
        assertThat(stub.authorizations).hasSize(4).containsOnly(parts.getLast());
    }

    @Test
    void aPathBeforeTheApiIsKept() throws Exception {
        stub.finds(page(0, 0, 0));
        try (var source = Given.source(stub.url() + "/search/", "index: web-*", "field: id")) {
            assertThat(read(source, ADA)).isEmpty();
        }
        assertThat(stub.calls.getFirst()).startsWith("POST /search/web-*/_pit");
    }

    @Test
    void numbersAreWhatWasWritten() throws Exception {
        stub.finds(
                page(0, 1, 1).replace("\"n\":0", "\"n\":12345678901234567.89,\"big\":123456789012345678901234567890"));
        try (var source = source()) {
            Map<String, @Nullable Object> record = read(source, ADA).getFirst();

            assertThat(record).hasEntrySatisfying("n", n -> assertThat(n).hasToString("12345678901234567.89"));
            assertThat(record)
                    .hasEntrySatisfying("big", n -> assertThat(n).hasToString("123456789012345678901234567890"));
        }
    }

    private List<String> searches() {
        return stub.calls.stream().filter(call -> call.contains("/_search ")).toList();
    }

    private ElasticSource source(String... more) {
        var all = new ArrayList<>(List.of("index: web-*", "field: id"));
        all.addAll(List.of(more));
        if (all.stream().noneMatch(key -> key.startsWith("timeout"))) {
            all.add("timeout: 1s");
        }
        return Given.source(stub.url(), all.toArray(String[]::new));
    }

    private static void fail() {
        throw new AssertionError("a record came");
    }
}
