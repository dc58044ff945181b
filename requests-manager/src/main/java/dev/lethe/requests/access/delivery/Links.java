package dev.lethe.requests.access.delivery;

import static dev.lethe.messages.Topology.EVENTS_EXCHANGE;

import dev.lethe.messages.Messages;
import dev.lethe.messages.request.ReportDownloaded;
import dev.lethe.outbox.CrashPoint;
import dev.lethe.outbox.Outbox;
import dev.lethe.requests.access.storage.Reports;
import dev.lethe.requests.access.storage.StoredReport;
import java.time.Clock;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * The links that people got, and how often each was used. A use begins with a report's first byte, or when an hour has passed since
 * the last one began; what is fetched in between only goes on with it.
 */
@Component
class Links {

    private static final String FIND = """
            select request_id, epoch, location, bytes, sha256, wrapped_key, downloads, max_downloads, expires_at <= now() as over,
                   coalesce(last_downloaded_at > now() - interval '1 hour', false) as in_use
              from report
             where token_sha256 = :tokenSha256
            """;

    private static final String BEGIN_USE = """
            with used as (
                update report
                   set downloads = downloads + 1, last_downloaded_at = now()
                 where request_id = :requestId and downloads < max_downloads
                   and expires_at > now() and wrapped_key is not null
                returning request_id, downloads)
            insert into report_use (request_id, number)
            select request_id, downloads
              from used
            returning number
            """;

    private static final String SENT = """
            update report_use
               set sent = sent + int8multirange(int8range(:from, :to))
             where request_id = :requestId and number = :use
            """;

    /** No row if a part is missing, or if it was whole before. */
    private static final String WHOLE = """
            update report_use
               set whole_at = now()
             where request_id = :requestId and number = :use and whole_at is null and sent @> int8range(0, :bytes)
            """;

    /**
     * A link that once was given out.
     *
     * @param report null when it has run out: the report is not there any more
     * @param inUse whether the last use began less than an hour ago
     */
    record Link(
            UUID requestId,
            @Nullable StoredReport report,
            String sha256,
            int downloads,
            int maxDownloads,
            boolean inUse) {

        boolean isUsedUp() {
            return downloads >= maxDownloads;
        }
    }

    private final JdbcClient jdbc;
    private final Outbox outbox;
    private final Clock clock;

    Links(JdbcClient jdbc, Outbox outbox, Clock clock) {
        this.jdbc = jdbc;
        this.outbox = outbox;
        this.clock = clock;
    }

    Optional<Link> find(String token) {
        return jdbc.sql(FIND)
                .param("tokenSha256", Reports.hash(token))
                .query((row, n) -> {
                    var requestId = row.getObject("request_id", UUID.class);
                    byte[] key = row.getBytes("wrapped_key");
                    StoredReport report = key == null || row.getBoolean("over")
                            ? null
                            : new StoredReport(
                                    requestId,
                                    row.getInt("epoch"),
                                    row.getString("location"),
                                    row.getLong("bytes"),
                                    key);
                    return new Link(
                            requestId,
                            report,
                            row.getString("sha256"),
                            row.getInt("downloads"),
                            row.getInt("max_downloads"),
                            row.getBoolean("in_use"));
                })
                .optional();
    }

    /** The number of the use that now begins; none if the link has run out or was used as often as it may. */
    OptionalInt beginUse(UUID requestId) {
        return jdbc.sql(BEGIN_USE)
                .param("requestId", requestId)
                .query(Integer.class)
                .optional()
                .map(OptionalInt::of)
                .orElseGet(OptionalInt::empty);
    }

    /**
     * Notes which bytes were sent, and tells once for each use when they were all of them.
     *
     * @param to exclusive
     * @return whether the report became whole with them
     */
    @Transactional
    boolean sent(StoredReport report, int use, long from, long to) {
        jdbc.sql(SENT)
                .param("requestId", report.requestId())
                .param("use", use)
                .param("from", from)
                .param("to", to)
                .update();
        boolean whole = jdbc.sql(WHOLE)
                        .param("requestId", report.requestId())
                        .param("use", use)
                        .param("bytes", report.bytes())
                        .update()
                == 1;
        if (whole) {
            UUID id = Objects.requireNonNull(report.requestId());
            outbox.send(
                    EVENTS_EXCHANGE,
                    Messages.REPORT_DOWNLOADED.name(),
                    Messages.REPORT_DOWNLOADED,
                    new ReportDownloaded(id, clock.instant()),
                    id);
            CrashPoint.reached("delivery.told");
        }
        return whole;
    }
}
