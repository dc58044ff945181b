package dev.lethe.requests.request.jdbc;

import static java.time.ZoneOffset.UTC;

import dev.lethe.messages.request.RequestKind;
import dev.lethe.requests.request.RequestState;
import dev.lethe.requests.request.RequestState.CoolingOff;
import dev.lethe.requests.request.RequestState.Following;
import dev.lethe.requests.request.RequestState.OnHold;
import dev.lethe.requests.request.RequestState.Waiting;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * All requests. What moves one returns whether it did: false means that somebody else was there first. No state changes without
 * its row of history: both are one statement.
 */
@Component
public class Requests {

    private static final String COLUMNS = """
            r.id, r.kind, r.regulation, r.subject, r.subject_pseudonym, r.submission_hash, r.submitted_at, r.received_at, r.due_at,
            r.target_at, r.acknowledge_by, r.acknowledged_at, r.extended_at, r.due_soon_at, r.overdue_at, r.unacknowledged_at,
            r.cooling_off_until, r.locale, r.state, r.waiting_for, r.held_state, r.duplicate_of, r.epoch, r.attempts,
            r.next_attempt_at, r.last_reason, r.outcome, r.exceptions, r.ended_at, now() as now
            """;

    private static final String INSERT = """
            with inserted as (
                insert into request (id, kind, regulation, subject, subject_pseudonym, submission_hash, submitted_at, due_at,
                                     target_at, acknowledge_by, cooling_off_until, locale, state, waiting_for, duplicate_of, ended_at)
                values (:id, :kind, :regulation, :subject, :pseudonym, :hash, :submittedAt, :dueAt, :targetAt, :acknowledgeBy,
                        :coolingOffUntil, :locale, :state, :waitingFor, :duplicateOf, case when :ended then now() end)
                on conflict (id) do nothing
                returning id, state, waiting_for)
            insert into request_history (request_id, state, waiting_for, cause, who, epoch)
            select id, state, waiting_for, :cause, :who, 0 from inserted
            """;

    private static final String FIND = "select " + COLUMNS + " from request r where r.id = :id";

    /** Whoever asks something about the same person waits here, and so does whoever ends one of that person's requests. */
    private static final String LOCK_PERSON =
            "select now() from (select pg_advisory_xact_lock(hashtextextended(encode(:pseudonym, 'hex'), 0))) as locked";

    private static final String LOCK_WITH_PERSON = """
            with person as materialized (
                select pg_advisory_xact_lock(hashtextextended(encode(subject_pseudonym, 'hex'), 0)) is null as locked
                  from request
                 where id = :id)
            select %s from person cross join request r where r.id = :id for no key update of r
            """.formatted(COLUMNS);

    private static final String OPEN_OF_PERSON = "select " + COLUMNS + """
              from request r
             where r.subject_pseudonym = :pseudonym and r.ended_at is null
             order by r.received_at, r.id
               for no key update
            """;

    /** Each half has its own limit, so that each takes the first of its index, however many there are. */
    private static final String CLAIMABLE = """
            select id
              from ((select id, next_attempt_at as since
                       from request
                      where (state = 'received' or state = 'waiting' and waiting_for in ('participants', 'sources'))
                        and next_attempt_at <= now()
                      order by next_attempt_at
                      limit :limit)
                    union all
                    (select id, lease_until
                       from request
                      where state = 'in_progress' and lease_until < now()
                      order by lease_until
                      limit :limit)) as claimable
             order by since
             limit :limit
            """;

    private static final String LOCK_CLAIMABLE = "select " + COLUMNS + """
              from request r
             where r.id = :id
               and ((r.state = 'received' or r.state = 'waiting' and r.waiting_for in ('participants', 'sources'))
                     and r.next_attempt_at <= now()
                    or r.state = 'in_progress' and r.lease_until < now())
               for no key update skip locked
            """;

    private static final String MOVE = """
            with moved as (
                update request
                   set state             = :state,
                       waiting_for       = :waitingFor,
                       held_state        = :heldState,
                       duplicate_of      = coalesce(:duplicateOf, duplicate_of),
                       cooling_off_until = coalesce(cast(:coolingOffUntil as timestamptz), cooling_off_until),
                       worker            = case when :claims then :who end,
                       lease_until       = now() + cast(:leaseMillis as bigint) * interval '1 millisecond',
                       epoch             = epoch + case when :claims then 1 else 0 end,
                       attempts          = attempts + case when :claims then 1 else 0 end,
                       next_attempt_at   = coalesce(now() + cast(:delayMillis as bigint) * interval '1 millisecond', next_attempt_at),
                       last_reason       = coalesce(:reason, last_reason),
                       outcome           = coalesce(:outcome, outcome),
                       exceptions        = coalesce(:exceptions, exceptions),
                       ended_at          = case when :ended then coalesce(ended_at, now()) end
                 where id = :id and epoch = :epoch
             returning id, state, waiting_for, epoch)
            insert into request_history (request_id, state, waiting_for, cause, who, epoch)
            select id, state, waiting_for, :cause, :who, epoch from moved
            """;

    private static final String NOTE = """
            insert into request_history (request_id, state, waiting_for, cause, who, epoch)
            select id, state, waiting_for, :cause, :who, epoch from request where id = :id
            """;

    private static final String EXTEND_LEASE = """
            update request
               set lease_until = now() + :leaseMillis * interval '1 millisecond'
             where id = :id and epoch = :epoch and state = 'in_progress'
            """;

    /** Only where something waits for it. */
    private static final String WAKE = """
            update request
               set next_attempt_at = least(next_attempt_at, now() + :millis * interval '1 millisecond')
             where id = :id and state = 'waiting' and waiting_for = 'participants'
            """;

    /** Since something last came of it. */
    private static final String CLAIMS_WITHOUT_END = """
            select count(*)
              from request_history
             where request_id = :id and cause = 'claimed by a worker'
               and id > (select coalesce(max(id), 0) from request_history where request_id = :id and state <> 'in_progress')
            """;

    /** What should have been looked at a while ago. */
    private static final String MISSED = """
            select id
              from request
             where ended_at is null and state <> 'following'
               and (state = 'cooling_off' and cooling_off_until < now() - interval '10 minutes'
                    or due_soon_at is null and target_at < now() - interval '10 minutes'
                    or overdue_at is null and due_at < now() - interval '10 minutes'
                    or acknowledged_at is null and unacknowledged_at is null
                       and acknowledge_by < now() - interval '10 minutes')
             limit :limit
            """;

    private static final String EXTEND = """
            update request
               set due_at = :dueAt, target_at = :targetAt, extended_at = now(), due_soon_at = null
             where id = :id
            """;

    private static final String SAID = "update request set %s = now() where id = :id and %1$s is null";

    private static final String FORGET = """
            update request
               set subject = null
             where id = any(array(
                   select id
                     from request
                    where ended_at < now() - :millis * interval '1 millisecond' and subject is not null
                    limit :limit
                      for no key update skip locked))
            """;

    private static final String FORGET_PERSON =
            "update request set subject = null where subject_pseudonym = :pseudonym and ended_at is not null and subject is not null";

    private final JdbcClient jdbc;

    Requests(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** False if the id is taken. */
    public boolean insert(NewRequest request, String cause, String who) {
        return state(jdbc.sql(INSERT), request.state())
                        .param("id", request.id())
                        .param("kind", request.kind().name().toLowerCase(Locale.ROOT))
                        .param("regulation", request.regulation())
                        .param("subject", request.subject())
                        .param("pseudonym", request.pseudonym())
                        .param("hash", request.submissionHash())
                        .param("submittedAt", time(request.submittedAt()))
                        .param("dueAt", time(request.dueAt()))
                        .param("targetAt", time(request.targetAt()))
                        .param("acknowledgeBy", time(request.acknowledgeBy()))
                        .param("locale", request.locale())
                        .param("cause", cause)
                        .param("who", who)
                        .update()
                == 1;
    }

    public Optional<StoredRequest> find(UUID id) {
        return jdbc.sql(FIND).param("id", id).query(Requests::row).optional();
    }

    /**
     * Until the transaction ends nobody else submits anything for this person, or ends one of their requests. Returns what the
     * database's clock says.
     */
    public Instant lockPerson(byte[] pseudonym) {
        return jdbc.sql(LOCK_PERSON)
                .param("pseudonym", pseudonym)
                .query(OffsetDateTime.class)
                .single()
                .toInstant();
    }

    /** The request, and its person as {@link #lockPerson} does: for whatever may end it. */
    public Optional<StoredRequest> lock(UUID id) {
        return jdbc.sql(LOCK_WITH_PERSON).param("id", id).query(Requests::row).optional();
    }

    /** What else is open for a person, the oldest first; the person must be locked. */
    public List<StoredRequest> openOf(byte[] pseudonym) {
        return jdbc.sql(OPEN_OF_PERSON)
                .param("pseudonym", pseudonym)
                .query(Requests::row)
                .list();
    }

    /** Access requests that a worker may take now, the longest waiting first. */
    public List<UUID> claimable(int limit) {
        return jdbc.sql(CLAIMABLE).param("limit", limit).query(UUID.class).list();
    }

    /** One of them, if nobody has taken it since; others that want it pass it by. */
    public Optional<StoredRequest> lockClaimable(UUID id) {
        return jdbc.sql(LOCK_CLAIMABLE).param("id", id).query(Requests::row).optional();
    }

    /** Moves a request that is locked, and judged by the decider; false if its epoch is not what it was. */
    public boolean move(StoredRequest request, Move move) {
        return state(jdbc.sql(MOVE), move.to())
                        .param("claims", move.lease() != null)
                        .param("leaseMillis", millis(move.lease()))
                        .param("delayMillis", millis(move.nextAttempt()))
                        .param("reason", move.reason())
                        .param("outcome", move.outcome())
                        .param("exceptions", move.exceptions())
                        .param("heldState", move.to() instanceof OnHold(var before) ? before.stateName() : null)
                        .param("id", request.id())
                        .param("epoch", request.epoch())
                        .param("cause", move.cause())
                        .param("who", move.who())
                        .update()
                == 1;
    }

    /** Something that happened to a request and moved it nowhere. */
    public void note(UUID id, String cause, String who) {
        jdbc.sql(NOTE).param("id", id).param("cause", cause).param("who", who).update();
    }

    /** False when the row is not the worker's any more: whatever it still does is for nothing. */
    public boolean extendLease(UUID id, int epoch, Duration lease) {
        return jdbc.sql(EXTEND_LEASE)
                        .param("id", id)
                        .param("epoch", epoch)
                        .param("leaseMillis", lease.toMillis())
                        .update()
                == 1;
    }

    /** Lets a worker soon take a request that waits for participants; false if it does not (any more). */
    public boolean wake(UUID id, Duration in) {
        return jdbc.sql(WAKE).param("id", id).param("millis", in.toMillis()).update() == 1;
    }

    /** How often a request that is in progress was claimed, one worker after the other, without anything coming of it. */
    public int claimsWithoutEnd(UUID id) {
        return jdbc.sql(CLAIMS_WITHOUT_END).param("id", id).query(Integer.class).single();
    }

    /** Open requests of which something has been due for ten minutes, and nobody has looked. */
    public List<UUID> missed(int limit) {
        return jdbc.sql(MISSED).param("limit", limit).query(UUID.class).list();
    }

    /** Gives a request the longer deadline. */
    public void extend(UUID id, Instant dueAt, Instant targetAt) {
        jdbc.sql(EXTEND)
                .param("id", id)
                .param("dueAt", time(dueAt))
                .param("targetAt", time(targetAt))
                .update();
    }

    /** What is said once in a request's life, or noted once. */
    public enum Said {
        DUE_SOON,
        OVERDUE,
        UNACKNOWLEDGED,
        ACKNOWLEDGED
    }

    /** False if it was said before. */
    public boolean said(UUID id, Said what) {
        return jdbc.sql(SAID.formatted(what.name().toLowerCase(Locale.ROOT) + "_at"))
                        .param("id", id)
                        .update()
                == 1;
    }

    /** Forgets who ended requests were about; their pseudonyms stay. Returns how many it were. */
    public int forgetEndedBefore(Duration ago, int limit) {
        return jdbc.sql(FORGET)
                .param("millis", ago.toMillis())
                .param("limit", limit)
                .update();
    }

    /** The same for one person, at once. */
    public void forget(byte[] pseudonym) {
        jdbc.sql(FORGET_PERSON).param("pseudonym", pseudonym).update();
    }

    private static JdbcClient.StatementSpec state(JdbcClient.StatementSpec statement, RequestState state) {
        RequestState told = state instanceof OnHold(var before) ? before : state;
        return statement
                .param("state", state.stateName())
                .param("ended", state.hasEnded())
                .param("waitingFor", told instanceof Waiting(var what) ? what.code() : null)
                .param("duplicateOf", told instanceof Following(var first) ? first : null)
                .param("coolingOffUntil", told instanceof CoolingOff(var until) ? time(until) : null);
    }

    private static @Nullable Long millis(@Nullable Duration duration) {
        return duration == null ? null : duration.toMillis();
    }

    private static @Nullable OffsetDateTime time(@Nullable Instant instant) {
        return instant == null ? null : instant.atOffset(UTC);
    }

    static StoredRequest row(ResultSet row, int number) throws SQLException {
        return new StoredRequest(
                row.getObject("id", UUID.class),
                RequestKind.valueOf(row.getString("kind").toUpperCase(Locale.ROOT)),
                row.getString("regulation"),
                row.getString("subject"),
                row.getBytes("subject_pseudonym"),
                row.getBytes("submission_hash"),
                timeOf(row, "submitted_at"),
                timeOf(row, "received_at"),
                timeOf(row, "due_at"),
                timeOf(row, "target_at"),
                timeOrNull(row, "acknowledge_by"),
                timeOrNull(row, "acknowledged_at"),
                timeOrNull(row, "extended_at"),
                timeOrNull(row, "due_soon_at"),
                timeOrNull(row, "overdue_at"),
                timeOrNull(row, "unacknowledged_at"),
                timeOrNull(row, "cooling_off_until"),
                row.getString("locale"),
                row.getString("state"),
                row.getString("waiting_for"),
                row.getString("held_state"),
                row.getObject("duplicate_of", UUID.class),
                row.getInt("epoch"),
                row.getInt("attempts"),
                timeOf(row, "next_attempt_at"),
                row.getString("last_reason"),
                row.getString("outcome"),
                row.getString("exceptions"),
                timeOrNull(row, "ended_at"),
                timeOf(row, "now"));
    }

    private static Instant timeOf(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    private static @Nullable Instant timeOrNull(ResultSet row, String column) throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }
}
