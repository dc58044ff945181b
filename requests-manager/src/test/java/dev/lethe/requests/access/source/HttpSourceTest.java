package dev.lethe.requests.access.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import dev.lethe.messages.Subject;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class HttpSourceTest {

    private static final Subject ADA = new Subject("ada-4711", "ada@example.com", Map.of("crm", "K 12"));

    private final CountDownLatch testIsOver = new CountDownLatch(1);
    private final List<HttpExchange> calls = new CopyOnWriteArrayList<>();
    private HttpServer billing;

    @BeforeEach
    void start() throws IOException {
        billing = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        billing.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        billing.start();
    }

    @AfterEach
    void stop() {
        testIsOver.countDown();
        billing.stop(0);
    }

    @Test
    void everyItemUnderThePointerIsARecord() throws Exception {
        answers(200, """
                { "page": 1, "data": { "items": [
                    { "id": 1, "amount": 12345678901234567.89, "paid": true, "tags": ["a"], "note": null },
                    { "id": 2 },
                    "loose" ] } }""");

        List<Map<String, @Nullable Object>> records = read("/users/{subject.id}/payments", "/data/items", ADA);

        assertThat(records).hasSize(3);
        assertThat(records.getFirst()).containsOnlyKeys("id", "amount", "paid", "tags", "note");
        assertThat(records.getFirst())
                .containsEntry("paid", true)
                .containsEntry("tags", List.of("a"))
                .containsEntry("note", null)
                .hasEntrySatisfying("amount", amount -> assertThat(amount).hasToString("12345678901234567.89"));
        assertThat(records.get(2)).isEqualTo(Map.of("value", "loose"));
        assertThat(asked()).isEqualTo("/users/ada-4711/payments");
    }

    @Test
    void aSingleObjectIsOneRecord() throws Exception {
        answers(200, "{ \"name\": \"Ada\" }");

        assertThat(read("/users/{subject.id}", "", ADA)).containsExactly(Map.of("name", "Ada"));
    }

    @Test
    void anEmptyListIsNothingHeld() throws Exception {
        answers(200, "[]");

        assertThat(read("/users/{subject.id}", "", ADA)).isEmpty();
    }

    @Test
    void notFoundIsNothingHeld() throws Exception {
        answers(404, "{ \"error\": \"ada-4711 is unknown\" }");

        assertThat(read("/users/{subject.id}", "/items", ADA)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {201, 204, 301, 302, 307, 400, 401, 403, 429, 500, 503})
    void everyOtherStatusIsAFailure(int status) {
        answers(status, status == 204 ? "" : "{ \"error\": \"ada-4711\" }", "Location", url("/elsewhere/ada-4711"));

        assertThat(failure("/users/{subject.id}", ""))
                .isEqualTo("source payments: expected status 200 or 404, found " + status);
        assertThat(calls).as("redirects are not followed").hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ada-4711 has paid             | source payments: the answer is not JSON (StreamReadException)
            { "items": [ { "ada-4711":    | source payments: the answer is not JSON (UnexpectedEndOfInputException)
            { "items": [] } and ada-4711  | source payments: the answer is not JSON (StreamReadException)
            ''                            | source payments: the answer has nothing at '/items'
            { "ada-4711": { } }           | source payments: the answer has nothing at '/items'
            { "items": null, "a": "ada" } | source payments: the answer has nothing at '/items'
            """)
    void anAnswerThatIsNotTheExpectedJsonIsAFailure(String body, String reason) {
        answers(200, body);

        assertThat(failure("/users/{subject.id}", "/items")).isEqualTo(reason);
    }

    @Test
    void anAnswerWithoutEndIsAFailure() {
        answers(exchange -> {
            exchange.sendResponseHeaders(200, 0);
            byte[] items = "{ \"name\": \"ada-4711\" },".repeat(10_000).getBytes(UTF_8);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write('[');
                while (testIsOver.getCount() > 0) {
                    out.write(items);
                }
            }
        });

        assertThat(failure("/users/{subject.id}", ""))
                .isEqualTo("source payments: the answer is larger than 33554432 bytes");
    }

    @Test
    void anAnswerThatDripsIsAFailure() {
        answers(exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write("[ { \"name\": \"ada-4711\"".getBytes(UTF_8));
            exchange.getResponseBody().flush();
            awaitEndOfTest();
        });

        assertThat(failure("/users/{subject.id}", ""))
                .isEqualTo("source payments: no whole answer within 1 s (IOException)");
    }

    @Test
    void aServerThatSaysNothingIsAFailure() {
        answers(exchange -> awaitEndOfTest());

        assertThat(failure("/users/{subject.id}", ""))
                .isEqualTo("source payments: no whole answer within 1 s (HttpTimeoutException)");
    }

    @Test
    void aServerThatHangsUpInTheMiddleIsAFailure() {
        answers(exchange -> {
            exchange.sendResponseHeaders(200, 1_000);
            exchange.getResponseBody().write("[ { \"name\": \"ada-4711\" }, ".getBytes(UTF_8));
            exchange.close();
        });

        assertThat(failure("/users/{subject.id}", ""))
                .isEqualTo("source payments: the server did not answer (IOException)");
    }

    @Test
    void aServerThatIsNotThereIsAFailure() throws IOException {
        try (var bound = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            bound.close();
            var source = source("http://127.0.0.1:%d/users/{subject.id}".formatted(bound.getLocalPort()), "");
            assertThat(failure(source, ADA)).isEqualTo("source payments: the server did not answer (ConnectException)");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            ../../x     | ..%2F..%2Fx
            a/b?c#d     | a%2Fb%3Fc%23d
            a b+c       | a%20b%2Bc
            %2e%2e%2f   | %252e%252e%252f
            ...         | ...
            {subject.email} | %7Bsubject.email%7D
            $1\\2       | %241%5C2
            ünï☃        | %C3%BCn%C3%AF%E2%98%83
            """)
    void aSubjectIsOneSegmentOfThePathWhateverItIsCalled(String id, String segment) throws Exception {
        answers(200, "[]");

        read("/users/{subject.id}/payments", "", new Subject(id, null));

        assertThat(asked()).isEqualTo("/users/" + segment + "/payments");
    }

    @ParameterizedTest
    @ValueSource(strings = {".", ".."})
    void aSubjectThatWouldNameAnotherResourceIsRefused(String id) {
        var source = source(url("/users/{subject.id}/payments"), "");

        assertThat(failure(source, new Subject(id, null)))
                .isEqualTo("source payments: the subject has no usable subject.id");
        assertThat(calls).isEmpty();
    }

    @Test
    void whoeverLacksTheNameIsAskedForIsAFailureAndNotEverybodysData() {
        var source = source(url("/mails/{subject.email}"), "");

        assertThat(failure(source, new Subject("ada-4711", null)))
                .isEqualTo("source payments: the subject has no usable subject.email");
        assertThat(calls).isEmpty();
    }

    @Test
    void identitiesAndMailAddressesGoIntoTheQueryEncoded() throws Exception {
        answers(200, "[]");

        read("/search?mail={subject.email}&crm={subject.identities.crm}", "", ADA);

        assertThat(asked()).isEqualTo("/search?mail=ada%40example.com&crm=K%2012");
    }

    @Test
    void theBearerTokenIsSent() throws Exception {
        answers(200, "[]");

        read("/users/{subject.id}", "", ADA);

        assertThat(calls.getFirst().getRequestHeaders().get("Authorization")).containsExactly("Bearer s3cr3t");
        assertThat(calls.getFirst().getRequestHeaders().get("Accept")).containsExactly("application/json");
    }

    private void answers(int status, String body, String... header) {
        answers(exchange -> {
            if (header.length > 0) {
                exchange.getResponseHeaders().set(header[0], header[1]);
            }
            byte[] bytes = body.getBytes(UTF_8);
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
    }

    private void answers(HttpHandler handler) {
        billing.createContext("/", exchange -> {
            calls.add(exchange);
            handler.handle(exchange);
        });
    }

    private void awaitEndOfTest() throws IOException {
        try {
            testIsOver.await();
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
    }

    private String asked() {
        assertThat(calls).hasSize(1);
        return calls.getFirst().getRequestURI().toString();
    }

    private String url(String path) {
        return "http://127.0.0.1:%d%s".formatted(billing.getAddress().getPort(), path);
    }

    private static HttpSource source(String url, String pointer) {
        return new HttpSource(
                "payments",
                "What you paid",
                url,
                pointer,
                Map.of("Authorization", "Bearer s3cr3t"),
                Duration.ofSeconds(1));
    }

    private List<Map<String, @Nullable Object>> read(String path, String pointer, Subject subject)
            throws SourceFailure, InterruptedException {
        var records = new ArrayList<Map<String, @Nullable Object>>();
        source(url(path), pointer).read(subject, records::add);
        return records;
    }

    private String failure(String path, String pointer) {
        return failure(source(url(path), pointer), ADA);
    }

    /** The reason of the failure, in which nobody is named, in no form that may reach a log. */
    private static String failure(HttpSource source, Subject subject) {
        var records = new ArrayList<Map<String, @Nullable Object>>();
        SourceFailure failure = catchThrowableOfType(SourceFailure.class, () -> source.read(subject, records::add));
        assertThat(failure).as("a failure").isNotNull();
        assertThat(failure).hasNoCause();
        assertThat(failure.reason() + failure.getMessage()).doesNotContain("ada", "s3cr3t", "127.0.0.1");
        assertThat(records).as("never a part").isEmpty();
        return failure.reason();
    }
}
