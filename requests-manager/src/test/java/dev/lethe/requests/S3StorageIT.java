package dev.lethe.requests;

import static dev.lethe.messages.Messages.REPORT_EXPIRED;
import static dev.lethe.requests.Vault.MIB;
import static dev.lethe.requests.Vault.noise;
import static dev.lethe.requests.Vault.piece;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.awaitility.Awaitility.await;

import dev.lethe.requests.access.storage.FinishedReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.ConfigurableApplicationContext;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/** Reports in a bucket, against a server that speaks S3. */
class S3StorageIT {

    private static final List<String> IDLE = List.of(
            "lethe.access.workers=0",
            "lethe.access.expiry-check=1h",
            "lethe.access.leftovers-check=1h",
            "lethe.reports.store=s3");

    private static S3Server s3;
    private static Installation installation;
    private static Vault vault;

    @BeforeAll
    static void install(@TempDir Path folder) throws IOException {
        s3 = new S3Server(folder);
        installation = new Installation(
                folder, "none: { via: http, url: \"http://127.0.0.1:9/{subject.id}\", private: true, explain: None }");
        vault = new Vault(start());
    }

    private static ConfigurableApplicationContext start(String... more) {
        return installation.start(Stream.of(IDLE.stream(), s3.settings().stream(), Stream.of(more))
                .flatMap(each -> each)
                .toArray(String[]::new));
    }

    @AfterAll
    static void uninstall() throws IOException {
        installation.close();
        s3.close();
    }

    /** At once, in one part that is full to the byte, and in several. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 8 * MIB - 40 - 8 * 16, 8 * MIB, 17 * MIB + 5})
    void whatIsStoredIsWhatIsFetched(int size) throws Exception {
        byte[] content = noise(size);

        FinishedReport report = vault.keep(content);

        assertThat(report.location()).startsWith("s3:reports/" + report.requestId() + "/1-");
        assertThat(s3.objects()).contains(key(report));
        assertThat(s3.unfinishedUploads()).isEmpty();
        assertThat(vault.chunks(report.requestId())).isZero();
        assertThat(vault.get(report).body()).isEqualTo(content);
        if (size > 2 * MIB) {
            assertThat(vault.get(report, "bytes=1048000-5200000").body()).isEqualTo(piece(content, 1048000, 5200001));
            assertThat(vault.get(report, "bytes=-3").body()).isEqualTo(piece(content, size - 3, size));
        }
    }

    @Test
    void whatWasChangedInTheBucketIsNeverSentAsAWholeFile() throws Exception {
        FinishedReport report = vault.keep(noise(3 * MIB));
        ResponseBytes<GetObjectResponse> object = s3.client()
                .getObjectAsBytes(request -> request.bucket(S3Server.BUCKET).key(key(report)));
        byte[] changed = object.asByteArray();
        changed[2 * MIB + 100] ^= 1;
        s3.client()
                .putObject(request -> request.bucket(S3Server.BUCKET).key(key(report)), RequestBody.fromBytes(changed));

        assertThatIOException()
                .isThrownBy(
                        () -> vault.begin(vault.request(report.token())).body().readAllBytes());
    }

    @Test
    void aContentThatFailsLeavesNothing() {
        UUID request = vault.claimed();

        assertThatIOException()
                .isThrownBy(() -> vault.reports().write(request, 1, out -> {
                    out.write(noise(9 * MIB));
                    assertThat(s3.unfinishedUploads()).anyMatch(key -> key.contains(request.toString()));
                    throw new IOException("the source is gone");
                }))
                .withMessage("the source is gone");

        assertThat(s3.unfinishedUploads()).isEmpty();
        assertThat(s3.objects()).noneMatch(key -> key.contains(request.toString()));
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
                        out.write(noise(9 * MIB));
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
        assertThat(s3.unfinishedUploads()).isEmpty();
        assertThat(s3.objects()).noneMatch(key -> key.contains(request.toString()));
    }

    @Test
    void aReportThatNobodyWillSeeIsDiscarded() throws Exception {
        FinishedReport report = vault.reports().write(vault.claimed(), 1, out -> out.write(1));
        assertThat(s3.objects()).contains(key(report));

        vault.reports().discard(report);

        assertThat(s3.objects()).doesNotContain(key(report));
    }

    @Test
    void whatCrashesLeaveAndWhatExpiredIsDeletedAndNothingElse() throws Exception {
        FinishedReport live = vault.keep(noise(100));
        FinishedReport expired = vault.keep(noise(100));
        FinishedReport unfinished = vault.reports().write(vault.claimed(), 1, out -> out.write(noise(50)));
        FinishedReport lost = vault.reports().write(vault.claimed(), 1, out -> out.write(noise(50)));
        vault.claimAgain(lost.requestId());
        UUID half = vault.claimed();
        s3.client().createMultipartUpload(request -> request.bucket(S3Server.BUCKET)
                .key("reports/" + half + "/0-00aa"));
        UUID halfAlive = vault.claimed();
        s3.client().createMultipartUpload(request -> request.bucket(S3Server.BUCKET)
                .key("reports/" + halfAlive + "/1-00aa"));
        List<String> others = List.of("readme.txt", "reports/readme.txt", "reports/" + UUID.randomUUID() + "/1-00aa");
        others.forEach(key -> s3.client()
                .putObject(request -> request.bucket(S3Server.BUCKET).key(key), RequestBody.fromString("not ours")));
        vault.change("update report set expires_at = now() where request_id = :id", expired.requestId());

        try (var busy = start("lethe.access.expiry-check=50ms", "lethe.access.leftovers-check=50ms")) {
            installation.broker().fact(REPORT_EXPIRED, expired.requestId());
            await().atMost(Broker.SOON)
                    .untilAsserted(() -> assertThat(s3.objects()).doesNotContain(key(expired), key(lost)));
            await().atMost(Broker.SOON).untilAsserted(() -> assertThat(s3.unfinishedUploads())
                    .containsExactly("reports/" + halfAlive + "/1-00aa"));
            await().atMost(Broker.SOON)
                    .until(() -> vault.number(
                                    "select count(deleted_at) from report where request_id = :id", expired.requestId())
                            == 1);
            assertThat(busy.isActive()).isTrue();
        }

        assertThat(s3.objects()).containsAll(others).contains(key(live), key(unfinished));
        assertThat(vault.get(live).body()).isEqualTo(noise(100));
        s3.client()
                .listMultipartUploads(request -> request.bucket(S3Server.BUCKET))
                .uploads()
                .forEach(upload -> s3.client().abortMultipartUpload(request -> request.bucket(S3Server.BUCKET)
                        .key(upload.key())
                        .uploadId(upload.uploadId())));
    }

    @Test
    void whatOnceWentToOneStoreIsReadFromItWhenNewReportsGoToTheOther() throws Exception {
        FinishedReport inBucket = vault.keep(noise(100));

        try (var moved = start("lethe.reports.store=postgres")) {
            var other = new Vault(moved);
            FinishedReport inDatabase = other.keep(noise(200));
            assertThat(inDatabase.location()).startsWith("postgres:");
            assertThat(other.get(inBucket).body()).isEqualTo(noise(100));
            assertThat(vault.get(inDatabase).body()).isEqualTo(noise(200));
        }
    }

    private static String key(FinishedReport report) {
        return report.location().substring("s3:".length());
    }
}
