package dev.lethe.requests.access.report;

import dev.lethe.requests.access.AccessProperties;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** The finished reports: their files in a folder, their links and expiry in PostgreSQL. */
@Component
public class Reports {

    /** The folder in the folder for what is not a report yet. */
    static final String WORK = "work";

    private static final Logger log = LoggerFactory.getLogger(Reports.class);

    private static final String REGISTER = """
            insert into report (request_id, file, bytes, sha256, token_sha256, expires_at)
            values (:requestId, :file, :bytes, :sha256, :tokenSha256, now() + :millis * interval '1 millisecond')
            returning expires_at
            """;

    private static final String FIND = """
            update report
               set downloads = downloads + 1
             where token_sha256 = :tokenSha256 and expires_at > now() and deleted_at is null
            returning file
            """;

    private static final String EXPIRED = """
            update report
               set deleted_at = now()
             where ctid = any(array(
                   select ctid
                     from report
                    where expires_at <= now() and deleted_at is null
                    limit :limit
                      for update skip locked))
            returning request_id, file
            """;

    /** A report whose link has run out. */
    public record Expired(UUID requestId, String file) {}

    private final Path folder;
    private final JdbcClient jdbc;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    Reports(AccessProperties properties, JdbcClient jdbc, Clock clock) throws IOException {
        this.folder = properties.reports().toAbsolutePath();
        this.jdbc = jdbc;
        this.clock = clock;
        Files.createDirectories(folder);
    }

    /** An empty folder for the parts of a report; named by the epoch, so that two attempts never share one. */
    Path workFolder(UUID requestId, int epoch) throws IOException {
        Path work = folder.resolve(WORK).resolve("%s-%d-%s".formatted(requestId, epoch, randomText(8)));
        return Files.createDirectories(
                work, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    /** Writes the archive, forces it to disk and gives it its name last. */
    FinishedReport pack(UUID requestId, int epoch, List<Section> sections) throws IOException {
        String file = "%s-%d-%s.zip".formatted(requestId, epoch, randomText(8));
        Path temporary = folder.resolve(file + ".tmp");
        MessageDigest sha256 = sha256();
        try {
            try (FileChannel channel = FileChannel.open(
                    temporary,
                    java.util.Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
                OutputStream out = new BufferedOutputStream(
                        new DigestOutputStream(java.nio.channels.Channels.newOutputStream(channel), sha256));
                Archive.write(out, requestId, clock.instant(), sections);
                out.flush();
                channel.force(true);
            }
            Files.move(temporary, folder.resolve(file), StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
        return new FinishedReport(
                requestId,
                file,
                Files.size(folder.resolve(file)),
                HexFormat.of().formatHex(sha256.digest()),
                randomText(32));
    }

    /** Makes a report visible to whoever has its token, as part of the caller's transaction; returns until when. */
    @Transactional(propagation = Propagation.MANDATORY)
    public Instant register(FinishedReport report, Duration validFor) {
        return jdbc.sql(REGISTER)
                .param("requestId", report.requestId())
                .param("file", report.file())
                .param("bytes", report.bytes())
                .param("sha256", report.sha256())
                .param("tokenSha256", sha256().digest(report.token().getBytes(StandardCharsets.US_ASCII)))
                .param("millis", validFor.toMillis())
                .query(java.time.OffsetDateTime.class)
                .single()
                .toInstant();
    }

    /** The file of a link that has not expired, by the database's clock. */
    @Transactional
    public Optional<Path> find(String token) {
        return jdbc.sql(FIND)
                .param("tokenSha256", sha256().digest(token.getBytes(StandardCharsets.UTF_8)))
                .query(String.class)
                .optional()
                .map(folder::resolve);
    }

    /** Marks reports whose links have run out as deleted; the caller deletes the files once that is committed. */
    @Transactional(propagation = Propagation.MANDATORY)
    public List<Expired> takeExpired(int limit) {
        return jdbc.sql(EXPIRED)
                .param("limit", limit)
                .query((row, n) -> new Expired(row.getObject("request_id", UUID.class), row.getString("file")))
                .list();
    }

    public void delete(String file) {
        try {
            Files.deleteIfExists(folder.resolve(file));
        } catch (IOException e) {
            log.atError()
                    .addKeyValue("event.action", "report-not-deleted")
                    .addKeyValue("error.type", e.getClass().getName())
                    .addKeyValue("file.name", file)
                    .log("a report file could not be deleted; delete it by hand: {}", file);
        }
    }

    public void discard(FinishedReport report) {
        delete(report.file());
    }

    private String randomText(int bytes) {
        var random = new byte[bytes];
        this.random.nextBytes(random);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
