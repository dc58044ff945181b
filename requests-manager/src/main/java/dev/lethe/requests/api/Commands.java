package dev.lethe.requests.api;

import dev.lethe.messages.Require;
import dev.lethe.requests.life.RequestLife;
import dev.lethe.requests.request.Decision;
import dev.lethe.requests.request.jdbc.RequestList;
import dev.lethe.requests.request.jdbc.Requests;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** What callers have done to requests: put to their life, and told when that refuses. */
@Component
class Commands {

    private static final Logger log = LoggerFactory.getLogger(Commands.class);

    /** Most that one call has tried again; there may be a deadline on its answer. */
    static final int MOST_RETRIES = 5_000;

    private static final Map<String, String> IN_WORDS = Map.of(
            "too_late", "its deadline, or the point from which there is no way back, has passed",
            "not_on_hold", "it is not on hold",
            "follows_another", "it follows another request of the same person, duplicate_of; do it to that one",
            "ended", "it has ended",
            "not_extendable", "its regulation knows no longer time",
            "already_extended", "the longer time was taken before, and the law allows it once");

    /** Of a body without fields. */
    record Plain() {}

    /** @param reason for the person, who is told it */
    record Reasoned(String reason) {
        private static final int LONGEST = 1024;

        Reasoned {
            Require.text(reason, "reason", LONGEST);
        }

        /** Without what is for the person. */
        @Override
        public String toString() {
            return "Reasoned[...]";
        }
    }

    /** @param reason a code or a case number for the history, which is kept for good and so names nobody */
    record Held(@Nullable String reason) {
        Held {
            if (reason != null) {
                Require.token(reason, "reason (a code or a case number, which names nobody)");
            }
        }
    }

    /** @param filter which; {@code {}} means all */
    record Retry(Search filter) {
        Retry {
            Require.present(filter, "filter");
            Require.that(
                    filter.limit() == null && filter.after() == null, "filter", "must not have a limit or an after");
        }
    }

    /** @param more whether there are others that the filter names, so that one can ask again */
    record Retried(int retried, boolean more) {}

    private final RequestLife life;
    private final Requests requests;
    private final RequestList list;

    Commands(RequestLife life, Requests requests, RequestList list) {
        this.life = life;
        this.requests = requests;
        this.list = list;
    }

    /** @throws Refused with what the request's state is */
    void check(String action, UUID id, Decision decision) {
        boolean refused = decision instanceof Decision.Refuse;
        log.atInfo()
                .addKeyValue("event.action", "api-" + action)
                .addKeyValue("event.outcome", refused ? "failure" : "success")
                .addKeyValue("lethe.request.id", id)
                .log("{} of a request over HTTP: {}", action, refused ? "refused" : "done");
        if (decision instanceof Decision.Refuse(String reason)) {
            throw refusal(id, reason);
        }
    }

    private Refused refusal(UUID id, String reason) {
        return list.find(id)
                .map(request -> new Refused(Problem.of(
                        HttpStatus.CONFLICT,
                        reason,
                        "not done, since %s; the request is %s"
                                .formatted(
                                        IN_WORDS.getOrDefault(reason, "its state does not allow it"), request.state()),
                        request.state())))
                .orElseGet(Commands::unknown);
    }

    static Refused unknown() {
        return new Refused(Problem.of(
                HttpStatus.NOT_FOUND, "unknown_request", "no request has this id; none was ever taken in under it"));
    }

    @Transactional
    public Decision hold(UUID id, Held held, String who) {
        Decision decision = life.hold(id, who);
        if (decision instanceof Decision.Move && held.reason() != null) {
            requests.note(id, "reason of the hold: " + held.reason(), who);
        }
        return decision;
    }

    /** Each in a transaction of its own, so that many hold up nobody. */
    Retried retryAll(RequestList.Filter filter, String who) {
        List<UUID> found = list.retriable(filter, MOST_RETRIES + 1);
        long retried = found.stream()
                .limit(MOST_RETRIES)
                .filter(id -> life.retry(id, who) instanceof Decision.Move)
                .count();
        log.atInfo()
                .addKeyValue("event.action", "api-retry-all")
                .addKeyValue("lethe.requests", retried)
                .log("{} requests are to be tried now, says somebody over HTTP", retried);
        return new Retried((int) retried, found.size() > MOST_RETRIES);
    }
}
