package dev.lethe.requests.access.delivery;

import dev.lethe.messages.Messages;
import dev.lethe.messages.request.ReportExpired;
import dev.lethe.outbox.CrashPoint;
import dev.lethe.requests.access.storage.ReportEnds;
import dev.lethe.requests.life.Announcements;
import dev.lethe.requests.life.Transitions;
import dev.lethe.requests.request.Decision;
import dev.lethe.requests.request.RequestCommand;
import dev.lethe.requests.request.jdbc.Move;
import dev.lethe.requests.request.jdbc.Requests;
import dev.lethe.requests.request.jdbc.StoredRequest;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/** Deletes reports whose links have run out and says so. Any instance may do it; no report is done twice. */
@Component
@EnableScheduling
class ReportExpiry {

    private static final Logger log = LoggerFactory.getLogger(ReportExpiry.class);
    private static final int BATCH = 100;

    private final ReportEnds reports;
    private final Requests requests;
    private final Transitions transitions;
    private final Announcements announcements;
    private final TransactionTemplate transaction;
    private final Clock clock;

    ReportExpiry(
            ReportEnds reports,
            Requests requests,
            Transitions transitions,
            Announcements announcements,
            PlatformTransactionManager transactions,
            Clock clock) {
        this.reports = reports;
        this.requests = requests;
        this.transitions = transitions;
        this.announcements = announcements;
        this.transaction = new TransactionTemplate(transactions);
        this.clock = clock;
    }

    @Scheduled(fixedDelayString = "${lethe.access.expiry-check:30s}")
    void deleteExpiredOrWait() {
        try {
            deleteExpired();
        } catch (DataAccessException | TransactionException e) {
            log.atWarn()
                    .addKeyValue("event.action", "outage")
                    .addKeyValue("error.type", e.getClass().getName())
                    .log("cannot look for expired reports now: {}", e.getClass().getSimpleName());
        }
    }

    /** The keys and the facts of some with one commit, and the data only after it. */
    private void deleteExpired() {
        int expired;
        do {
            expired = Objects.requireNonNull(transaction.execute(status -> expireSome()));
            if (expired > 0) {
                CrashPoint.reached("expiry.key-deleted");
            }
        } while (expired == BATCH);
        reports.deleteData();
    }

    private int expireSome() {
        List<UUID> expired = reports.destroyKeys(BATCH);
        expired.forEach(this::expire);
        return expired.size();
    }

    private void expire(UUID id) {
        StoredRequest request = requests.lock(id).orElseThrow();
        if (transitions.apply(
                        request,
                        new RequestCommand.ExpireReport(),
                        to -> Move.to(to, "the report's link ran out", "clock"))
                instanceof Decision.Move) {
            announcements.tell(Messages.REPORT_EXPIRED, new ReportExpired(id, clock.instant()));
            log.atInfo()
                    .addKeyValue("event.action", "report-expired")
                    .addKeyValue("lethe.request.id", id)
                    .log("report expired");
        }
    }
}
