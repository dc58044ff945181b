package dev.lethe.requests;

import dev.lethe.requests.access.storage.Content;
import dev.lethe.requests.access.storage.FinishedReport;
import dev.lethe.requests.access.storage.Reports;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.UUID;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The storage of one instance, used as a worker and as people use it. */
final class Vault {

    static final int MIB = 1 << 20;

    /** What no longer than a browser waits for. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final HttpClient BROWSER =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final ConfigurableApplicationContext instance;
    private final JdbcClient database;
    private final Reports reports;

    Vault(ConfigurableApplicationContext instance) {
        this.instance = instance;
        this.database = instance.getBean(JdbcClient.class);
        this.reports = instance.getBean(Reports.class);
    }

    Reports reports() {
        return reports;
    }

    JdbcClient database() {
        return database;
    }

    /** A request that a worker has claimed, under epoch 1. */
    static UUID claimed(JdbcClient database) {
        var id = UUID.randomUUID();
        database.sql("""
                insert into request (id, kind, regulation, subject, subject_pseudonym, submission_hash, submitted_at, due_at,
                                     target_at, state, epoch, lease_until)
                values (:id, 'access', 'gdpr', '{"id":"somebody"}', '', '', now(), now(), now(), 'in_progress', 1,
                        now() + interval '1 hour')
                """).param("id", id).update();
        return id;
    }

    UUID claimed() {
        return claimed(database);
    }

    /** Somebody else claims it. */
    void claimAgain(UUID request) {
        database.sql("update request set epoch = epoch + 1 where id = :id")
                .param("id", request)
                .update();
    }

    /** As the end of a claim does it. */
    void register(FinishedReport report, Duration validFor) {
        new TransactionTemplate(instance.getBean(PlatformTransactionManager.class)).executeWithoutResult(status -> {
            database.sql(
                            "update request set state = 'ready', subject = null, lease_until = null, ended_at = now() where id = :id")
                    .param("id", report.requestId())
                    .update();
            reports.register(report, validFor);
        });
    }

    FinishedReport keep(Content content) throws IOException, InterruptedException {
        FinishedReport report = reports.write(claimed(), 1, content);
        register(report, Duration.ofDays(7));
        return report;
    }

    FinishedReport keep(byte[] content) throws IOException, InterruptedException {
        return keep(out -> out.write(content));
    }

    /** Bytes that do not compress and are the same each time. */
    static byte[] noise(int size) {
        var bytes = new byte[size];
        new SplittableRandom(size).nextBytes(bytes);
        return bytes;
    }

    static byte[] piece(byte[] bytes, int from, int to) {
        return Arrays.copyOfRange(bytes, from, to);
    }

    HttpRequest.Builder request(String token) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:%s/reports/%s"
                        .formatted(instance.getEnvironment().getProperty("local.server.port"), token)))
                .timeout(PATIENCE);
    }

    HttpResponse<byte[]> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return BROWSER.send(request.build(), BodyHandlers.ofByteArray());
    }

    HttpResponse<InputStream> begin(HttpRequest.Builder request) throws IOException, InterruptedException {
        return BROWSER.send(request.build(), BodyHandlers.ofInputStream());
    }

    HttpResponse<byte[]> get(FinishedReport report) throws IOException, InterruptedException {
        return send(request(report.token()));
    }

    HttpResponse<byte[]> get(FinishedReport report, String range) throws IOException, InterruptedException {
        return send(request(report.token()).header("Range", range));
    }

    long chunks(UUID request) {
        return number("select count(*) from report_chunk where request_id = :id", request);
    }

    long downloads(UUID request) {
        return number("select downloads from report where request_id = :id", request);
    }

    long number(String sql, UUID request) {
        return database.sql(sql).param("id", request).query(Long.class).single();
    }

    int change(String sql, UUID request) {
        return database.sql(sql).param("id", request).update();
    }
}
