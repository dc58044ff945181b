package dev.lethe.requests.access.storage;

import dev.lethe.outbox.CrashPoint;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Base64;
import java.util.HexFormat;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** The finished reports: each encrypted with a key of its own, which is kept encrypted with a master key. */
@Component
public class Reports {

    private static final Logger log = LoggerFactory.getLogger(Reports.class);
    private static final int TOKEN_BYTES = 32;

    private static final String REGISTER = """
            insert into report (request_id, epoch, location, bytes, sha256, wrapped_key, token_sha256, expires_at, max_downloads)
            values (:requestId, :epoch, :location, :bytes, :sha256, :wrappedKey, :tokenSha256,
                    now() + :millis * interval '1 millisecond', :maxDownloads)
            returning expires_at
            """;

    private final Stores stores;
    private final MasterKeys keys;
    private final DownloadLimit limit;
    private final JdbcClient jdbc;
    private final SecureRandom random = new SecureRandom();

    Reports(Stores stores, MasterKeys keys, DownloadLimit limit, JdbcClient jdbc) {
        this.stores = stores;
        this.keys = keys;
        this.limit = limit;
        this.jdbc = jdbc;
    }

    /**
     * Encrypts and stores a report; when this returns, it is whole in the store, and seen by nobody. Takes some MiB of memory,
     * however long the report is. If the content throws, what was stored is deleted, and so it is when the thread is interrupted.
     *
     * @throws LostClaim if the request is not in progress under this epoch any more; a store other than PostgreSQL does not notice
     * @throws IOException what the content throws, or because the store did not take it
     */
    public FinishedReport write(UUID requestId, int epoch, Content content) throws IOException, InterruptedException {
        ReportKey key = ReportKey.random(requestId, epoch);
        Upload upload = stores.current().begin(requestId, epoch);
        boolean whole = false;
        try {
            OutputStream encrypting = key.encrypting(upload);
            var plain = new Measured(encrypting);
            var buffered = new BufferedOutputStream(plain);
            content.writeTo(new Unclosed(buffered));
            buffered.flush();
            encrypting.close();
            CrashPoint.reached("storage.written");
            whole = true;
            return new FinishedReport(
                    requestId,
                    epoch,
                    upload.location(),
                    plain.bytes,
                    HexFormat.of().formatHex(plain.sha256.digest()),
                    key.wrap(keys, requestId, epoch),
                    randomToken());
        } catch (IOException | RuntimeException e) {
            if (Thread.interrupted()) {
                var interrupted = new InterruptedException("interrupted while a report was stored");
                interrupted.addSuppressed(e);
                throw interrupted;
            }
            LostClaim lost = upload.lost();
            if (lost != null && lost != e) {
                lost.addSuppressed(e);
                throw lost;
            }
            throw e;
        } finally {
            if (!whole) {
                upload.abort();
            }
        }
    }

    /**
     * Makes a report visible to whoever has its token, as part of the caller's transaction, which has judged the claim.
     *
     * @return until when, by the database's clock
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public Instant register(FinishedReport report, Duration validFor) {
        return jdbc.sql(REGISTER)
                .param("requestId", report.requestId())
                .param("epoch", report.epoch())
                .param("location", report.location())
                .param("bytes", report.bytes())
                .param("sha256", report.sha256())
                .param("wrappedKey", report.wrappedKey())
                .param("tokenSha256", hash(report.token()))
                .param("millis", validFor.toMillis())
                .param("maxDownloads", limit.downloads())
                .query(OffsetDateTime.class)
                .single()
                .toInstant();
    }

    /** Deletes what was written and will never be registered. Never throws; what cannot be deleted goes as a leftover. */
    public void discard(FinishedReport report) {
        try {
            stores.of(report.location()).delete(report.location());
        } catch (IOException | RuntimeException e) {
            log.atWarn()
                    .addKeyValue("event.action", "report-not-deleted")
                    .addKeyValue("error.type", e.getClass().getName())
                    .addKeyValue("lethe.request.id", report.requestId())
                    .log("a report that nobody will see is deleted later");
        }
    }

    /**
     * A report to read, from any position; only what is asked for is fetched and decrypted. A read throws if what is stored is not
     * what was once written.
     *
     * @throws IOException if its key cannot be opened, or its store is not there
     */
    public SeekableByteChannel open(StoredReport report) throws IOException {
        ReportKey key = ReportKey.unwrap(keys, report);
        Store store = stores.of(report.location());
        return key.decrypting(new Blocks(store, report.location(), key.stored(report.bytes())));
    }

    /** What of a token is kept. */
    public static byte[] hash(String token) {
        return sha256().digest(token.getBytes(StandardCharsets.US_ASCII));
    }

    private String randomToken() {
        var token = new byte[TOKEN_BYTES];
        random.nextBytes(token);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(token);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** Counts and sums up what passes. */
    private static final class Measured extends OutputStream {

        private final OutputStream to;
        private final MessageDigest sha256 = sha256();
        private long bytes;

        Measured(OutputStream to) {
            this.to = to;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] some, int offset, int length) throws IOException {
            to.write(some, offset, length);
            sha256.update(some, offset, length);
            bytes += length;
        }
    }

    /** A content that fails may still close what it writes to, which must not make a report whole. */
    private static final class Unclosed extends OutputStream {

        private final OutputStream to;

        Unclosed(OutputStream to) {
            this.to = to;
        }

        @Override
        public void write(int b) throws IOException {
            to.write(b);
        }

        @Override
        public void write(byte[] some, int offset, int length) throws IOException {
            to.write(some, offset, length);
        }
    }
}
