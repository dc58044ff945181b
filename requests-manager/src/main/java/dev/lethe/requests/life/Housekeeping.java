package dev.lethe.requests.life;

import dev.lethe.requests.request.jdbc.Requests;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Forgets, some time after requests have ended, who they were about: the pseudonym, the history and the counts stay. And looks after
 * requests whose note from message-scheduler has not come, or was parked.
 */
@Component
class Housekeeping {

    private static final Logger log = LoggerFactory.getLogger(Housekeeping.class);
    private static final int BATCH = 1_000;

    private final Requests requests;
    private final RequestLife life;
    private final LifeProperties properties;

    Housekeeping(Requests requests, RequestLife life, LifeProperties properties) {
        this.requests = requests;
        this.life = life;
        this.properties = properties;
    }

    @Scheduled(fixedDelayString = "${lethe.requests.forget-check:1m}")
    void forgetOrWait() {
        try {
            int forgotten;
            do {
                forgotten = requests.forgetEndedBefore(properties.forgetAfter(), BATCH);
                if (forgotten > 0) {
                    log.atInfo()
                            .addKeyValue("event.action", "subjects-forgotten")
                            .addKeyValue("lethe.requests", forgotten)
                            .log("forgot whom {} ended requests were about", forgotten);
                }
            } while (forgotten == BATCH);
        } catch (DataAccessException | TransactionException e) {
            log.atWarn()
                    .addKeyValue("event.action", "outage")
                    .addKeyValue("error.type", e.getClass().getName())
                    .log("cannot forget subjects now: {}", e.getClass().getSimpleName());
        }
    }

    @Scheduled(fixedDelayString = "${lethe.requests.missed-check:10m}")
    void checkMissedOrWait() {
        try {
            for (UUID missed : requests.missed(BATCH)) {
                log.atWarn()
                        .addKeyValue("event.action", "check-missed")
                        .addKeyValue("lethe.request.id", missed)
                        .log("nobody brought back the note to look at this request; is message-scheduler running?");
                life.check(missed);
            }
        } catch (DataAccessException | TransactionException e) {
            log.atWarn()
                    .addKeyValue("event.action", "outage")
                    .addKeyValue("error.type", e.getClass().getName())
                    .log("cannot look for missed requests now: {}", e.getClass().getSimpleName());
        }
    }
}
