package dev.lethe.requests;

import static dev.lethe.messages.Messages.REPORT_DOWNLOADED;
import static dev.lethe.messages.Messages.REPORT_EXPIRED;
import static dev.lethe.requests.Vault.MIB;
import static dev.lethe.requests.Vault.noise;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.lethe.requests.access.storage.FinishedReport;
import dev.lethe.requests.access.storage.LostClaim;
import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.transaction.IllegalTransactionStateException;

/** Reports in PostgreSQL: encrypted, whole or absent, and gone when their time is over. */
class ReportStorageIT {

    /** Nobody but the test itself decides when something is expired, deleted or swept. */
    private static final List<String> IDLE =
            List.of("lethe.access.workers=0", "lethe.access.expiry-check=1h", "lethe.access.leftovers-check=1h");

    private static final List<String> BUSY =
            List.of("lethe.access.workers=0", "lethe.access.expiry-check=50ms", "lethe.access.leftovers-check=50ms");

    /** Of a process that has little to do, and nothing to encrypt that would want the better compiler. */
    private static final String QUICK_START = "-XX:TieredStopAtLevel=1";

    private static Installation installation;
    private static Vault vault;

    @BeforeAll
    static void install(@TempDir Path folder) throws IOException {
        installation = new Installation(
                folder, "none: { via: http, url: \"http://127.0.0.1:9/{subject.id}\", private: true, explain: None }");
        vault = new Vault(installation.start(IDLE.toArray(String[]::new)));
    }

    @AfterAll
    static void uninstall() throws IOException {
        installation.close();
    }

    private static ConfigurableApplicationContext busyInstance(String... more) {
        return installation.start(java.util.stream.Stream.concat(BUSY.stream(), java.util.Arrays.stream(more))
                .toArray(String[]::new));
    }

    /** As many bytes around the ends of segments, of which the first is 40 bytes shorter and each has 16 of its own. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, MIB - 57, MIB - 56, MIB - 55, MIB - 1, MIB, MIB + 1, 5 * MIB + 3})
    void whatIsStoredIsWhatIsFetched(int size) throws Exception {
        byte[] content = noise(size);

        FinishedReport report = vault.keep(content);

        assertThat(report.bytes()).isEqualTo(size);
        assertThat(report.sha256()).isEqualTo(sha256(content));
        assertThat(vault.get(report).body()).isEqualTo(content);
        long stored = size + 40 + 16L * Math.ceilDiv(Math.max(1, size + 40), MIB - 16);
        assertThat(vault.number(
                        "select sum(octet_length(bytes)) from report_chunk where request_id = :id", report.requestId()))
                .isEqualTo(stored);
        assertThat(vault.chunks(report.requestId())).isEqualTo(Math.ceilDiv(stored, MIB));
    }

    @Test
    void aContentThatWritesByteForByteAndClosesIsStoredAsAnyOther() throws Exception {
        FinishedReport report = vault.keep(out -> {
            try (out) {
                for (int i = 0; i < 70_000; i++) {
                    out.write(i);
                    out.flush();
                }
            }
        });

        assertThat(vault.get(report).body()).hasSize(70_000).startsWith(0, 1, 2);
    }

    @Test
    void nothingInTheDatabaseShowsWhatAReportSays() throws Exception {
        FinishedReport report =
                vault.keep("the secret of lovelace ".repeat(100_000).getBytes());

        assertThat(vault.number("""
                select count(*) from report_chunk
                 where request_id = :id and position('lovelace'::bytea in bytes) > 0
                """, report.requestId())).isZero();
        assertThat(installation
                        .database()
                        .sql("select report::text from report where request_id = :id")
                        .param("id", report.requestId())
                        .query(String.class)
                        .single())
                .doesNotContain(report.token())
                .doesNotContain(HexFormat.of().formatHex(report.token().getBytes()));
        assertThat(report.toString()).doesNotContain(report.token());
    }

    @Test
    void aLargeReportTakesLittleMemory() throws Exception {
        long size = 100L * MIB + 1;
        try (var process = new StorageProcess(settings(IDLE), "new", size, "-Xmx96m")) {
            assertThat(process.exitCode()).as(process.said()).isZero();
            assertThat(process.said()).contains("read " + size).doesNotContain("OutOfMemory");
        }
    }

    @Test
    void aReportIsRegisteredOnlyWithItsRequestsTransaction() throws Exception {
        FinishedReport report = vault.reports().write(vault.claimed(), 1, out -> out.write(1));

        assertThat(vault.get(report).statusCode()).isEqualTo(404);
        assertThatThrownBy(() -> vault.reports().register(report, Duration.ofDays(1)))
                .isInstanceOf(IllegalTransactionStateException.class);
        vault.reports().discard(report);

        assertThat(vault.chunks(report.requestId())).isZero();
    }

    @Test
    void aContentThatFailsLeavesNothingEvenIfItClosesWhatItWritesTo() {
        UUID request = vault.claimed();

        assertThatIOException()
                .isThrownBy(() -> vault.reports().write(request, 1, out -> {
                    try (out) {
                        out.write(noise(3 * MIB));
                        throw new IOException("the source is gone");
                    }
                }))
                .withMessage("the source is gone");

        assertThat(vault.chunks(request)).isZero();
    }

    @Test
    void aWorkerThatLostItsClaimStoresNoMore() {
        UUID request = vault.claimed();

        assertThatExceptionOfType(LostClaim.class)
                .isThrownBy(() -> vault.reports().write(request, 1, out -> {
                    out.write(noise(2 * MIB));
                    vault.claimAgain(request);
                    try {
                        out.write(noise(2 * MIB));
                    } catch (IOException e) {
                        throw new IllegalStateException("as other people's code wraps it", e);
                    }
                }));
        assertThatExceptionOfType(LostClaim.class)
                .isThrownBy(() -> vault.reports().write(request, 1, out -> out.write(1)));

        assertThat(vault.chunks(request)).isZero();
    }

    @Test
    void aWorkerThatIsInterruptedLeavesNothing() throws Exception {
        UUID request = vault.claimed();
        var outcome = new AtomicReference<Throwable>();
        var writing = new CountDownLatch(1);
        Thread worker = Thread.ofVirtual().start(() -> {
            try {
                vault.reports().write(request, 1, out -> {
                    while (true) {
                        out.write(noise(MIB));
                        writing.countDown();
                    }
                });
            } catch (Throwable e) {
                outcome.set(e);
            }
        });
        writing.await();
        worker.interrupt();

        assertThat(worker.join(Broker.SOON)).isTrue();
        assertThat(outcome.get()).isInstanceOf(InterruptedException.class);
        assertThat(vault.chunks(request)).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"storage.chunk-written", "storage.written"})
    void whatACrashLeavesIsSeenByNobodyAndDeleted(String crashPoint) throws Exception {
        UUID request = vault.claimed();
        try (var process = new StorageProcess(
                settings(IDLE), request.toString(), 3 * MIB, QUICK_START, "-Dlethe.crash-at=" + crashPoint)) {
            assertThat(process.exitCode()).as(process.said()).isEqualTo(StorageProcess.KILLED);
        }
        FinishedReport other = vault.keep(noise(2 * MIB));
        UUID building = vault.claimed();
        FinishedReport unfinished = vault.reports().write(building, 1, out -> out.write(noise(MIB)));
        assertThat(vault.chunks(request)).isPositive();
        assertThat(vault.number("select count(*) from report where request_id = :id", request))
                .isZero();

        vault.claimAgain(request);
        try (var busy = busyInstance()) {
            await().atMost(Broker.SOON).until(() -> vault.chunks(request) == 0);
            assertThat(busy.isActive()).isTrue();
        }

        // What is registered, and what a live claim is writing, is nobody's leftover
        vault.register(unfinished, Duration.ofDays(1));
        assertThat(vault.get(other).statusCode()).isEqualTo(200);
        assertThat(vault.get(unfinished).body()).isEqualTo(noise(MIB));
    }

    @ParameterizedTest
    @ValueSource(strings = {"delivery.download-begun", "delivery.downloaded", "delivery.told"})
    void aCrashWhileAReportIsSentCountsAsAUseAndTellsNothing(String crashPoint) throws Exception {
        UUID request = vault.claimed();
        try (var process = new StorageProcess(
                settings(IDLE), request.toString(), 1000, QUICK_START, "-Dlethe.crash-at=" + crashPoint)) {
            assertThat(process.exitCode()).as(process.said()).isEqualTo(StorageProcess.KILLED);
        }

        assertThat(vault.downloads(request)).isOne();
        assertThat(vault.number("select count(whole_at) from report_use where request_id = :id", request))
                .isZero();
        assertThat(installation.broker().facts(REPORT_DOWNLOADED, request)).isEmpty();
    }

    @Test
    void whenItsTimeIsOverTheKeyGoesFirstWhateverHappensThen() throws Exception {
        FinishedReport report = vault.keep(noise(MIB));
        UUID request = report.requestId();
        assertThat(vault.change("""
                        insert into report_chunk (request_id, epoch, number, bytes)
                        select :id, 1, number, 'more' from generate_series(2, 200) as number
                        """, request)).isEqualTo(199);
        long chunks = vault.chunks(request);
        expire(request);

        try (var process =
                new StorageProcess(settings(BUSY), "none", 0, QUICK_START, "-Dlethe.crash-at=expiry.key-deleted")) {
            assertThat(process.exitCode()).as(process.said()).isEqualTo(StorageProcess.KILLED);
        }
        assertThat(state(request)).isEqualTo("without a key");
        assertThat(vault.chunks(request)).isEqualTo(chunks);
        assertThat(installation.state(request)).isEqualTo("expired");
        assertThat(vault.get(report).statusCode()).isEqualTo(410);

        try (var process =
                new StorageProcess(settings(BUSY), "none", 0, QUICK_START, "-Dlethe.crash-at=storage.chunks-deleted")) {
            assertThat(process.exitCode()).as(process.said()).isEqualTo(StorageProcess.KILLED);
        }
        assertThat(state(request)).isEqualTo("without a key");
        assertThat(vault.chunks(request)).isPositive().isLessThan(chunks);

        try (var process =
                new StorageProcess(settings(BUSY), "none", 0, QUICK_START, "-Dlethe.crash-at=expiry.data-deleted")) {
            assertThat(process.exitCode()).as(process.said()).isEqualTo(StorageProcess.KILLED);
        }
        assertThat(state(request)).isEqualTo("without a key");
        assertThat(vault.chunks(request)).isZero();

        try (var busy = busyInstance();
                var another = busyInstance()) {
            await().atMost(Broker.SOON).until(() -> state(request).equals("deleted"));
            installation.broker().fact(REPORT_EXPIRED, request);
            assertThat(installation.broker().facts(REPORT_EXPIRED, request)).hasSize(1);
            assertThat(List.of(busy, another)).allMatch(ConfigurableApplicationContext::isActive);
        }
    }

    @Test
    void aNewMasterKeyWrapsWhatIsThereAnewAndTouchesNoData() throws Exception {
        FinishedReport report = vault.keep(noise(MIB));
        FinishedReport expired = vault.keep(noise(1));
        vault.change("update report set wrapped_key = null where request_id = :id", expired.requestId());
        String before = xmin(report.requestId());
        String newKey = "next:" + java.util.Base64.getEncoder().encodeToString(noise(32));

        try (var rotated = busyInstance(
                "lethe.access.expiry-check=1h",
                "lethe.reports.master-keys=" + newKey + ",test:" + Installation.MASTER_KEY)) {
            await().atMost(Broker.SOON)
                    .until(() -> wrappedWith(report.requestId()).equals("next"));
            assertThat(new Vault(rotated).get(report).body()).isEqualTo(noise(MIB));
        }
        try (var later = busyInstance("lethe.access.expiry-check=1h", "lethe.reports.master-keys=" + newKey)) {
            assertThat(new Vault(later).get(report).body()).isEqualTo(noise(MIB));
        }
        assertThat(xmin(report.requestId())).isEqualTo(before);
        assertThat(vault.number("select count(wrapped_key) from report where request_id = :id", expired.requestId()))
                .isZero();

        // An instance that does not know the new key yet says so, and counts no use
        long used = vault.downloads(report.requestId());
        assertThat(vault.get(report).statusCode()).isEqualTo(503);
        assertThat(vault.downloads(report.requestId())).isEqualTo(used);
    }

    @Test
    void withoutAMasterKeyTheServiceDoesNotStart() {
        assertThatThrownBy(() -> installation.start("lethe.access.workers=0", "lethe.reports.master-keys="))
                .hasStackTraceContaining("openssl rand -base64 32");
    }

    private static List<String> settings(List<String> more) {
        return installation.settings(more.toArray(String[]::new));
    }

    private static void expire(UUID request) {
        assertThat(vault.change("update report set expires_at = now() where request_id = :id", request))
                .isOne();
    }

    private static String state(UUID request) {
        return installation
                .database()
                .sql("""
                        select case when deleted_at is not null then 'deleted' when wrapped_key is null then 'without a key' else 'live' end
                          from report where request_id = :id
                        """)
                .param("id", request)
                .query(String.class)
                .single();
    }

    private static String wrappedWith(UUID request) {
        return installation
                .database()
                .sql("""
                        select convert_from(substring(wrapped_key from 2 for get_byte(wrapped_key, 0)), 'UTF8')
                          from report where request_id = :id
                        """)
                .param("id", request)
                .query(String.class)
                .single();
    }

    private static String xmin(UUID request) {
        return installation
                .database()
                .sql("select string_agg(xmin::text, ',' order by number) from report_chunk where request_id = :id")
                .param("id", request)
                .query(String.class)
                .single();
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }
}
