package dev.lethe.requests.access.source.elastic;

import static dev.lethe.requests.access.source.elastic.Given.ADA;
import static dev.lethe.requests.access.source.elastic.Given.failure;
import static dev.lethe.requests.access.source.elastic.Given.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.lethe.messages.Subject;
import dev.lethe.servers.ElasticsearchServer;
import dev.lethe.servers.LocalServers;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(300)
class ElasticSourceIT {

    private static final ElasticsearchServer SERVER = LocalServers.shared().elasticsearch();
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final int VISITS = 10_001;

    /** Ada's visits among others', whose names begin, end or sound like hers, over several indices and shards. */
    @BeforeAll
    static void visits() throws Exception {
        for (String index : List.of("web-2026.01", "web-2026.02")) {
            put("/" + index, """
                    { "settings": { "number_of_shards": 3, "number_of_replicas": 0 },
                      "mappings": { "properties": {
                        "user": { "properties": { "id": { "type": "keyword" }, "email": { "type": "keyword" } } },
                        "n": { "type": "integer" } } } }""");
        }
        var others = List.of("ada-4711x", "ada-471", "Ada-4711", "ada", "4711", "*", "?", "ada*");
        var lines = new StringBuilder();
        for (int n = 0; n < VISITS; n++) {
            visit(lines, n, "ada-4711");
            if (n % 10 == 0) {
                visit(lines, n, others.get(n / 10 % others.size()));
            }
        }
        bulk(lines);
    }

    private static void visit(StringBuilder lines, int n, String who) {
        lines.append("{\"create\":{\"_index\":\"web-2026.0%d\"}}\n".formatted(n % 2 + 1))
                .append(
                        "{\"n\":%d,\"@timestamp\":\"2026-01-01T00:00:00Z\",\"user\":{\"id\":\"%s\",\"email\":\"%s@example.com\"},"
                                .formatted(n, who, who))
                .append("\"source\":{\"ip\":\"192.0.2.%d\",\"geo\":{\"city\":\"Łódź\"}},\"cost\":12.50}\n"
                        .formatted(n % 256));
    }

    @AfterEach
    void nothingIsHeldOpen() {
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(
                        get("/_nodes/stats/indices/search?filter_path=nodes.*.indices.search.open_contexts"))
                .contains("\"open_contexts\":0"));
    }

    @AfterAll
    static void noVisits() throws Exception {
        delete("/web-2026.01,web-2026.02");
    }

    @Test
    void everyDocumentOfThePersonComesOnceAndNobodyElses() throws Exception {
        try (var source = source("index: web-*", "field: user.id")) {
            var visits = read(source, ADA);

            assertThat(visits).hasSize(VISITS);
            assertThat(visits).extracting(visit -> visit.get("user.id")).containsOnly("ada-4711");
            assertThat(visits)
                    .extracting(visit -> visit.get("n"))
                    .containsExactlyInAnyOrderElementsOf(
                            IntStream.range(0, VISITS).boxed().toList());
            assertThat(read(source, ADA)).as("in the same order again").isEqualTo(visits);
        }
    }

    @Test
    void whatIsWrittenWhileItIsReadChangesNothing() throws Exception {
        try (var source = source("index: web-*", "field: user.id", "page: 1000")) {
            var visits = new ArrayList<@Nullable Object>();
            source.read(ADA, Given.records(visit -> {
                if (visits.isEmpty()) {
                    anotherVisit();
                }
                visits.add(visit.get("n"));
            }));

            assertThat(visits).hasSize(VISITS).doesNotHaveDuplicates();
            assertThat(read(source, ADA)).as("the next report has it").hasSize(VISITS + 1);
        } finally {
            send("POST", "/web-*/_bulk?refresh=true", "{\"delete\":{\"_index\":\"web-2026.01\",\"_id\":\"late\"}}\n");
        }
    }

    private static void anotherVisit() {
        try {
            put("/web-2026.01/_doc/late?refresh=true", "{\"n\":-1,\"user\":{\"id\":\"ada-4711\"}}");
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void onlyTheFieldsThatAreTakenComeInTheirOrderAndNamedWithDots() throws Exception {
        try (var source = source(
                "index: [web-2026.01, web-2026.02]",
                "field: user.id",
                "take: [source.ip, \"@timestamp\", source.geo.*, cost, missing]")) {
            Map<String, @Nullable Object> visit = read(source, ADA).getFirst();

            assertThat(visit.keySet()).containsExactly("source.ip", "@timestamp", "cost", "source.geo.city");
            assertThat(visit).containsEntry("source.geo.city", "Łódź").containsEntry("cost", new BigDecimal("12.5"));
        }
    }

    @Test
    void withoutAChoiceOfFieldsTheWholeDocumentComesAsItWasWritten() throws Exception {
        put("/orders", "{\"mappings\":{\"properties\":{\"id\":{\"type\":\"keyword\"}}}}");
        put("/orders/_doc/1?refresh=true", """
                { "id": "ada-4711", "total": 12345678901234567.89, "empty": {}, "note": null, "a.b": 1, "a": { "b": 2 },
                  "items": [ { "name": "tea", "tags": ["x"] }, { "name": "cake" } ] }""");
        try (var source = source("index: orders", "field: id")) {
            assertThat(read(source, ADA).getFirst())
                    .containsOnlyKeys("id", "total", "empty", "note", "a.b", "a.b (2)", "items")
                    .containsEntry("total", new BigDecimal("12345678901234567.89"))
                    .containsEntry("empty", Map.of())
                    .containsEntry("note", null)
                    .containsEntry("a.b", 1)
                    .containsEntry("a.b (2)", 2)
                    .containsEntry(
                            "items", List.of(Map.of("name", "tea", "tags", List.of("x")), Map.of("name", "cake")));
        } finally {
            delete("/orders");
        }
    }

    @Test
    void peopleAreFoundByMailAddressesAndOtherIdentities() throws Exception {
        put("/orders", "{\"mappings\":{\"properties\":{\"customer\":{\"type\":\"long\"}}}}");
        put("/orders/_doc/1?refresh=true", "{\"customer\":42}");
        put("/orders/_doc/2?refresh=true", "{\"customer\":420}");
        try (var byMail = source("index: web-*", "field: user.email", "subject: subject.email", "take: n");
                var byNumber = source("index: orders", "field: customer", "subject: subject.identities.crm")) {
            assertThat(byMail.asksBy()).containsExactly("subject.email");
            assertThat(read(byMail, new Subject("?", "Ada-4711@example.com"))).hasSize(125);
            assertThat(byNumber.asksBy()).containsExactly("subject.identities.crm");
            assertThat(read(byNumber, ADA)).containsExactly(Map.of("customer", 42));
        } finally {
            delete("/orders");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            *                 | 125
            ?                 | 125
            ada*              | 125
            a*                | 0
            ada-471?          | 0
            ADA-4711          | 0
            ada               | 125
            ada 4711          | 0
            user.id:*         | 0
            ' or 1=1          | 0
            ../../x           | 0
            {"match_all":{}}  | 0
            /ada.*/           | 0
            _all              | 0
            """)
    void aSubjectIsAValueWhateverItIsCalled(String id, int visits) throws Exception {
        try (var source = source("index: web-*", "field: user.id", "take: user.id")) {
            assertThat(read(source, new Subject(id, null)))
                    .hasSize(visits)
                    .allMatch(visit -> visit.equals(Map.of("user.id", id)));
        }
    }

    @Test
    void aPatternThatFitsNoIndexHoldsNothing() throws Exception {
        try (var source = source("index: nothing-*", "field: user.id")) {
            assertThat(read(source, ADA)).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nothing", "[web-*, nothing]"})
    void anIndexThatIsNotThereIsAFailure(String index) throws Exception {
        try (var source = source("index: " + index, "field: user.id")) {
            assertThat(failure(source, ADA))
                    .isEqualTo("source visits: Elasticsearch answered with status 404, index_not_found_exception");
        }
    }

    @Test
    void aClosedIndexIsAFailureAndNotLessData() throws Exception {
        for (String name : List.of("/old-1", "/old-2")) {
            put(name, "{\"mappings\":{\"properties\":{\"id\":{\"type\":\"keyword\"}}}}");
            put(name + "/_doc/1?refresh=true", "{\"id\":\"ada-4711\"}");
        }
        send("POST", "/old-2/_close", "");
        try {
            for (String index : List.of("old-*", "old-2", "[old-1, old-2]")) {
                try (var source = source("index: " + index, "field: id")) {
                    assertThat(failure(source, ADA))
                            .isEqualTo("source visits: Elasticsearch answered with status 400, index_closed_exception");
                }
            }
        } finally {
            delete("/old-1,old-2");
        }
    }

    @Nested
    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    class AFieldThatMayFindOthers {

        @BeforeAll
        void people() throws Exception {
            put("/people-1", """
                    { "mappings": { "properties": {
                      "text": { "type": "text" },
                      "date": { "type": "date" },
                      "alias": { "type": "alias", "path": "number" },
                      "object": { "type": "object" },
                      "alike": { "type": "keyword", "normalizer": "lowercase" },
                      "none": { "type": "keyword", "null_value": "nobody" },
                      "short": { "type": "keyword", "ignore_above": 7 },
                      "number": { "type": "long", "null_value": -1 },
                      "address": { "type": "ip" } } } }""");
            put("/people-2", "{ \"mappings\": { \"properties\": { \"text\": { \"type\": \"keyword\" } } } }");
            put("/people-1/_doc/1?refresh=true", """
                    { "number": 42, "address": "10.1.2.3", "alike": "Ada-4711", "text": "ada 4711" }""");
        }

        @AfterAll
        void nobody() throws Exception {
            delete("/people-1,people-2");
        }

        @ParameterizedTest
        @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                text    | ada-4711   | is of type text, which may find other people's data; expected keyword, constant_keyword, a whole number or ip, perhaps as 'text.keyword'
                date    | 2026       | is of type date, which may find other people's data; expected keyword, constant_keyword, a whole number or ip
                alias   | 42         | is of type alias, which may find other people's data; expected keyword, constant_keyword, a whole number or ip
                alike   | ADA-4711   | has a normalizer, by which it finds people whose names only look alike
                none    | nobody     | has the value of subject.id where a document has none (null_value)
                short   | ada-4711   | leaves out what is longer than 7 characters (ignore_above), and subject.id is
                number  | 042        | holds whole numbers, and subject.id is not written as one
                number  | 42.0       | holds whole numbers, and subject.id is not written as one
                number  | 4.2e1      | holds whole numbers, and subject.id is not written as one
                number  | ada-4711   | holds whole numbers, and subject.id is not written as one
                number  | -1         | has the value of subject.id where a document has none (null_value)
                address | 10.0.0.0/8 | holds IP addresses, and subject.id is a network of them
                object  | ada-4711   | is in no index of people-*
                """)
        void isAFailure(String field, String id, String reason) throws Exception {
            try (var source = source("index: people-*", "field: " + field)) {
                assertThat(failure(source, new Subject(id, null)))
                        .isEqualTo("source visits: field '%s' %s".formatted(field, reason));
            }
        }

        @ParameterizedTest
        @CsvSource({
            "short, ada-471, 0",
            "number, 42, 1",
            "number, 43, 0",
            "address, 10.1.2.3, 1",
            "address, 10.1.2.4, 0"
        })
        void findsOneWhoseNameIsMeantAsItStands(String field, String id, int found) throws Exception {
            try (var source = source("index: people-*", "field: " + field)) {
                assertThat(read(source, new Subject(id, null))).hasSize(found);
            }
        }
    }

    @Test
    void aFieldWithinNestedObjectsIsAFailureAndNotNothing() throws Exception {
        put("/teams", """
                { "mappings": { "properties": { "members": { "type": "nested", "properties": {
                    "id": { "type": "keyword" } } } } } }""");
        put("/teams/_doc/1?refresh=true", "{\"members\":[{\"id\":\"ada-4711\"},{\"id\":\"bob\"}]}");
        try (var source = source("index: teams", "field: members.id")) {
            assertThat(failure(source, ADA))
                    .isEqualTo(
                            "source visits: field 'members.id' lies in 'members', whose type is nested: searches do not look into it");
        } finally {
            delete("/teams");
        }
    }

    @Test
    void anIndexWithoutSourceIsAFailure() throws Exception {
        put("/bare", """
                { "mappings": { "_source": { "enabled": false }, "properties": { "id": { "type": "keyword" } } } }""");
        put("/bare/_doc/1?refresh=true", "{\"id\":\"ada-4711\"}");
        try (var source = source("index: bare", "field: id")) {
            assertThat(failure(source, ADA))
                    .isEqualTo("source visits: an index keeps no _source, so its documents cannot be read");
        } finally {
            delete("/bare");
        }
    }

    @Test
    void anAnswerThatIsTooLargeSaysWhatToChange() throws Exception {
        put(
                "/large",
                "{ \"mappings\": { \"properties\": { \"id\": { \"type\": \"keyword\" }, \"x\": { \"enabled\": false } } } }");
        String document = "{\"id\":\"ada-4711\",\"x\":\"%s\"}".formatted("x".repeat(9 * 1024 * 1024));
        for (int n = 0; n < 4; n++) {
            put("/large/_doc/%d?refresh=true".formatted(n), document);
        }
        try (var atOnce = source("index: large", "field: id");
                var oneByOne = source("index: large", "field: id", "page: 1")) {
            assertThat(failure(atOnce, ADA))
                    .isEqualTo(
                            "source visits: an answer is larger than 33554432 bytes; let 'page' be smaller than it is");
            assertThat(read(oneByOne, ADA)).hasSize(4);
        } finally {
            delete("/large");
        }
    }

    @Test
    void aServerThatIsKilledInTheMiddleIsAFailureAndTheNextReadIsWhole() throws Exception {
        try (var source = source("index: web-*", "field: user.id", "page: 500", "timeout: 5s")) {
            var count = new int[1];
            assertThat(failure(source, ADA, visit -> {
                        if (++count[0] == 1_200) {
                            SERVER.kill();
                        }
                    }))
                    .startsWith("source visits: Elasticsearch did not answer as expected");
            assertThat(count[0]).isEqualTo(1_500);

            assertThat(failure(source, ADA)).startsWith("source visits: Elasticsearch did not answer as expected");

            SERVER.start();
            assertThat(read(source, ADA)).hasSize(VISITS);
        } finally {
            SERVER.start();
        }
    }

    @Test
    void aServerThatFreezesInTheMiddleIsAFailure() throws Exception {
        try (var source = source("index: web-*", "field: user.id", "page: 500", "timeout: 1s")) {
            var frozen = new boolean[1];
            assertThat(failure(source, ADA, visit -> {
                        if (!frozen[0]) {
                            SERVER.pause();
                            frozen[0] = true;
                        }
                    }))
                    .isEqualTo("source visits: no whole answer within 1000 ms");
        } finally {
            SERVER.resume();
        }
    }

    @Test
    void aReadThatIsInterruptedEndsAndHoldsNothingOpen() throws Exception {
        try (var source = source("index: web-*", "field: user.id", "page: 500")) {
            assertThatThrownBy(() -> source.read(
                            ADA, Given.records(visit -> Thread.currentThread().interrupt())))
                    .isInstanceOf(InterruptedException.class);
        } finally {
            Thread.interrupted();
        }
    }

    @Test
    void aReportThatCannotTakeARecordEndsTheRead() throws Exception {
        try (var source = source("index: web-*", "field: user.id")) {
            assertThatThrownBy(() -> source.read(ADA, Given.records(visit -> {
                        throw new IllegalStateException("the disk is full");
                    })))
                    .hasMessage("the disk is full");
        }
    }

    private static ElasticSource source(String... more) {
        return Given.source(SERVER.url(), more);
    }

    private static void bulk(StringBuilder lines) throws Exception {
        assertThat(send("POST", "/_bulk?refresh=true", lines.toString())).contains("\"errors\":false");
    }

    private static void put(String path, String json) throws Exception {
        send("PUT", path, json);
    }

    private static void delete(String path) throws Exception {
        send("DELETE", path, "");
    }

    private static String get(String path) throws Exception {
        return send("GET", path, "");
    }

    private static String send(String method, String path, String json) throws Exception {
        HttpResponse<String> answer = HTTP.send(
                HttpRequest.newBuilder(URI.create(SERVER.url() + path))
                        .header("Content-Type", "application/json")
                        .method(method, HttpRequest.BodyPublishers.ofString(json))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode())
                .as("%s %s: %s", method, path, answer.body())
                .isBetween(200, 299);
        return answer.body();
    }
}
