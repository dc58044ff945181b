package dev.lethe.requests.access.storage;

import java.io.IOException;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * What is to be done in the storage from time to time, by any instance: wrap keys anew after the master key was exchanged, and
 * delete what crashes left, which is personal data that no link leads to.
 */
@Component
class Upkeep {

    private static final Logger log = LoggerFactory.getLogger(Upkeep.class);
    private static final int BATCH = 100;

    private static final String WRAPPED_OTHERWISE = """
            select request_id, epoch, location, bytes, wrapped_key
              from report
             where wrapped_key is not null and substring(wrapped_key from 1 for octet_length(:prefix)) <> :prefix
               and request_id > :after
             order by request_id
             limit :limit
            """;

    /** Unless it was destroyed meanwhile, which must stay so. */
    private static final String WRAP_ANEW = """
            update report set wrapped_key = :wrappedKey where request_id = :requestId and wrapped_key = :wrappedBefore
            """;

    private final Stores stores;
    private final MasterKeys keys;
    private final JdbcClient jdbc;

    Upkeep(Stores stores, MasterKeys keys, JdbcClient jdbc) {
        this.stores = stores;
        this.keys = keys;
        this.jdbc = jdbc;
    }

    @Scheduled(initialDelayString = "1s", fixedDelayString = "${lethe.access.leftovers-check:10m}")
    void wrapAnewOrWait() {
        try {
            wrapAnew();
        } catch (DataAccessException e) {
            later("keys-not-wrapped-anew", "cannot wrap keys of reports anew now", e);
        }
    }

    private void wrapAnew() {
        int done = 0;
        int impossible = 0;
        var after = new UUID(0, 0);
        List<StoredReport> reports;
        do {
            reports = jdbc.sql(WRAPPED_OTHERWISE)
                    .param("prefix", keys.prefix())
                    .param("after", after)
                    .param("limit", BATCH)
                    .query((row, n) -> new StoredReport(
                            row.getObject(1, UUID.class),
                            row.getInt(2),
                            row.getString(3),
                            row.getLong(4),
                            row.getBytes(5)))
                    .list();
            for (StoredReport report : reports) {
                after = report.requestId();
                try {
                    done += wrapAnew(report);
                } catch (IOException e) {
                    impossible++;
                    later("keys-not-wrapped-anew", "a report cannot be read", e);
                }
            }
        } while (reports.size() == BATCH);
        if (done > 0 && impossible == 0) {
            log.atInfo()
                    .addKeyValue("event.action", "keys-wrapped-anew")
                    .addKeyValue("lethe.reports.master-key", keys.first())
                    .log(
                            "wrapped the keys of {} reports anew; no report needs a master key other than the first",
                            done);
        }
    }

    private int wrapAnew(StoredReport report) throws IOException {
        byte[] key = keys.unwrap(report.wrappedKey(), report.requestId(), report.epoch());
        return jdbc.sql(WRAP_ANEW)
                .param("wrappedKey", keys.wrap(key, report.requestId(), report.epoch()))
                .param("requestId", report.requestId())
                .param("wrappedBefore", report.wrappedKey())
                .update();
    }

    @Scheduled(
            initialDelayString = "${lethe.access.leftovers-check:10m}",
            fixedDelayString = "${lethe.access.leftovers-check:10m}")
    void deleteLeftoversOrWait() {
        for (Store store : stores.all()) {
            try {
                int deleted = store.deleteLeftovers();
                if (deleted > 0) {
                    log.atWarn()
                            .addKeyValue("event.action", "leftovers-deleted")
                            .addKeyValue("lethe.store", store.scheme())
                            .log("deleted {} parts of reports that an ended worker left", deleted);
                }
            } catch (IOException | DataAccessException e) {
                later("leftovers-not-deleted", "cannot look for leftovers in " + store.scheme() + " now", e);
            }
        }
    }

    private static void later(String action, String what, Exception e) {
        log.atWarn()
                .addKeyValue("event.action", action)
                .addKeyValue("error.type", e.getClass().getName())
                .log(
                        "{}: {}",
                        what,
                        e instanceof IOException ? e.getMessage() : e.getClass().getSimpleName());
    }
}
