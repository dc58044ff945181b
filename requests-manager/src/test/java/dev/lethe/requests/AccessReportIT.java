package dev.lethe.requests;

import static dev.lethe.messages.Messages.REPORT_EXPIRED;
import static dev.lethe.messages.Messages.REPORT_READY;
import static dev.lethe.messages.Messages.REQUEST_COMPLETED;
import static dev.lethe.messages.Messages.REQUEST_REJECTED;
import static dev.lethe.messages.Messages.REQUEST_WITHDRAWN;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import dev.lethe.messages.request.CompletionOutcome;
import dev.lethe.messages.request.ReportReady;
import dev.lethe.messages.request.RequestCompleted;
import dev.lethe.messages.request.RequestKind;
import dev.lethe.servers.LocalServers;
import dev.lethe.servers.PostgresServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class AccessReportIT {

    private static final PostgresServer POSTGRES = LocalServers.shared().postgres();
    private static final HttpClient BROWSER = HttpClient.newHttpClient();
    private static final String ACCOUNTS = "accounts";
    private static final int WORKERS = 4;

    private static Shop shop;
    private static Installation installation;
    private static Broker broker;
    private static ConfigurableApplicationContext instance;

    @BeforeAll
    static void install(@TempDir Path folder) throws IOException {
        shop = new Shop();
        installation = new Installation(folder, profileSource(), shop.source());
        broker = installation.broker();
        people();
        instance = installation.start("lethe.access.workers=" + WORKERS);
    }

    private static void people() {
        POSTGRES.dropDatabase(ACCOUNTS);
        POSTGRES.createDatabase(ACCOUNTS);
        var accounts = JdbcClient.create(
                new DriverManagerDataSource(POSTGRES.jdbcUrl(ACCOUNTS), POSTGRES.user(), POSTGRES.password()));
        accounts.sql("create table person (id text, name text, born date)").update();
        accounts.sql("""
                insert into person values ('lovelace', '<script>alert("lovelace")</script>', '1815-12-10'), ('smith', 'Smith & sons', null)
                """).update();
    }

    private static String profileSource() {
        return """
                profile: { via: sql, jdbc_url: "%s?password=%s", user: %s, explain: Your account, \
                sql: "select name, born from person where id = :subject.id" }""".formatted(POSTGRES.jdbcUrl(ACCOUNTS), POSTGRES.password(), POSTGRES.user());
    }

    @AfterAll
    static void uninstall() throws IOException {
        installation.close();
        shop.close();
        POSTGRES.dropDatabase(ACCOUNTS);
    }

    @AfterEach
    void open() {
        shop.repair();
        shop.release();
    }

    @Test
    void aRequestEndsWithAReportAndTheFactsAboutIt() throws Exception {
        UUID request = installation.askForReport("lovelace");

        ReportReady ready = broker.fact(REPORT_READY, request);
        RequestCompleted completed = broker.fact(REQUEST_COMPLETED, request);

        assertThat(ready.subjectId()).isEqualTo("lovelace");
        assertThat(ready.downloadUrl()).asString().matches("https://privacy\\.example/reports/[\\w-]{43}");
        assertThat(ready.expiresAt()).isCloseTo(Instant.now().plus(7, ChronoUnit.DAYS), within(1, ChronoUnit.MINUTES));
        assertThat(completed.kind()).isEqualTo(RequestKind.ACCESS);
        assertThat(completed.outcome()).isEqualTo(CompletionOutcome.COMPLETED);
        assertThat(installation.history(request))
                .containsExactly("submitted", "claimed by a worker", "report finished");
    }

    @Test
    void aReportIsAPageAndAFileForEachSourceAndAListOfThemWithTheirSums() throws Exception {
        byte[] zip = download(reportOf("lovelace")).body();
        Map<String, byte[]> files = unzip(zip);

        assertThat(files.keySet())
                .containsExactly(
                        "index.html",
                        "manifest.json",
                        "profile/records.jsonl",
                        "profile/records.csv",
                        "orders/records.jsonl",
                        "orders/records.csv");
        JsonNode manifest = json(files, "manifest.json");
        assertThat(manifest.get("files").valueStream().map(file -> file.get("file")
                        .asString()))
                .containsExactlyElementsOf(files.keySet().stream()
                        .filter(file -> !file.equals("manifest.json"))
                        .toList());
        for (JsonNode file : manifest.get("files")) {
            assertThat(file.get("sha256").asString())
                    .isEqualTo(sha256(files.get(file.get("file").asString())));
        }
        assertThat(json(files, "profile/records.jsonl")).isEqualTo(new JsonMapper().readTree("""
                        { "name": "<script>alert(\\"lovelace\\")</script>", "born": "1815-12-10" }
                        """));
        assertThat(json(files, "orders/records.jsonl").at("/note").asString()).isEqualTo(Shop.note("lovelace"));
        assertThat(installation
                        .database()
                        .sql("select sha256 from report")
                        .query(String.class)
                        .list())
                .contains(sha256(zip));
    }

    @Test
    void whatIsHeldCannotRunOnThePage() throws Exception {
        String page = new String(unzip(download(reportOf("lovelace")).body()).get("index.html"), UTF_8);

        assertThat(page)
                .contains("&lt;script&gt;alert(&quot;lovelace&quot;)&lt;/script&gt;")
                .contains("&lt;script&gt;alert(&#39;order of lovelace&#39;)&lt;/script&gt;")
                .contains("<h2 id=\"source-orders\">Orders &amp; &lt;returns&gt;</h2>")
                .contains("Content-Security-Policy\" content=\"default-src 'none'")
                .doesNotContainIgnoringCase("<script");
    }

    @Test
    void aReportHoldsNothingOfAnotherPerson() throws Exception {
        UUID lovelaces = installation.askForReport("lovelace");
        UUID smiths = installation.askForReport("smith");
        UUID nobodys = installation.askForReport("nobody");

        String lovelace =
                text(unzip(download(broker.fact(REPORT_READY, lovelaces)).body()));
        String smith = text(unzip(download(broker.fact(REPORT_READY, smiths)).body()));
        String nobody = text(unzip(download(broker.fact(REPORT_READY, nobodys)).body()));

        assertThat(lovelace).contains("1815-12-10", "order of lovelace").doesNotContain("Smith", "smith");
        assertThat(smith).contains("Smith & sons", "order of smith").doesNotContain("lovelace", "1815-12-10");
        assertThat(nobody)
                .contains("Nothing is held about you here.", "order of nobody")
                .doesNotContain("lovelace", "1815-12-10", "Smith", "smith");
    }

    @Test
    void aReportCanBeFetchedUntilItsLinkRunsOut() throws Exception {
        UUID request = installation.askForReport("lovelace");
        ReportReady ready = broker.fact(REPORT_READY, request);

        HttpResponse<byte[]> first = download(ready);
        HttpResponse<byte[]> second = download(ready);
        expire(request);
        HttpResponse<byte[]> expired = download(ready);
        HttpResponse<byte[]> neverThere = get("/reports/" + "A".repeat(43));

        assertThat(first.statusCode()).isEqualTo(200);
        assertThat(first.headers().firstValue("Content-Type")).contains("application/zip");
        assertThat(first.headers().firstValue("Content-Disposition"))
                .contains("attachment; filename=\"personal-data.zip\"");
        assertThat(first.headers().firstValue("Cache-Control")).contains("no-store");
        assertThat(first.headers().firstValue("Referrer-Policy")).contains("no-referrer");
        assertThat(second.body()).isEqualTo(first.body());
        assertThat(expired.statusCode()).isEqualTo(410);
        assertThat(neverThere.statusCode()).isEqualTo(404);
    }

    @Test
    void aReportWhoseLinkRanOutIsDeletedAndToldOfOnce() throws Exception {
        UUID request = installation.askForReport("lovelace");
        ReportReady ready = broker.fact(REPORT_READY, request);
        assertThat(installation.chunks(request)).hasSize(1);

        expire(request);

        broker.fact(REPORT_EXPIRED, request);
        await().atMost(Broker.SOON).until(() -> installation.chunks(request).isEmpty());
        assertThat(installation.state(request)).isEqualTo("expired");
        assertThat(installation.history(request)).endsWith("report finished", "the report's link ran out");
        assertThat(download(ready).statusCode()).isEqualTo(410);
        assertThat(broker.facts(REPORT_EXPIRED, request)).hasSize(1);
    }

    @Test
    void aSourceThatFailsPutsTheRequestBackUntilItWorks() throws Exception {
        shop.breakDown();
        UUID request = installation.askForReport("lovelace");
        await().atMost(Broker.SOON).until(() -> Integer.parseInt(installation.column("attempts", request)) >= 3);
        // Nothing that an attempt made survives it; between two of them there is nothing at all
        await().atMost(Broker.SOON).until(() -> installation.chunks(request).isEmpty());
        assertThat(broker.facts(REPORT_READY, request)).isEmpty();

        shop.repair();
        Map<String, byte[]> files =
                unzip(download(broker.fact(REPORT_READY, request)).body());

        assertThat(files).containsKeys("profile/records.jsonl", "orders/records.jsonl");
        assertThat(installation.chunks(request)).hasSize(1);
        List<String> history = installation.history(request);
        int attempts = Integer.parseInt(installation.column("attempts", request));
        assertThat(history).filteredOn("claimed by a worker"::equals).hasSize(attempts);
        assertThat(history)
                .filteredOn("source orders: expected status 200 or 404, found 503"::equals)
                .hasSize(attempts - 1);
        assertThat(history).filteredOn("report finished"::equals).hasSize(1);
        assertThat(broker.facts(REPORT_READY, request)).hasSize(1);
    }

    @Test
    void aWorkerThatLivesKeepsItsClaimHoweverLongItTakes() throws Exception {
        shop.holdNext(1);
        UUID request = installation.askForReport("lovelace");
        await().atMost(Broker.SOON).until(() -> shop.held() == 1);

        String leaseUntil = installation.column("lease_until", request);
        await("an extension")
                .atMost(Broker.SOON)
                .until(() -> !installation.column("lease_until", request).equals(leaseUntil));
        await("the end of the first lease").atMost(Broker.SOON).until(() -> installation
                .database()
                .sql("select now() > :leaseUntil::timestamptz")
                .param("leaseUntil", leaseUntil)
                .query(Boolean.class)
                .single());
        shop.release();

        installation.awaitState("ready", request);
        assertThat(installation.history(request))
                .containsExactly("submitted", "claimed by a worker", "report finished");
    }

    @Test
    void aRequestThatIsWithdrawnWhileItWaitsIsNeverBuilt() throws Exception {
        shop.holdNext(WORKERS);
        List<UUID> building = new ArrayList<>();
        for (int i = 0; i < WORKERS; i++) {
            building.add(installation.askForReport("builder-" + i));
        }
        await().atMost(Broker.SOON).until(() -> shop.held() == WORKERS);
        UUID request = installation.askForReport("lovelace");
        installation.awaitState("received", request);

        installation.withdraw(request);
        broker.fact(REQUEST_WITHDRAWN, request);
        shop.release();
        building.forEach(other -> installation.awaitState("ready", other));

        assertThat(installation.history(request)).containsExactly("submitted", "withdrawn");
        assertWithdrawnWithoutATrace(request);
    }

    @Test
    void aRequestThatIsWithdrawnWhileItIsBuiltLeavesNoReport() throws Exception {
        shop.holdNext(1);
        UUID request = installation.askForReport("lovelace");
        await().atMost(Broker.SOON).until(() -> shop.held() == 1);

        installation.withdraw(request);
        broker.fact(REQUEST_WITHDRAWN, request);

        // The source still holds its answer: the worker is stopped, it does not come to an end by itself
        await("the mutex is released").atMost(Broker.SOON).until(() -> Installation.redis(
                        "EXISTS lethe:request:" + request)
                .equals(":0"));
        installation.awaitState("ready", installation.askForReport("smith"));
        assertThat(installation.history(request)).containsExactly("submitted", "claimed by a worker", "withdrawn");
        assertWithdrawnWithoutATrace(request);
    }

    @Test
    void aRequestWhoseReportIsThereCannotBeWithdrawnAnyMore() throws Exception {
        UUID request = installation.askForReport("lovelace");
        ReportReady ready = broker.fact(REPORT_READY, request);

        installation.withdraw(request);

        assertThat(broker.fact(REQUEST_REJECTED, request).reason()).isEqualTo("too_late");
        assertThat(installation.state(request)).isEqualTo("ready");
        assertThat(broker.facts(REQUEST_WITHDRAWN, request)).isEmpty();
        assertThat(download(ready).statusCode()).isEqualTo(200);
    }

    @Test
    void requestsThatCannotBeReadKeepNoWorkerFromTheOthersAndWaitForSomebodyWhoLooksAtThem() throws Exception {
        List<UUID> unreadable = installation
                .database()
                .sql("""
                        insert into request (id, kind, regulation, subject, subject_pseudonym, submission_hash, submitted_at, due_at,
                                             target_at, state)
                        select gen_random_uuid(), 'access', 'gdpr', '{"id": 7}', sha256(n::text::bytea), '', now(),
                               now() + interval '1 month', now() + interval '1 month', 'received'
                          from generate_series(1, :count) n
                        returning id
                        """)
                .param("count", 2 * WORKERS)
                .query(UUID.class)
                .list();
        List<UUID> others = List.of(installation.askForReport("lovelace"), installation.askForReport("smith"));

        others.forEach(other -> installation.awaitState("ready", other));
        unreadable.forEach(request -> {
            installation.awaitState("waiting", request);
            assertThat(installation.states(request)).containsExactly("in_progress", "waiting human");
            assertThat(installation.column("last_reason", request))
                    .isEqualTo("the stored subject cannot be read; this is our bug");
        });
    }

    @Test
    void aRequestWithWhichOneWorkerAfterTheOtherDiesWaitsForSomebodyWhoLooksAtIt() throws Exception {
        UUID request = installation.database().sql("""
                        with deadly as (
                            insert into request (id, kind, regulation, subject, subject_pseudonym, submission_hash, submitted_at, due_at,
                                                 target_at, state, epoch, attempts, lease_until)
                            values (gen_random_uuid(), 'access', 'gdpr', '{"id": "smith"}', '', '', now(), now() + interval '1 month',
                                    now() + interval '1 month', 'in_progress', 6, 6, now() - interval '1 second')
                            returning id),
                        claims as (
                            insert into request_history (request_id, state, cause, who, epoch)
                            select id, 'in_progress', 'claimed by a worker', 'somebody', n from deadly, generate_series(1, 6) n)
                        select id from deadly
                        """).query(UUID.class).single();

        installation.awaitState("waiting", request);

        assertThat(installation.states(request)).endsWith("in_progress", "waiting human");
        assertThat(installation.column("last_reason", request)).startsWith("claimed 6 times without an end");
        assertThat(broker.facts(REPORT_READY, request)).isEmpty();
    }

    private static void assertWithdrawnWithoutATrace(UUID request) throws IOException {
        assertThat(installation.state(request)).isEqualTo("withdrawn");
        assertThat(installation.chunks(request)).isEmpty();
        assertThat(broker.facts(REPORT_READY, request)).isEmpty();
        assertThat(broker.facts(REQUEST_COMPLETED, request)).isEmpty();
        assertThat(broker.facts(REQUEST_WITHDRAWN, request)).hasSize(1);
    }

    private static ReportReady reportOf(String person) throws IOException {
        return broker.fact(REPORT_READY, installation.askForReport(person));
    }

    /** By the database's clock, which is the one that counts. */
    private static void expire(UUID request) {
        installation
                .database()
                .sql("update report set expires_at = now() where request_id = :id")
                .param("id", request)
                .update();
    }

    private static HttpResponse<byte[]> download(ReportReady ready) throws Exception {
        return get(ready.downloadUrl().getPath());
    }

    private static HttpResponse<byte[]> get(String path) throws Exception {
        var url = URI.create(
                "http://127.0.0.1:%s%s".formatted(instance.getEnvironment().getProperty("local.server.port"), path));
        return BROWSER.send(
                HttpRequest.newBuilder(url).timeout(Duration.ofSeconds(10)).build(), BodyHandlers.ofByteArray());
    }

    private static Map<String, byte[]> unzip(byte[] zip) throws IOException {
        var files = new LinkedHashMap<String, byte[]>();
        try (var entries = new ZipInputStream(new ByteArrayInputStream(zip))) {
            for (ZipEntry entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
                files.put(entry.getName(), entries.readAllBytes());
            }
        }
        return files;
    }

    private static JsonNode json(Map<String, byte[]> files, String name) {
        return new JsonMapper().readTree(files.get(name));
    }

    private static String text(Map<String, byte[]> files) {
        var text = new StringBuilder();
        files.values().forEach(file -> text.append(new String(file, UTF_8)));
        return text.toString();
    }

    private static String sha256(byte[] bytes) throws NoSuchAlgorithmException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }
}
