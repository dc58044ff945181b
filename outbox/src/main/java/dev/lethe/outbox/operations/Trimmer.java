package dev.lethe.outbox.operations;

import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * Deletes what is too old to matter: marks of handled messages, forgotten counts of attempts, history. In small transactions,
 * so that nobody waits for it, and by one instance at a time.
 */
final class Trimmer {

    private static final Logger log = LoggerFactory.getLogger(Trimmer.class);

    static final int BATCH = 5_000;

    private static final int STATEMENT_SECONDS = 30;

    /** Freed with the session, however it ends. */
    private static final String IS_OURS = "select pg_try_advisory_lock(hashtext('lethe.outbox.trim'), 0)";

    /** Each batch begins where the last one ended: before it there are only dead entries, which nobody should walk again. */
    private static final String DELETE = """
            with old as (
                delete from %1$s
                 where ctid = any(array(
                       select ctid
                         from %1$s
                        where %2$s >= :from and %2$s < now() - :seconds * interval '1 second'
                        order by %2$s
                        limit :limit))
                returning %2$s as at)
            select count(*) as deleted, max(at) as last from old
            """;

    private record Batch(int deleted, @Nullable OffsetDateTime last) {}

    private final SideDatabase database;
    private final TrimProperties properties;

    Trimmer(SideDatabase database, TrimProperties properties) {
        this.database = database;
        this.properties = properties;
    }

    void trim() {
        Map<String, Integer> deleted = new LinkedHashMap<>();
        try {
            SingleConnectionDataSource session = database.open("trim", STATEMENT_SECONDS);
            try {
                JdbcClient jdbc = JdbcClient.create(session);
                if (jdbc.sql(IS_OURS).query(Boolean.class).single()) {
                    deleted.put("inbox", trim(jdbc, "inbox", "handled_at", properties.inboxAfter()));
                    deleted.put(
                            "delivery_attempt", trim(jdbc, "delivery_attempt", "begun_at", properties.inboxAfter()));
                    deleted.put("failed_attempt", trim(jdbc, "failed_attempt", "at", properties.historyAfter()));
                    deleted.put("lane_event", trim(jdbc, "lane_event", "at", properties.historyAfter()));
                }
            } finally {
                session.destroy();
            }
        } catch (SQLException | RuntimeException e) {
            log.atWarn()
                    .addKeyValue("event.action", "trim-failed")
                    .addKeyValue("error.type", e.getClass().getName())
                    .log(
                            "old rows stay until the next try: {}",
                            NestedExceptionUtils.getMostSpecificCause(e).getMessage());
        }
        if (deleted.values().stream().anyMatch(rows -> rows > 0)) {
            log.atInfo().addKeyValue("event.action", "trimmed").log("deleted what was too old: {}", deleted);
        }
    }

    private static int trim(JdbcClient jdbc, String table, String column, Duration after) {
        OffsetDateTime from = OffsetDateTime.MIN;
        int total = 0;
        while (true) {
            Batch batch = jdbc.sql(DELETE.formatted(table, column))
                    .param("from", from)
                    .param("seconds", after.toSeconds())
                    .param("limit", BATCH)
                    .query((row, n) -> new Batch(row.getInt("deleted"), row.getObject("last", OffsetDateTime.class)))
                    .single();
            total += batch.deleted();
            if (batch.deleted() < BATCH || batch.last() == null) {
                return total;
            }
            from = batch.last();
        }
    }
}
