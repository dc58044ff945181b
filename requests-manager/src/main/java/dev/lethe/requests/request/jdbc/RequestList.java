package dev.lethe.requests.request.jdbc;

import static java.time.ZoneOffset.UTC;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** What can be seen of requests from outside. Who they are about is not even read. */
@Component
public class RequestList {

    /**
     * One request, as of one moment.
     *
     * @param isOverdue whether it is open and its deadline has passed, by the database's clock
     * @param nextAttemptAt when it is tried again by itself, or is asked after; null if nothing is to be tried
     * @param exceptions JSON; what of an erasure or a report is not there, and why
     */
    public record Seen(
            UUID id,
            String kind,
            String regulation,
            String state,
            @Nullable String waitingFor,
            @Nullable UUID duplicateOf,
            Instant submittedAt,
            Instant receivedAt,
            Instant dueAt,
            Instant targetAt,
            @Nullable Instant extendedAt,
            @Nullable Instant acknowledgeBy,
            @Nullable Instant acknowledgedAt,
            @Nullable Instant coolingOffUntil,
            boolean isOverdue,
            int attempts,
            @Nullable Instant nextAttemptAt,
            @Nullable String lastReason,
            @Nullable String outcome,
            @Nullable String exceptions,
            @Nullable Instant endedAt) {}

    /** What a participant was asked for a report. */
    public record Participant(
            String participant,
            Instant askedAt,
            int asked,
            Instant answerBy,
            @Nullable String outcome) {}

    /** A row of a request's history; {@code position} counts up. */
    public record Event(
            long position,
            Instant at,
            String state,
            @Nullable String waitingFor,
            String cause,
            String who) {}

    /** Where a page ends. */
    public record Position(Instant receivedAt, UUID id) {}

    /**
     * Which requests; what is null does not matter.
     *
     * @param overdue open and past the deadline, or not
     * @param dueBefore open, and due before then
     * @param receivedAfter received then or later
     * @param pseudonym of the person, as {@code Pseudonyms} makes it
     */
    public record Filter(
            @Nullable String state,
            @Nullable String kind,
            @Nullable String regulation,
            @Nullable String waitingFor,
            @Nullable Boolean overdue,
            @Nullable Instant dueBefore,
            @Nullable Instant receivedAfter,
            byte @Nullable [] pseudonym) {}

    /** What takes longer asks for more than a page. */
    private static final int PATIENCE_SECONDS = 5;

    private static final String COLUMNS = """
            r.id, r.kind, r.regulation, r.state, r.waiting_for, r.duplicate_of, r.submitted_at, r.received_at, r.due_at, r.target_at,
            r.extended_at, r.acknowledge_by, r.acknowledged_at, r.cooling_off_until,
            r.ended_at is null and r.due_at <= now() as is_overdue, r.attempts,
            case when r.state = 'received' or r.state = 'waiting' and r.waiting_for in ('participants', 'sources')
                 then r.next_attempt_at end as next_attempt_at,
            r.last_reason, r.outcome, r.exceptions, r.ended_at
            """;

    private static final String FIND = "select " + COLUMNS + " from request r where r.id = :id";

    private static final String PAGE = "select " + COLUMNS + """
              from request r
             where %s
             order by r.received_at desc, r.id desc
             limit :limit
            """;

    /** Those that an operator can have tried now. */
    private static final String RETRIABLE = """
            select r.id
              from request r
             where r.ended_at is null and r.state = 'waiting' and r.waiting_for in ('sources', 'human') and %s
             order by r.due_at, r.id
             limit :limit
            """;

    private static final String PARTICIPANTS = """
            select participant, asked_at, asked, answer_by, outcome
              from export_task
             where request_id = :id
             order by participant
            """;

    private static final String HISTORY = """
            select id, at, state, waiting_for, cause, who
              from request_history
             where request_id = :id and id > :after
             order by id
             limit :limit
            """;

    private final JdbcClient jdbc;

    RequestList(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    public Optional<Seen> find(UUID id) {
        return jdbc.sql(FIND).param("id", id).query(RequestList::seen).optional();
    }

    /**
     * The newest first, each once, however many are received meanwhile.
     *
     * @param after where the page before has ended; null for the first
     */
    @Transactional(readOnly = true, timeout = PATIENCE_SECONDS)
    public List<Seen> page(Filter filter, @Nullable Position after, int limit) {
        var conditions = new Conditions(filter);
        if (after != null) {
            conditions
                    .and("(r.received_at, r.id) < (cast(:afterTime as timestamptz), :afterId)")
                    .with("afterTime", after.receivedAt().atOffset(UTC))
                    .with("afterId", after.id());
        }
        return jdbc.sql(PAGE.formatted(conditions))
                .params(conditions.values)
                .param("limit", limit)
                .query(RequestList::seen)
                .list();
    }

    /** Of those, what waits for sources or for a human; the next due first. */
    @Transactional(readOnly = true, timeout = PATIENCE_SECONDS)
    public List<UUID> retriable(Filter filter, int limit) {
        var conditions = new Conditions(filter);
        return jdbc.sql(RETRIABLE.formatted(conditions))
                .params(conditions.values)
                .param("limit", limit)
                .query(UUID.class)
                .list();
    }

    public List<Participant> participants(UUID id) {
        return jdbc.sql(PARTICIPANTS)
                .param("id", id)
                .query((row, n) -> new Participant(
                        row.getString("participant"),
                        time(row, "asked_at"),
                        row.getInt("asked"),
                        time(row, "answer_by"),
                        row.getString("outcome")))
                .list();
    }

    /** The oldest first. @param after the position of the last that is known; 0 for all */
    public List<Event> history(UUID id, long after, int limit) {
        return jdbc.sql(HISTORY)
                .param("id", id)
                .param("after", after)
                .param("limit", limit)
                .query((row, n) -> new Event(
                        row.getLong("id"),
                        time(row, "at"),
                        row.getString("state"),
                        row.getString("waiting_for"),
                        row.getString("cause"),
                        row.getString("who")))
                .list();
    }

    /** Only what is asked for, so that the planner sees which index serves it. */
    private static final class Conditions {

        private final List<String> all = new ArrayList<>();
        private final Map<String, Object> values = new LinkedHashMap<>();

        Conditions(Filter filter) {
            equal("state", filter.state());
            equal("kind", filter.kind());
            equal("regulation", filter.regulation());
            equal("waiting_for", filter.waitingFor());
            if (filter.waitingFor() != null) {
                // Follows from it, which only the indexes of what is open do not know
                and("r.ended_at is null");
            }
            if (filter.overdue() != null) {
                and(
                        filter.overdue()
                                ? "r.ended_at is null and r.due_at <= now()"
                                : "(r.ended_at is not null or r.due_at > now())");
            }
            if (filter.dueBefore() != null) {
                and("r.ended_at is null and r.due_at < :dueBefore")
                        .with("dueBefore", filter.dueBefore().atOffset(UTC));
            }
            if (filter.receivedAfter() != null) {
                and("r.received_at >= :receivedAfter")
                        .with("receivedAfter", filter.receivedAfter().atOffset(UTC));
            }
            if (filter.pseudonym() != null) {
                and("r.subject_pseudonym = :pseudonym").with("pseudonym", filter.pseudonym());
            }
        }

        private void equal(String column, @Nullable String value) {
            if (value != null) {
                and("r.%s = :%1$s".formatted(column)).with(column, value);
            }
        }

        Conditions and(String condition) {
            all.add(condition);
            return this;
        }

        Conditions with(String name, Object value) {
            values.put(name, value);
            return this;
        }

        @Override
        public String toString() {
            return all.isEmpty() ? "true" : String.join(" and ", all);
        }
    }

    private static Seen seen(ResultSet row, int number) throws SQLException {
        return new Seen(
                row.getObject("id", UUID.class),
                row.getString("kind"),
                row.getString("regulation"),
                row.getString("state"),
                row.getString("waiting_for"),
                row.getObject("duplicate_of", UUID.class),
                time(row, "submitted_at"),
                time(row, "received_at"),
                time(row, "due_at"),
                time(row, "target_at"),
                timeOrNull(row, "extended_at"),
                timeOrNull(row, "acknowledge_by"),
                timeOrNull(row, "acknowledged_at"),
                timeOrNull(row, "cooling_off_until"),
                row.getBoolean("is_overdue"),
                row.getInt("attempts"),
                timeOrNull(row, "next_attempt_at"),
                row.getString("last_reason"),
                row.getString("outcome"),
                row.getString("exceptions"),
                timeOrNull(row, "ended_at"));
    }

    private static Instant time(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    private static @Nullable Instant timeOrNull(ResultSet row, String column) throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }
}
