package dev.lethe.requests.access.source.amqp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.lethe.messages.Subject;
import dev.lethe.messages.participant.ExportedDocument;
import dev.lethe.requests.access.source.Records;
import dev.lethe.requests.access.source.Secrets;
import dev.lethe.requests.access.source.SourceFailure;
import dev.lethe.requests.access.source.file.SourcesFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a participant has answered, as the report reads it. */
class ExportSourceTest {

    private static final Subject ADA = new Subject("ada", null);

    private static final Secrets NONE = new Secrets() {
        @Override
        public @Nullable String ofEnvironment(String variable) {
            return null;
        }

        @Override
        public @Nullable String ofFile(String path) {
            return null;
        }
    };

    /** What the report gets. */
    private static final class Taken implements Records {

        private final List<Map<String, @Nullable Object>> records = new ArrayList<>();
        private final List<String> documents = new ArrayList<>();

        @Override
        public void record(Map<String, @Nullable Object> record) {
            records.add(record);
        }

        @Override
        public void document(String title, String mediaType, InputStream content) {
            try {
                documents.add("%s (%s): %s".formatted(title, mediaType, new String(content.readAllBytes(), UTF_8)));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private final Taken taken = new Taken();
    private HttpServer files;
    private String host;

    @BeforeEach
    void open() throws IOException {
        files = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        files.createContext("/letter", exchange -> answer(exchange, 200, "Dear Ada"));
        files.createContext("/long", exchange -> answer(exchange, 200, "x".repeat(2_000)));
        files.createContext("/gone", exchange -> answer(exchange, 404, "gone"));
        files.createContext("/elsewhere", exchange -> {
            exchange.getResponseHeaders().set("Location", "http://169.254.169.254/latest/meta-data");
            answer(exchange, 302, "");
        });
        files.start();
        host = "127.0.0.1:" + files.getAddress().getPort();
    }

    @AfterEach
    void close() {
        files.stop(0);
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        try (exchange) {
            byte[] body = text.getBytes(UTF_8);
            exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        }
    }

    @Test
    void jsonObjectsBecomeRecordsAndEverythingElseStaysADocument() throws Exception {
        read(
                "",
                content("list", "application/json", "[{\"n\": 1}, {\"n\": 0.10}]"),
                content("one", "application/json; charset=utf-8", "{\"n\": 3}"),
                content("numbers", "application/json", "[1, 2]"),
                content("broken", "application/json", "{\"n\": "),
                content("note", "text/plain", "hello"));

        assertThat(taken.records)
                .extracting(record -> String.valueOf(record.get("n")))
                .containsExactly("1", "0.10", "3");
        assertThat(taken.documents)
                .containsExactly(
                        "numbers (application/json): [1, 2]",
                        "broken (application/json): {\"n\": ",
                        "note (text/plain): hello");
    }

    @Test
    void aDocumentIsFetchedFromAHostThatTheFileNames() throws Exception {
        read("hosts: [\"%s\"], private: true,".formatted(host), byUrl("http://%s/letter".formatted(host)));

        assertThat(taken.documents).containsExactly("letter (text/plain): Dear Ada");
    }

    @Test
    void noOtherHostIsAsked() {
        assertThat(failure("private: true,", "http://%s/letter".formatted(host)))
                .contains("not among 'hosts'");
        assertThat(failure("hosts: [files.example.com], private: true,", "http://%s/letter".formatted(host)))
                .contains("not among 'hosts'");
        assertThat(failure("hosts: [\"%s\"], private: true,".formatted(host), "http://u:p@%s/letter".formatted(host)))
                .contains("not among 'hosts'");
    }

    @Test
    void aHostThatIsNamedIsStillNotAskedAtAPrivateAddress() {
        assertThat(failure("hosts: [\"%s\"],".formatted(host), "http://%s/letter".formatted(host)))
                .contains("private address");
    }

    @Test
    void whatDoesNotComeWholeFails() {
        String named = "hosts: [\"%s\"], private: true, document_limit: 1KB,".formatted(host);
        assertThat(failure(named, "http://%s/gone".formatted(host))).contains("status 404");
        assertThat(failure(named, "http://%s/elsewhere".formatted(host))).contains("status 302");
        assertThat(failure(named, "http://%s/long".formatted(host))).contains("larger than 1024 bytes");
    }

    private String failure(String more, String url) {
        SourceFailure failure = catchThrowableOfType(SourceFailure.class, () -> read(more, byUrl(url)));
        assertThat(failure).as("a failure").isNotNull();
        assertThat(failure.reason() + failure.getMessage()).doesNotContain("Dear", "/letter", "127.0.0.1", "u:p");
        return failure.reason();
    }

    private void read(String more, ExportedDocument... documents) throws Exception {
        String yaml = "sources: { post: { via: amqp, participant: post, %s explain: Letters } }".formatted(more);
        try (var source =
                (ExportSource) SourcesFile.read("sources.yaml", yaml, NONE).getFirst()) {
            source.answered(List.of(documents)).read(ADA, taken);
        }
    }

    private static ExportedDocument content(String name, String mediaType, String content) {
        return new ExportedDocument(name, mediaType, content, null);
    }

    private static ExportedDocument byUrl(String url) {
        return new ExportedDocument("letter", "text/plain", null, URI.create(url));
    }
}
