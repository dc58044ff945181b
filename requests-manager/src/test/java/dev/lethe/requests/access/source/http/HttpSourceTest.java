package dev.lethe.requests.access.source.http;

import static dev.lethe.requests.access.source.http.HttpSources.ADA;
import static dev.lethe.requests.access.source.http.HttpSources.failure;
import static dev.lethe.requests.access.source.http.HttpSources.read;
import static dev.lethe.requests.access.source.http.HttpSources.source;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lethe.messages.Subject;
import dev.lethe.requests.access.source.Collected;
import dev.lethe.requests.access.source.Records;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class HttpSourceTest {

    private final Api billing = new Api();

    @AfterEach
    void stop() {
        billing.close();
    }

    @Test
    void everyItemUnderThePointerIsARecord() throws Exception {
        billing.says(200, """
                { "page": 1, "data": { "more": [ { "items": [ 1 ] } ], "items": [
                    { "id": 1, "amount": 12345678901234567.89, "paid": true, "tags": ["a", { "b": 2 }], "note": null },
                    { "id": 2 },
                    "loose" ] }, "items": [ 2 ] }""");

        var records = read(source(billing.url("/users/{subject.id}/payments"), "records: /data/items"), ADA)
                .records();

        assertThat(records).hasSize(3);
        assertThat(records.getFirst().keySet()).containsExactly("id", "amount", "paid", "tags", "note");
        assertThat(records.getFirst())
                .containsEntry("paid", true)
                .containsEntry("tags", List.of("a", Map.of("b", 2)))
                .containsEntry("note", null)
                .hasEntrySatisfying("amount", amount -> assertThat(amount).hasToString("12345678901234567.89"));
        assertThat(records.get(2)).isEqualTo(Map.of("value", "loose"));
        assertThat(billing.asked()).containsExactly("/users/ada-4711/payments");
    }

    @Test
    void aSingleObjectIsOneRecord() throws Exception {
        billing.says(200, "{ \"name\": \"Ada\" }");

        assertThat(read(source(billing.url("/users/{subject.id}")), ADA).records())
                .containsExactly(Map.of("name", "Ada"));
    }

    @Test
    void aPointerMayGoThroughAList() throws Exception {
        billing.says(200, "[ [ 1 ], { \"hits\": [ { \"a\": 1 } ] } ]");

        assertThat(read(source(billing.url("/{subject.id}"), "records: /1/hits"), ADA)
                        .records())
                .containsExactly(Map.of("a", 1));
    }

    @Test
    void anEmptyListIsNothingHeld() throws Exception {
        billing.says(200, "[]");

        assertThat(read(source(billing.url("/users/{subject.id}")), ADA).records())
                .isEmpty();
    }

    @Test
    void notFoundIsNothingHeld() throws Exception {
        billing.says(404, "{ \"error\": \"ada-4711 is unknown\" }");

        assertThat(read(source(billing.url("/users/{subject.id}"), "records: /items"), ADA)
                        .records())
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {201, 204, 206, 301, 302, 303, 307, 308, 400, 401, 403, 429, 500, 503})
    void everyOtherStatusIsAFailure(int status) throws Exception {
        billing.says(
                status, status == 204 ? "" : "{ \"error\": \"ada-4711\" }", "Location", billing.url("/else/ada-4711"));

        assertThat(failure(source(billing.url("/users/{subject.id}")), ADA).reason())
                .isEqualTo("source payments: expected status 200 or 404, found " + status);
        assertThat(billing.calls()).as("redirects are not followed").hasSize(1);
    }

    @Test
    void aRedirectToTheMetadataOfACloudIsNotFollowed() throws Exception {
        billing.says(302, "", "Location", "http://169.254.169.254/latest/meta-data/iam/security-credentials/");

        assertThat(failure(source(billing.url("/users/{subject.id}")), ADA).reason())
                .isEqualTo("source payments: expected status 200 or 404, found 302");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ada-4711 has paid             | source payments: the answer is not JSON (StreamReadException)
            { "items": [ { "ada-4711":    | source payments: the answer is not JSON (UnexpectedEndOfInputException)
            { "items": [ { "a": 1 }       | source payments: the answer is not JSON (UnexpectedEndOfInputException)
            { "items": [] } and ada-4711  | source payments: the answer is not JSON (StreamReadException)
            { "items": [] } { }           | source payments: the answer is not JSON: something follows its end
            ''                            | source payments: the answer has nothing at '/items'
            { "ada-4711": { } }           | source payments: the answer has nothing at '/items'
            { "items": null, "a": "ada" } | source payments: the answer has nothing at '/items'
            { "items": [], "items": [] }  | source payments: the answer has two things at '/items'
            <html>ada-4711</html>         | source payments: the answer is not JSON (StreamReadException)
            { "items": ["\\x00"] }        | source payments: the answer is not JSON (StreamReadException)
            """)
    void anAnswerThatIsNotTheExpectedJsonIsAFailure(String body, String reason) throws Exception {
        billing.says(200, body);

        assertThat(failure(source(billing.url("/{subject.id}"), "records: /items"), ADA)
                        .reason())
                .isEqualTo(reason);
    }

    @Test
    void aPageForPeopleIsAFailureThatSaysSo() throws Exception {
        billing.says(
                200,
                "<!doctype html><title>ada-4711, please log in</title>",
                "Content-Type",
                "text/HTML; charset=utf-8");

        assertThat(failure(source(billing.url("/{subject.id}")), ADA).reason())
                .isEqualTo("source payments: expected JSON, found a page of HTML");
    }

    @Test
    void bytesThatAreNoTextAreAFailure() throws Exception {
        billing.says(200, new byte[] {'[', '"', (byte) 0xc3, (byte) 0x28, '"', ']'});

        assertThat(failure(source(billing.url("/{subject.id}")), ADA).reason())
                .startsWith("source payments: the answer is not JSON");
    }

    @Test
    void nestingWithoutEndIsAFailure() throws Exception {
        billing.says(200, "[".repeat(100_000));

        assertThat(failure(source(billing.url("/{subject.id}")), ADA).reason())
                .isEqualTo("source payments: the answer is not JSON (StreamConstraintsException)");
    }

    @Test
    void halfACharacterIsMendedAndNothingElseIsChanged() throws Exception {
        billing.says(
                200,
                "[ { \"lone\": \"a\\ud800b\", \"turned\": \"\\udc00\\ud800\", \"whole\": \"\\ud83d\\ude00\", \"nul\": \"a\\u0000b\","
                        + " \"rtl\": \"\\u202eadA\", \"twice\": 1, \"twice\": 2 } ]");

        var record = read(source(billing.url("/{subject.id}")), ADA).records().getFirst();

        assertThat(record)
                .containsEntry("lone", "a\ufffdb")
                .containsEntry("turned", "\ufffd\ufffd")
                .containsEntry("whole", "\ud83d\ude00")
                .containsEntry("nul", "a\0b")
                .containsEntry("rtl", "\u202eadA")
                .containsEntry("twice", 1)
                .containsEntry("twice (7)", 2);
    }

    @Test
    void halfACharacterInANameIsAFailure() throws Exception {
        billing.says(200, "[ { \"\\udfff\": 1 } ]");

        assertThat(failure(source(billing.url("/{subject.id}")), ADA).reason())
                .startsWith("source payments: the answer is not JSON");
    }

    @Test
    void anAnswerWithoutEndIsAFailure() throws Exception {
        billing.saysWithoutEnd(
                200,
                "[ 1".getBytes(UTF_8),
                ", { \"name\": \"ada-4711\" }".repeat(10_000).getBytes(UTF_8));

        assertThat(failure(source(billing.url("/{subject.id}"), "answer_limit: 3MB"), ADA)
                        .reason())
                .isEqualTo("source payments: the answer is larger than 3145728 bytes");
    }

    @ParameterizedTest
    @ValueSource(ints = {404, 500})
    void anErrorWithoutEndIsNotReadToIt(int status) throws Exception {
        billing.saysWithoutEnd(status, new byte[0], new byte[10_000]);

        var source = source(billing.url("/{subject.id}"));

        if (status == 404) {
            assertThat(read(source, ADA).records()).isEmpty();
        } else {
            assertThat(failure(source, ADA).reason())
                    .isEqualTo("source payments: expected status 200 or 404, found 500");
        }
    }

    @Test
    void aValueWithoutEndIsAFailure() throws Exception {
        billing.saysWithoutEnd(
                200, "[ \"".getBytes(UTF_8), "ada-4711".repeat(10_000).getBytes(UTF_8));

        assertThat(failure(source(billing.url("/{subject.id}"), "answer_limit: 3MB"), ADA)
                        .reason())
                .isEqualTo("source payments: the answer is larger than 3145728 bytes");
    }

    @Test
    void aPackedAnswerIsUnpacked() throws Exception {
        billing.says(200, Api.gzipped("[ { \"a\": 1 } ]".getBytes(UTF_8)), "Content-Encoding", "gzip");

        assertThat(read(source(billing.url("/{subject.id}")), ADA).records()).containsExactly(Map.of("a", 1));
        assertThat(billing.calls().getFirst().header("Accept-encoding")).isEqualTo("gzip");
    }

    /** A few kilobytes that are 64 megabytes when unpacked. */
    @Test
    void aBombIsAFailure() throws Exception {
        byte[] bomb = Api.gzipped("[ \"".getBytes(UTF_8), new byte[64 * 1024 * 1024]);
        assertThat(bomb.length).isLessThan(100_000);
        billing.says(200, bomb, "Content-Encoding", "gzip");
        billing.says(
                200,
                Api.gzipped(
                        "[ 1".getBytes(UTF_8),
                        (", \"" + "x".repeat(10_000) + "\"").repeat(6_000).getBytes(UTF_8)),
                "Content-Encoding",
                "gzip");
        var source = source(billing.url("/{subject.id}"));

        assertThat(failure(source, ADA).reason()).startsWith("source payments: the answer is not JSON");
        assertThat(failure(source(billing.url("/{subject.id}")), ADA).reason())
                .isEqualTo("source payments: the answer is larger than 33554432 bytes");
    }

    @ParameterizedTest
    @CsvSource({"br", "'gzip, gzip'", "deflate"})
    void whatIsPackedInAnotherWayIsAFailure(String encoding) throws Exception {
        billing.says(200, "[]", "Content-Encoding", encoding);

        assertThat(failure(source(billing.url("/{subject.id}")), ADA).reason())
                .isEqualTo("source payments: the answer is encoded in another way than gzip, which was asked for");
    }

    @Test
    void anAnswerThatIsCutWhileItIsPackedIsAFailure() throws Exception {
        byte[] whole = Api.gzipped("[ { \"a\": 1 } ]".getBytes(UTF_8));
        billing.says(200, java.util.Arrays.copyOf(whole, whole.length - 12), "Content-Encoding", "gzip");

        assertThat(failure(source(billing.url("/{subject.id}")), ADA).reason())
                .isEqualTo("source payments: the server did not answer (EOFException)");
    }

    @Test
    void anAnswerThatDripsIsAFailure() throws Exception {
        billing.says(exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write('[');
            // As long as somebody listens: writing to one who went away fails
            for (int i = 0; i < 1_000; i++) {
                exchange.getResponseBody().write(' ');
                exchange.getResponseBody().flush();
                java.util.concurrent.locks.LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            }
        });

        long begun = System.nanoTime();
        assertThat(failure(source(billing.url("/{subject.id}"), "timeout: 500ms"), ADA)
                        .reason())
                .isEqualTo("source payments: no whole answer within 500 ms");
        assertThat(System.nanoTime() - begun).isLessThan(TimeUnit.SECONDS.toNanos(2));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[ { \"name\": \"ada-4711\""})
    void aServerThatFallsSilentIsAFailure(String beginning) throws Exception {
        billing.saysAndFallsSilent(beginning);

        assertThat(failure(source(billing.url("/{subject.id}"), "timeout: 500ms"), ADA)
                        .reason())
                .isEqualTo("source payments: no whole answer within 500 ms");
    }

    /** Which no time-out of the socket notices: a byte comes each time. */
    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 200 OK\r\nX-Drip: ", ""})
    void headersThatDripAreAFailure(String beginning) throws Exception {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> {
                try (var connection = socket.accept()) {
                    connection.getOutputStream().write(beginning.getBytes(UTF_8));
                    while (true) {
                        connection.getOutputStream().write(beginning.isEmpty() ? '\n' : 'a');
                        connection.getOutputStream().flush();
                        java.util.concurrent.locks.LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
                    }
                } catch (IOException theyWentAway) {
                    // As they should
                }
            });
            var source = source("http://127.0.0.1:%d/{subject.id}".formatted(socket.getLocalPort()), "timeout: 500ms");

            assertThat(failure(source, ADA).reason()).startsWith("source payments: ");
        }
    }

    @Test
    void headersWithoutEndAreAFailure() throws Exception {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> {
                try (var connection = socket.accept()) {
                    connection.getOutputStream().write("HTTP/1.1 200 OK\r\n".getBytes(UTF_8));
                    byte[] header = "X-More: and more\r\n".repeat(1_000).getBytes(UTF_8);
                    while (true) {
                        connection.getOutputStream().write(header);
                    }
                } catch (IOException theyWentAway) {
                    // As they should
                }
            });
            var source = source("http://127.0.0.1:%d/{subject.id}".formatted(socket.getLocalPort()));

            assertThat(failure(source, ADA).reason())
                    .isEqualTo("source payments: the server did not answer (MessageConstraintException)");
        }
    }

    @Test
    void aServerThatHangsUpInTheMiddleIsAFailure() throws Exception {
        billing.says(exchange -> {
            exchange.sendResponseHeaders(200, 1_000);
            exchange.getResponseBody().write("[ { \"name\": \"ada-4711\" }, ".getBytes(UTF_8));
            exchange.getResponseBody().flush();
        });

        assertThat(failure(source(billing.url("/{subject.id}")), ADA).reason())
                .isEqualTo("source payments: the server did not answer (ConnectionClosedException)");
    }

    /** The JSON is whole, the answer is not: a list that ends before its time may have been cut by whoever stands between. */
    @Test
    void anAnswerThatIsShorterThanItSaysIsAFailure() throws Exception {
        billing.says(exchange -> {
            exchange.sendResponseHeaders(200, 1_000);
            exchange.getResponseBody().write("[ { \"name\": \"ada-4711\" } ]".getBytes(UTF_8));
            exchange.getResponseBody().flush();
        });

        assertThat(failure(source(billing.url("/{subject.id}")), ADA).reason())
                .isEqualTo("source payments: the server did not answer (ConnectionClosedException)");
    }

    @Test
    void aServerThatIsNotThereIsAFailure() throws Exception {
        int nobodysPort;
        try (var bound = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobodysPort = bound.getLocalPort();
        }
        assertThat(failure(source("http://127.0.0.1:%d/{subject.id}".formatted(nobodysPort)), ADA)
                        .reason())
                .isEqualTo("source payments: the server did not answer (HttpHostConnectException)");
    }

    @Test
    void aServerThatDoesNotSpeakHttpIsAFailure() throws Exception {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> {
                try (var connection = socket.accept()) {
                    connection.getOutputStream().write("SSH-2.0-ada-4711\r\n".getBytes(UTF_8));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            assertThat(failure(source("http://127.0.0.1:%d/{subject.id}".formatted(socket.getLocalPort())), ADA)
                            .reason())
                    .startsWith("source payments: the server did not answer (");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            *           | *
            %           | %25
            ' or 1=1    | %27%20or%201%3D1
            ../../x     | ..%2F..%2Fx
            a/b?c#d     | a%2Fb%3Fc%23d
            a b+c       | a%20b%2Bc
            %2e%2e%2f   | %252e%252e%252f
            ...         | ...
            {subject.email} | %7Bsubject.email%7D
            $1\\2       | %241%5C2
            ünï☃        | %C3%BCn%C3%AF%E2%98%83
            \u202eעברית | %E2%80%AE%D7%A2%D7%91%D7%A8%D7%99%D7%AA
            """)
    void aSubjectIsOneSegmentOfThePathWhateverItIsCalled(String id, String segment) throws Exception {
        billing.says(200, "[]");

        read(source(billing.url("/users/{subject.id}/payments")), new Subject(id, null));

        assertThat(billing.asked()).containsExactly("/users/" + segment + "/payments");
    }

    @Test
    void theLongestSubjectFitsAndATooLongOneIsNone() throws Exception {
        billing.says(200, "[]");

        read(source(billing.url("/users/{subject.id}")), new Subject("x".repeat(256), null));

        assertThat(billing.asked()).containsExactly("/users/" + "x".repeat(256));
        assertThatThrownBy(() -> new Subject("x".repeat(10_000), null)).hasMessageContaining("256");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\0b", "a\ud800b", "a\r\nHost: b"})
    void whatNoTextHoldsIsNoSubject(String id) {
        assertThatThrownBy(() -> new Subject(id, null)).hasMessageContaining("control characters or lone surrogates");
    }

    @ParameterizedTest
    @ValueSource(strings = {".", ".."})
    void aSubjectThatWouldNameAnotherResourceIsRefused(String id) throws Exception {
        var source = source(billing.url("/users/{subject.id}/payments"));

        assertThat(failure(source, new Subject(id, null)).reason())
                .isEqualTo("source payments: the subject has no usable subject.id");
        assertThat(billing.calls()).isEmpty();
    }

    @Test
    void whoeverLacksTheNameIsAskedForIsAFailureAndNotEverybodysData() throws Exception {
        var source = source(billing.url("/mails/{subject.email}"));

        assertThat(source.asksBy()).containsExactly("subject.email");
        assertThat(failure(source, new Subject("ada-4711", null)).reason())
                .isEqualTo("source payments: the subject has no usable subject.email");
        assertThat(billing.calls()).isEmpty();
    }

    @Test
    void identitiesAndMailAddressesGoIntoTheQueryEncoded() throws Exception {
        billing.says(200, "[]");
        var source = source(billing.url("/search?mail={subject.email}&crm={subject.identities.crm}"));

        assertThat(source.asksBy()).containsExactly("subject.email", "subject.identities.crm");
        read(source, ADA);

        assertThat(billing.asked()).containsExactly("/search?mail=ada%40example.com&crm=K%2012");
    }

    @Test
    void aBodyOfJsonIsPostedInWhichTheSubjectStaysAText() throws Exception {
        billing.says(200, "[]");
        var source = source(
                billing.url("/search"),
                "method: POST",
                "body: '{ \"query\": { \"user\": \"{subject.id}\", \"crm\": \"{subject.identities.crm}\" } }'",
                "headers: { X-Tenant: lethe, Accept: application/vnd.billing+json }");

        assertThat(source.asksBy()).containsExactly("subject.id", "subject.identities.crm");
        read(source, new Subject("a\", \"user\": \"b\\", null, Map.of("crm", "ünï")));

        Api.Call call = billing.calls().getFirst();
        assertThat(call.method()).isEqualTo("POST");
        assertThat(call.header("Content-type")).isEqualTo("application/json");
        assertThat(call.header("X-tenant")).isEqualTo("lethe");
        assertThat(call.header("Accept")).isEqualTo("application/vnd.billing+json");
        assertThat(call.body())
                .isEqualTo("{ \"query\": { \"user\": \"a\\\", \\\"user\\\": \\\"b\\\\\", \"crm\": \"ünï\" } }");
    }

    @Test
    void aFormIsPostedInWhichTheSubjectIsOneValue() throws Exception {
        billing.says(200, "[]");
        var source = source(
                billing.url("/search/{subject.id}"),
                "method: POST",
                "content_type: application/x-www-form-urlencoded",
                "body: \"kind=all&user={subject.id}\"");

        read(source, new Subject("a&b=c ü", null));

        assertThat(billing.calls().getFirst().body()).isEqualTo("kind=all&user=a%26b%3Dc%20%C3%BC");
        assertThat(billing.calls().getFirst().header("Content-type")).isEqualTo("application/x-www-form-urlencoded");
    }

    @Test
    void aServerThatCannotProveWhoItIsIsAFailure(@TempDir Path folder) throws Exception {
        Path store = folder.resolve("forged.p12");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of("-genkeypair", "-keyalg", "EC", "-alias", "api", "-dname", "CN=api"));
        command.addAll(List.of("-ext", "san=ip:127.0.0.1", "-storepass", "forged", "-keystore", store.toString()));
        Process keytool = new ProcessBuilder(command).start();
        assertThat(keytool.waitFor()).isZero();
        try (var api = new Api(store, "forged".toCharArray())) {
            api.says(200, "[]");

            assertThat(failure(source(api.url("/{subject.id}").replace("http:", "https:")), ADA)
                            .reason())
                    .isEqualTo("source payments: the server did not answer (SSLHandshakeException)");
            assertThat(api.calls()).isEmpty();
        }
    }

    @Test
    void oneRecordIsGivenBeforeTheNextHasCome() throws Exception {
        var firstIsGiven = new CountDownLatch(1);
        billing.says(exchange -> {
            exchange.sendResponseHeaders(200, 0);
            // More than any buffer on the way holds back
            exchange.getResponseBody()
                    .write(("[ { \"n\": 1 }, { \"n\": 2, \"pad\": \"" + "x".repeat(100_000) + "\" }, ")
                            .getBytes(UTF_8));
            exchange.getResponseBody().flush();
            await(firstIsGiven);
            exchange.getResponseBody().write("{ \"n\": 3 } ]".getBytes(UTF_8));
        });
        var collected = new Collected();
        try (var source = source(billing.url("/{subject.id}"))) {
            source.read(ADA, new Records() {
                @Override
                public void record(Map<String, @Nullable Object> record) {
                    collected.record(record);
                    firstIsGiven.countDown();
                }

                @Override
                public void document(String title, String mediaType, InputStream content) {}
            });
        }

        assertThat(collected.records()).hasSize(3);
    }

    /** More failures than there are connections: one that was kept would be missed. */
    @Test
    void whatFailsKeepsNoConnection() throws Exception {
        billing.saysWithoutEnd(500, new byte[0], new byte[10_000]);
        try (var source = source(billing.url("/{subject.id}"), "parallel: 1", "timeout: 2s")) {
            for (int i = 0; i < 5; i++) {
                assertThatThrownBy(() -> source.read(ADA, new Collected()))
                        .hasMessage("source payments: expected status 200 or 404, found 500");
            }
        }
    }

    @Test
    void oneConnectionServesAllPagesOfOneReader() throws Exception {
        var ports = java.util.concurrent.ConcurrentHashMap.<Integer>newKeySet();
        for (String body : List.of("[ 1 ] ", "[ 2 ]", "[]")) {
            billing.says(exchange -> {
                ports.add(exchange.getRemoteAddress().getPort());
                byte[] bytes = body.length() > 5 ? Api.gzipped(body.getBytes(UTF_8)) : body.getBytes(UTF_8);
                if (body.length() > 5) {
                    exchange.getResponseHeaders().add("Content-Encoding", "gzip");
                }
                exchange.sendResponseHeaders(200, 0);
                exchange.getResponseBody().write(bytes);
            });
        }

        assertThat(read(source(billing.url("/{subject.id}"), "paging: { by: page, parameter: p }"), ADA)
                        .records())
                .hasSize(2);
        assertThat(ports).hasSize(1);
    }

    @Test
    void aReportThatCannotBeWrittenEndsTheReadingAsItWas() throws Exception {
        billing.saysWithoutEnd(200, "[ 1".getBytes(UTF_8), ", 1".repeat(10_000).getBytes(UTF_8));
        var full = new UncheckedIOException(new IOException("no space"));
        try (var source = source(billing.url("/{subject.id}"))) {
            assertThatThrownBy(() -> source.read(ADA, new Records() {
                        @Override
                        public void record(Map<String, @Nullable Object> record) {
                            throw full;
                        }

                        @Override
                        public void document(String title, String mediaType, InputStream content) {}
                    }))
                    .isSameAs(full);
        }
    }

    @Test
    void whoeverIsInterruptedStopsReading() throws Exception {
        var asked = new CountDownLatch(1);
        billing.says(exchange -> {
            asked.countDown();
            billing.awaitEnd();
        });
        var thrown = new AtomicReference<Throwable>();
        try (var source = source(billing.url("/{subject.id}"))) {
            Thread reader = Thread.ofVirtual().start(() -> {
                try {
                    source.read(ADA, new Collected());
                } catch (Exception e) {
                    thrown.set(e);
                }
            });
            await(asked);
            reader.interrupt();
            reader.join();
        }

        assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
