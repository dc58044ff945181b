package dev.lethe.requests.access.storage;

import dev.lethe.outbox.CrashPoint;
import java.io.IOException;
import java.time.OffsetDateTime;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * The end of reports in two steps. First their keys go: from that commit on nobody can read them, whatever becomes of the data.
 * Then the data goes, which may take long, fail, and begin anew on any instance.
 */
@Component
public class ReportEnds {

    private static final Logger log = LoggerFactory.getLogger(ReportEnds.class);
    private static final int BATCH = 100;

    private static final String DESTROY_KEYS = """
            update report
               set wrapped_key = null
             where ctid = any(array(
                   select ctid
                     from report
                    where expires_at <= now() and wrapped_key is not null
                    limit :limit
                      for update skip locked))
            returning request_id
            """;

    private static final String WITHOUT_A_KEY = """
            select request_id, location, expires_at
              from report
             where wrapped_key is null and deleted_at is null and (expires_at, request_id) > (:afterTime, :afterId)
             order by expires_at, request_id
             limit :limit
            """;

    private static final String DELETED = """
            update report set deleted_at = now() where request_id = :requestId and wrapped_key is null and deleted_at is null
            """;

    private record Rest(UUID requestId, String location, OffsetDateTime expiresAt) {}

    private final Stores stores;
    private final JdbcClient jdbc;

    ReportEnds(Stores stores, JdbcClient jdbc) {
        this.stores = stores;
        this.jdbc = jdbc;
    }

    /** Destroys the keys of some reports whose links have run out, with the caller's transaction; returns their requests. */
    @Transactional(propagation = Propagation.MANDATORY)
    public List<UUID> destroyKeys(int limit) {
        return jdbc.sql(DESTROY_KEYS).param("limit", limit).query(UUID.class).list();
    }

    /** Deletes what is stored of all reports whose keys are destroyed. What fails is passed over, and tried again at the next call. */
    public void deleteData() {
        List<Rest> rests;
        OffsetDateTime afterTime = OffsetDateTime.parse("1970-01-01T00:00:00Z");
        var afterId = new UUID(0, 0);
        Set<String> down = new HashSet<>();
        do {
            rests = jdbc.sql(WITHOUT_A_KEY)
                    .param("afterTime", afterTime)
                    .param("afterId", afterId)
                    .param("limit", BATCH)
                    .query((row, n) -> new Rest(
                            row.getObject(1, UUID.class), row.getString(2), row.getObject(3, OffsetDateTime.class)))
                    .list();
            for (Rest rest : rests) {
                delete(rest, down);
                afterTime = rest.expiresAt();
                afterId = rest.requestId();
            }
        } while (rests.size() == BATCH);
    }

    /** A store that does not answer is not asked again and again: each time would last as long as its time-outs. */
    private void delete(Rest rest, Set<String> down) {
        String store = rest.location().substring(0, Math.max(0, rest.location().indexOf(':')));
        if (down.contains(store)) {
            return;
        }
        try {
            stores.of(rest.location()).delete(rest.location());
            CrashPoint.reached("expiry.data-deleted");
            jdbc.sql(DELETED).param("requestId", rest.requestId()).update();
        } catch (IOException e) {
            down.add(store);
            log.atWarn()
                    .addKeyValue("event.action", "report-not-deleted")
                    .addKeyValue("error.type", e.getClass().getName())
                    .addKeyValue("lethe.request.id", rest.requestId())
                    .log(
                            "an expired report's data, which nobody can read any more, is deleted later: {}",
                            e.getMessage());
        }
    }
}
