package dev.lethe.requests.request.jdbc;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.data.jdbc.repository.query.Modifying;
import org.springframework.data.jdbc.repository.query.Query;
import org.springframework.data.repository.Repository;

/** All requests. What moves one returns whether it did: false means that somebody else was there first. */
public interface Requests extends Repository<StoredRequest, UUID> {

    /** False if the id is taken. */
    @Modifying
    @Query("""
            insert into request (id, kind, regulation, subject, submission_hash, submitted_at, due_at, locale, state)
            values (:id, :kind, :regulation, :subject, :submissionHash, :submittedAt, :dueAt, :locale, :state)
            on conflict (id) do nothing
            """)
    boolean insert(
            UUID id,
            String kind,
            String regulation,
            String subject,
            byte[] submissionHash,
            Instant submittedAt,
            Instant dueAt,
            @Nullable String locale,
            String state);

    @Query("""
            select id, kind, regulation, subject, submission_hash, due_at, state, epoch, attempts, outcome, ended_at
              from request
             where id = :id
               for update
            """)
    Optional<StoredRequest> findForUpdate(UUID id);

    /** Access requests that a worker may take now, the longest waiting first. */
    @Query("""
            select id
              from (select id, next_attempt_at as since
                      from request
                     where state = 'received' and next_attempt_at <= now()
                    union all
                    select id, lease_until
                      from request
                     where state = 'being_built' and lease_until < now()) as claimable
             order by since
             limit :limit
            """)
    List<UUID> claimable(int limit);

    /** One of them, if nobody has taken it since; others that want it pass it by. */
    @Query("""
            select id, kind, regulation, subject, submission_hash, due_at, state, epoch, attempts, outcome, ended_at
              from request
             where id = :id
               and (state = 'received' and next_attempt_at <= now() or state = 'being_built' and lease_until < now())
               for update skip locked
            """)
    Optional<StoredRequest> lockClaimable(UUID id);

    /** Gives the row to a worker for a while and counts its epoch up. */
    @Modifying
    @Query("""
            update request
               set state = 'being_built', epoch = :epoch + 1, worker = :worker, attempts = attempts + 1,
                   lease_until = now() + :leaseMillis * interval '1 millisecond'
             where id = :id and epoch = :epoch
            """)
    boolean begin(UUID id, int epoch, String worker, long leaseMillis);

    /** False when the row is not the worker's any more: whatever it still does is for nothing. */
    @Modifying
    @Query("""
            update request
               set lease_until = now() + :leaseMillis * interval '1 millisecond'
             where id = :id and epoch = :epoch and state = 'being_built'
            """)
    boolean extendLease(UUID id, int epoch, long leaseMillis);

    /** Back among the waiting, to be tried again after the delay. */
    @Modifying
    @Query("""
            update request
               set state = 'received', worker = null, lease_until = null, last_reason = :reason,
                   next_attempt_at = now() + :delayMillis * interval '1 millisecond'
             where id = :id and epoch = :epoch and state = 'being_built'
            """)
    boolean giveBack(UUID id, int epoch, String reason, long delayMillis);

    /** Ends a request; who it was about is forgotten with it. */
    @Modifying
    @Query("""
            update request
               set state = :state, outcome = :outcome, exceptions = :exceptions, subject = null, worker = null,
                   lease_until = null, ended_at = now()
             where id = :id and epoch = :epoch and ended_at is null
            """)
    boolean end(UUID id, int epoch, String state, @Nullable String outcome, @Nullable String exceptions);

    @Modifying
    @Query("update request set state = 'expired' where id = :id and state = 'ready'")
    boolean expire(UUID id);

    @Modifying
    @Query("""
            insert into request_history (request_id, state, cause, epoch, worker)
            values (:id, :state, :cause, :epoch, :worker)
            """)
    void record(UUID id, String state, String cause, int epoch, @Nullable String worker);
}
