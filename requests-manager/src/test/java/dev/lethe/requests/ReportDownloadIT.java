package dev.lethe.requests;

import static dev.lethe.messages.Messages.REPORT_DOWNLOADED;
import static dev.lethe.requests.Vault.MIB;
import static dev.lethe.requests.Vault.noise;
import static dev.lethe.requests.Vault.piece;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.awaitility.Awaitility.await;

import dev.lethe.requests.access.storage.FinishedReport;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What people and their browsers get under a report's link. */
@ExtendWith(OutputCaptureExtension.class)
class ReportDownloadIT {

    private static final int SIZE = 3 * MIB + 17;

    private static Installation installation;
    private static ConfigurableApplicationContext instance;
    private static Vault vault;
    private static byte[] content;

    @BeforeAll
    static void install(@TempDir Path folder) throws IOException {
        installation = new Installation(
                folder, "none: { via: http, url: \"http://127.0.0.1:9/{subject.id}\", private: true, explain: None }");
        instance = installation.start(
                "lethe.access.workers=0",
                "lethe.access.expiry-check=1h",
                "lethe.access.leftovers-check=1h",
                "lethe.access.ask-again-url=https://example.com/privacy?a=1&b=2");
        vault = new Vault(instance);
        content = noise(SIZE);
    }

    @AfterAll
    static void uninstall() throws IOException {
        installation.close();
    }

    @Test
    void aReportIsAFileToSaveThatNobodyKeepsOnTheWay() throws Exception {
        FinishedReport report = vault.keep(content);

        HttpResponse<byte[]> got = vault.get(report);

        assertThat(got.statusCode()).isEqualTo(200);
        assertThat(got.body()).isEqualTo(content);
        assertThat(header(got, "Content-Type")).isEqualTo("application/zip");
        assertThat(header(got, "Content-Length")).isEqualTo(Integer.toString(SIZE));
        assertThat(header(got, "Content-Disposition")).isEqualTo("attachment; filename=\"personal-data.zip\"");
        assertThat(header(got, "Cache-Control")).isEqualTo("no-store");
        assertThat(header(got, "X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(header(got, "Referrer-Policy")).isEqualTo("no-referrer");
        assertThat(header(got, "Content-Security-Policy")).isEqualTo("default-src 'none'; sandbox");
        assertThat(header(got, "Accept-Ranges")).isEqualTo("bytes");
        assertThat(header(got, "ETag")).isEqualTo("\"" + report.sha256() + "\"");
    }

    @Test
    void headTellsTheSameAndUsesNothingUp() throws Exception {
        FinishedReport report = vault.keep(content);

        for (int i = 0; i < 15; i++) {
            HttpResponse<byte[]> head = vault.send(vault.request(report.token()).HEAD());
            assertThat(head.statusCode()).isEqualTo(200);
            assertThat(head.body()).isEmpty();
            assertThat(header(head, "Content-Length")).isEqualTo(Integer.toString(SIZE));
            assertThat(header(head, "ETag")).isEqualTo("\"" + report.sha256() + "\"");
        }
        assertThat(vault.downloads(report.requestId())).isZero();
        assertThat(vault.send(vault.request("A".repeat(43)).HEAD()).statusCode())
                .isEqualTo(404);
        expire(report);
        HttpResponse<byte[]> gone = vault.send(vault.request(report.token()).HEAD());
        assertThat(gone.statusCode()).isEqualTo(410);
        assertThat(gone.body()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "bytes=0-0, 0, 1",
        "bytes=0-, 0, 3145745",
        "bytes=0-99999999, 0, 3145745",
        "bytes=1-2, 1, 3",
        "bytes=1048519-1048520, 1048519, 1048521", // around the end of the first segment
        "bytes=1048520-1048521, 1048520, 1048522",
        "bytes=1048000-2200000, 1048000, 2200001",
        "bytes=3145744-, 3145744, 3145745",
        "bytes=-1, 3145744, 3145745",
        "bytes=-99999999, 0, 3145745",
        "bytes=2000000-3145744, 2000000, 3145745",
    })
    void anyPieceCanBeFetched(String range, int from, int to) throws Exception {
        FinishedReport report = vault.keep(content);

        HttpResponse<byte[]> got = vault.get(report, range);

        assertThat(got.statusCode()).isEqualTo(206);
        assertThat(got.body()).isEqualTo(piece(content, from, to));
        assertThat(header(got, "Content-Range")).isEqualTo("bytes %d-%d/%d".formatted(from, to - 1, SIZE));
        assertThat(header(got, "Content-Length")).isEqualTo(Integer.toString(to - from));
    }

    @Test
    void aPieceNeedsOnlyTheChunksItLiesIn() throws Exception {
        FinishedReport report = vault.keep(content);
        tamper(report, 1);

        assertThat(vault.get(report, "bytes=2200000-2200100").body()).isEqualTo(piece(content, 2200000, 2200101));
        assertThat(vault.get(report, "bytes=1048520-1048521").statusCode()).isEqualTo(503);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=3145745-", "bytes=9999999-", "bytes=-0"})
    void whatLiesBeyondTheEndIsRefusedAndUsesNothingUp(String range) throws Exception {
        FinishedReport report = vault.keep(content);

        HttpResponse<byte[]> got = vault.get(report, range);

        assertThat(got.statusCode()).isEqualTo(416);
        assertThat(header(got, "Content-Range")).isEqualTo("bytes */" + SIZE);
        assertThat(got.body()).isEmpty();
        assertThat(vault.downloads(report.requestId())).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=0-1,5-6", "bytes=5-4", "chapters=1-2", "nonsense"})
    void whatIsNoSingleRangeGetsAll(String range) throws Exception {
        FinishedReport report = vault.keep(noise(100));

        HttpResponse<byte[]> got = vault.get(report, range);

        assertThat(got.statusCode()).isEqualTo(200);
        assertThat(got.body()).isEqualTo(noise(100));
    }

    @Test
    void aRangeCountsOnlyForTheReportThatItWasBegunWith() throws Exception {
        FinishedReport report = vault.keep(content);
        HttpRequest.Builder rest = vault.request(report.token()).header("Range", "bytes=3145740-");

        assertThat(vault.send(rest.copy().header("If-Range", "\"" + report.sha256() + "\""))
                        .statusCode())
                .isEqualTo(206);
        HttpResponse<byte[]> other = vault.send(rest.copy().header("If-Range", "\"another\""));
        assertThat(other.statusCode()).isEqualTo(200);
        assertThat(other.body()).isEqualTo(content);
    }

    @Test
    void aLinkWorksOnlySoOftenHoweverManyPullAtIt() throws Exception {
        FinishedReport report = vault.keep(noise(1000));

        List<Integer> answers = Collections.synchronizedList(new ArrayList<>());
        var start = new CyclicBarrier(20);
        try (var people = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Integer>> pulls = Collections.nCopies(20, () -> {
                start.await();
                return vault.get(report).statusCode();
            });
            for (Future<Integer> answer : people.invokeAll(pulls)) {
                answers.add(answer.get());
            }
        }

        assertThat(answers).filteredOn(status -> status == 200).hasSize(10);
        assertThat(answers).filteredOn(status -> status == 410).hasSize(10);
        assertThat(vault.downloads(report.requestId())).isEqualTo(10);
        await().atMost(Broker.SOON)
                .until(() -> installation
                                .broker()
                                .facts(REPORT_DOWNLOADED, report.requestId())
                                .size()
                        == 10);
    }

    @Test
    void whatGoesOnWithinAnHourIsNoUseOfItsOwn() throws Exception {
        FinishedReport report = vault.keep(noise(1000));
        for (int i = 0; i < 10; i++) {
            assertThat(vault.get(report, "bytes=0-99").statusCode()).isEqualTo(206);
        }
        assertThat(vault.get(report).statusCode()).isEqualTo(410);

        assertThat(vault.get(report, "bytes=100-").body()).isEqualTo(piece(noise(1000), 100, 1000));
        assertThat(vault.send(vault.request(report.token()).HEAD()).statusCode())
                .isEqualTo(200);

        vault.change(
                "update report set last_downloaded_at = now() - interval '61 minutes' where request_id = :id",
                report.requestId());
        HttpResponse<byte[]> late = vault.get(report, "bytes=100-");
        assertThat(late.statusCode()).isEqualTo(410);
        assertThat(text(late)).contains("This link has been used up").contains("ask for it again");
        assertThat(vault.send(vault.request(report.token()).HEAD()).statusCode())
                .isEqualTo(410);
    }

    @Test
    void whoSkipsTheFirstBytesUsesTheLinkAllTheSame() throws Exception {
        FinishedReport report = vault.keep(noise(1000));

        vault.get(report, "bytes=1-");
        assertThat(vault.downloads(report.requestId())).isEqualTo(1);
        vault.get(report, "bytes=2-");
        assertThat(vault.downloads(report.requestId())).isEqualTo(1);
        vault.change(
                "update report set last_downloaded_at = now() - interval '61 minutes' where request_id = :id",
                report.requestId());
        vault.get(report, "bytes=1-");
        assertThat(vault.downloads(report.requestId())).isEqualTo(2);
    }

    @Test
    void thatAReportWasDownloadedIsToldOnceForEachUseThatGotAllOfIt() throws Exception {
        FinishedReport report = vault.keep(noise(1000));
        UUID request = report.requestId();

        vault.get(report, "bytes=0-399");
        vault.get(report, "bytes=700-");
        vault.get(report, "bytes=-1");
        assertThat(whole(request)).isZero();
        vault.get(report, "bytes=400-699");
        await().atMost(Broker.SOON).until(() -> whole(request) == 1);
        assertThat(installation.broker().fact(REPORT_DOWNLOADED, request).requestId())
                .isEqualTo(request);
        vault.get(report, "bytes=400-699");
        vault.get(report);
        await().atMost(Broker.SOON).until(() -> whole(request) == 2);

        await().atMost(Broker.SOON)
                .until(() ->
                        installation.broker().facts(REPORT_DOWNLOADED, request).size() == 2);
        assertThat(vault.downloads(request)).isEqualTo(2);
    }

    @Test
    void whoHangsUpHasNotDownloadedIt() throws Exception {
        FinishedReport report = vault.keep(out -> {
            for (int i = 0; i < 12; i++) {
                out.write(noise(MIB));
            }
        });

        try (InputStream in = vault.begin(vault.request(report.token())).body()) {
            assertThat(in.readNBytes(10)).isEqualTo(piece(noise(MIB), 0, 10));
        }

        await().atMost(Broker.SOON)
                .until(() -> vault.number(
                                "select count(*) from report_use where request_id = :id and not isempty(sent)",
                                report.requestId())
                        == 1);
        assertThat(whole(report.requestId())).isZero();
        assertThat(vault.number("select upper(sent) from report_use where request_id = :id", report.requestId()))
                .isBetween(10L, 11L * MIB);
    }

    @Test
    void whatIsNotAsItWasWrittenBreaksOffAndIsNeverAWholeFile() throws Exception {
        FinishedReport report = vault.keep(content);
        tamper(report, 2);

        HttpResponse<InputStream> got = vault.begin(vault.request(report.token()));
        assertThat(got.statusCode()).isEqualTo(200);
        var received = new java.io.ByteArrayOutputStream();
        assertThatIOException().isThrownBy(() -> got.body().transferTo(received));

        assertThat(received.size()).isLessThan(2 * MIB);
        assertThat(content).startsWith(received.toByteArray());
        assertThat(whole(report.requestId())).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "delete from report_chunk where request_id = :id and number = 3",
                "update report_chunk set bytes = substring(bytes from 1 for 50) where request_id = :id and number = 3",
                """
                update report_chunk as a set bytes = b.bytes from report_chunk as b
                 where a.request_id = :id and b.request_id = :id and (a.number, b.number) in ((1, 2), (2, 1))
                """,
                """
                update report_chunk as a set bytes = b.bytes
                  from report_chunk as b join report as other on other.request_id = b.request_id and other.sha256 = (
                       select sha256 from report where request_id = :id)
                 where a.request_id = :id and b.request_id <> :id and a.number = 1 and b.number = 1
                """
            })
    void whatIsMissingOrMovedOrOfAnotherReportIsNeverSent(String damage) throws Exception {
        vault.keep(content);
        FinishedReport report = vault.keep(content);
        assertThat(vault.change(damage, report.requestId())).isPositive();

        HttpResponse<InputStream> got = vault.begin(vault.request(report.token()));

        assertThatIOException().isThrownBy(() -> got.body().readAllBytes());
        assertThat(whole(report.requestId())).isZero();
    }

    @Test
    void whatCannotBeReadFromTheStartIsToldAndUsesNothingUp() throws Exception {
        FinishedReport report = vault.keep(noise(100));
        tamper(report, 0);

        HttpResponse<byte[]> got = vault.get(report);

        assertThat(got.statusCode()).isEqualTo(503);
        assertThat(text(got)).contains("cannot be read at the moment");
        assertThat(header(got, "Cache-Control")).isEqualTo("no-store");
        assertThat(vault.downloads(report.requestId())).isZero();
    }

    @Test
    void whoseLinkRanOutIsToldHowToAskAgain() throws Exception {
        FinishedReport report = vault.keep(noise(100));
        expire(report);

        HttpResponse<byte[]> page = vault.send(vault.request(report.token()).header("Accept", "text/html,*/*;q=0.8"));
        assertThat(page.statusCode()).isEqualTo(410);
        assertThat(header(page, "Content-Type")).isEqualTo("text/html;charset=UTF-8");
        assertThat(header(page, "Cache-Control")).isEqualTo("no-store");
        assertThat(header(page, "Content-Security-Policy")).startsWith("default-src 'none'");
        assertThat(text(page))
                .contains("<html lang=\"en\">", "<title>This report is not there any more</title>", "<h1>")
                .contains("<a href=\"https://example.com/privacy?a=1&amp;b=2\">")
                .doesNotContain("script");

        HttpResponse<byte[]> problem =
                vault.send(vault.request(report.token()).header("Accept", "application/json, text/html;q=0.5"));
        assertThat(problem.statusCode()).isEqualTo(410);
        assertThat(header(problem, "Content-Type")).isEqualTo("application/problem+json");
        JsonNode json = new JsonMapper().readTree(problem.body());
        assertThat(json.get("status").asInt()).isEqualTo(410);
        assertThat(json.get("detail").asString()).contains("ask for it again at https://example.com/privacy?a=1&b=2");
        assertThat(vault.downloads(report.requestId())).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                "a",
                "x/y",
                "..%2e%2e",
                "%00",
                "%F0%9F%98%80AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
            })
    void aLinkThatNeverWasLeadsNowhere(String token) throws Exception {
        double before = guesses();

        HttpResponse<byte[]> page = vault.send(vault.request(token));

        assertThat(page.statusCode()).isIn(404, 400);
        assertThat(text(page)).doesNotContain("Exception");
        if (page.statusCode() == 404) {
            assertThat(text(page)).contains("No report under this link").contains("ask for it again");
            assertThat(guesses()).isEqualTo(before + 1);
        }
    }

    @Test
    void theWrongMethodChangesNothing() throws Exception {
        FinishedReport report = vault.keep(noise(100));

        assertThat(vault.send(vault.request(report.token()).POST(BodyPublishers.noBody()))
                        .statusCode())
                .isEqualTo(405);
        assertThat(vault.send(vault.request(report.token()).DELETE()).statusCode())
                .isEqualTo(405);
        assertThat(vault.get(report).statusCode()).isEqualTo(200);
    }

    @Test
    void noLogAndNoMetricKnowsAToken(CapturedOutput said) throws Exception {
        FinishedReport report = vault.keep(content);
        tamper(report, 3);
        FinishedReport expired = vault.keep(content);
        expire(expired);
        var logging = instance.getBean(LoggingSystem.class);
        List<String> talkative = List.of("org.springframework", "org.apache.catalina", "dev.lethe");
        talkative.forEach(logger -> logging.setLogLevel(logger, LogLevel.TRACE));
        try {
            vault.get(expired);
            vault.send(vault.request(expired.token()).POST(BodyPublishers.noBody()));
            vault.get(report, "bytes=0-9");
            assertThatIOException().isThrownBy(() -> vault.get(report));
            for (String stray : List.of(">", "|", "\"", "}", ".", ")")) {
                assertThat(raw(report.token() + stray)).startsWith("HTTP/1.1 404");
            }
        } finally {
            talkative.forEach(logger -> logging.setLogLevel(logger, null));
        }

        assertThat(said.getAll().contains("GET \"/reports/hidden\"")).isTrue();
        assertThat(said.getAll().contains(report.token())).isFalse();
        assertThat(said.getAll().contains(expired.token())).isFalse();
        var meters = instance.getBean(MeterRegistry.class);
        assertThat(meters.getMeters())
                .flatExtracting(meter -> meter.getId().getTags())
                .extracting(Tag::getValue)
                .contains("/reports/{token}")
                .noneMatch(value -> value.contains(report.token()) || value.contains(expired.token()));
    }

    @Test
    void theDatabaseSaysWhenALinkHasRunOut() throws Exception {
        FinishedReport report = vault.reports().write(vault.claimed(), 1, out -> out.write(1));
        vault.register(report, Duration.ofMillis(1));

        await().atMost(Broker.SOON).until(() -> vault.get(report).statusCode() == 410);
    }

    /** As a mail program may ask that knows no rules for paths; returns the first line of the answer. */
    private static String raw(String token) throws IOException {
        try (var socket = new Socket(
                InetAddress.getLoopbackAddress(),
                Integer.parseInt(instance.getEnvironment().getRequiredProperty("local.server.port")))) {
            socket.getOutputStream()
                    .write("GET /reports/%s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                            .formatted(token)
                            .getBytes(UTF_8));
            return new String(socket.getInputStream().readAllBytes(), UTF_8)
                    .lines()
                    .findFirst()
                    .orElse("no answer");
        }
    }

    private static double guesses() {
        return instance.getBean(MeterRegistry.class)
                .counter("lethe.reports.downloads", "outcome", "unknown")
                .count();
    }

    private static long whole(UUID request) {
        return vault.number("select count(whole_at) from report_use where request_id = :id", request);
    }

    private static void tamper(FinishedReport report, int chunk) {
        assertThat(installation
                        .database()
                        .sql("""
                                update report_chunk set bytes = set_byte(bytes, 45, get_byte(bytes, 45) # 1)
                                 where request_id = :id and number = :number
                                """)
                        .param("id", report.requestId())
                        .param("number", chunk)
                        .update())
                .isOne();
    }

    private static void expire(FinishedReport report) {
        vault.change("update report set expires_at = now() where request_id = :id", report.requestId());
    }

    private static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse("none");
    }

    private static String text(HttpResponse<byte[]> response) {
        return new String(response.body(), UTF_8);
    }
}
