package dev.lethe.outbox.operations;

import dev.lethe.outbox.Outages;
import dev.lethe.outbox.PropertiesCodec;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * What an operator may see of the messages, and do with them. Every call is a transaction of its own, and one that takes the
 * database more than five seconds fails with a {@link org.springframework.dao.QueryTimeoutException}.
 */
public class Operations {

    /** What came of {@link #sendNow}. */
    public enum SentNow {
        /** It is due now. */
        DUE_NOW,
        /** It was due already, and waits for its turn. */
        ALREADY_DUE,
        /** It is being sent, or its lane is about to. */
        IN_FLIGHT,
        /** It was given up, and must be redriven instead. */
        UNDELIVERABLE,
        /** There is no such message, or not any more. */
        GONE
    }

    /** What came of {@link #redrive(long)}. */
    public enum Redriven {
        /** It is due now, with all of its attempts before it. */
        REDRIVEN,
        /** It is not undeliverable: it waits to be sent, perhaps because somebody has redriven it. */
        PENDING,
        /** A newer message of the same owner has its key, and would be replaced by the older. Nothing was done. */
        KEY_TAKEN,
        /** There is no such message, or not any more. */
        GONE
    }

    /**
     * What came of redriving many.
     *
     * @param skipped those whose key a newer message has; they stay
     */
    public record RedrivenAll(int redriven, int skipped) {}

    private static final int REDRIVE_BATCH = 1_000;
    private static final String LOCK_NOT_AVAILABLE = "55P03";

    private static final String LIMITS =
            "select set_config('statement_timeout', '5s', true), set_config('lock_timeout', '50ms', true)";

    private static final String COLUMNS = """
            id, shard, due_at, owner, key, subject is not null as has_subject, exchange, routing_key, properties,
            octet_length(body) as bytes, expires_at, created_at, attempts, last_error\
            """;

    /** Shard by shard, each in the order of its index, so that a page of millions is read and not all of them. */
    private static final String LIST_PENDING = """
            select found.*
              from generate_series(0, greatest(:shards - 1, (select max(shard) from message))) as lane (shard)
             cross join lateral (
                   select %s, null::timestamptz as failed_at
                     from message
                    where message.shard = lane.shard and %s
                    order by due_at, id
                    limit :limit) found
             order by due_at, id
             limit :limit
            """;

    private static final String LIST_UNDELIVERABLE =
            "select %s, failed_at from undeliverable where %s order by due_at, id limit :limit";

    /** Whoever is about to delete or change a row has left his transaction's id in it. Told without a lock, which lanes would pass over. */
    private static final String IS_BEING_DECIDED = """
            select exists (
                   select from message
                    where id = :id
                      and xmax::text::bigint in (select running::text::bigint % 4294967296
                                                   from pg_snapshot_xip(pg_current_snapshot()) as running))
            """;

    private static final String DUE_NOW =
            "update message set due_at = now() where id = :id and due_at > now() returning id";

    private static final String WHERE = """
            select case when exists (select from message where id = :id) then 'PENDING'
                        when exists (select from undeliverable where id = :id) then 'UNDELIVERABLE'
                        else 'GONE' end
            """;

    /** The same id, so that whoever has it already recognises it. A message whose key is taken stays where it is. */
    private static final String REDRIVE = """
            with chosen as (
                select *
                  from undeliverable
                 where %s
                 order by id
                 limit :limit
                   for update),
            back as (
                insert into message (id, shard, due_at, owner, key, subject, exchange, routing_key, properties, body,
                                     expires_at, created_at, attempts, maybe_sent)
                select id, mod(shard, :shards), now(), owner, key, subject, exchange, routing_key, properties, body,
                       expires_at, created_at, 0, maybe_sent
                  from chosen
                 order by id desc
                on conflict do nothing
                returning id),
            gone as (
                delete from undeliverable using back where undeliverable.id = back.id)
            select (select count(*) from chosen) as chosen,
                   (select count(*) from back) as redriven,
                   (select max(id) from chosen) as last
            """;

    private record Redrive(int chosen, int redriven, long last) {}

    private final JdbcClient jdbc;
    private final TransactionTemplate transaction;
    private final int shards;

    Operations(JdbcClient jdbc, PlatformTransactionManager transactions, int shards) {
        this.jdbc = jdbc;
        this.transaction = new TransactionTemplate(transactions);
        this.shards = shards;
    }

    /** What waits to be sent, or was given up, by due time; at most {@code limit}, beginning after a position. */
    public List<MessageSummary> list(
            boolean undeliverable, MessageFilter filter, MessageSummary.@Nullable Position after, int limit) {
        String conditions = where(filter) + (after == null ? "" : " and (due_at, id) > (:afterDue, :afterId)");
        String sql = (undeliverable ? LIST_UNDELIVERABLE : LIST_PENDING).formatted(COLUMNS, conditions);
        return limited(() -> {
            JdbcClient.StatementSpec statement = bind(jdbc.sql(sql), filter).param("limit", limit);
            if (!undeliverable) {
                statement = statement.param("shards", shards);
            }
            if (after != null) {
                statement = statement
                        .param("afterDue", after.dueAt().atOffset(ZoneOffset.UTC))
                        .param("afterId", after.id());
            }
            return statement
                    .query(mapper(undeliverable ? MessageState.UNDELIVERABLE : MessageState.PENDING))
                    .list();
        });
    }

    /** All that is known of a message; empty if there is none of this id and nothing is remembered of it. */
    public Optional<MessageHistory> history(long id) {
        return limited(() -> {
            MessageSummary message = find("message", "null::timestamptz as failed_at", id, stateOf(id));
            if (message == null) {
                message = find("undeliverable", "failed_at", id, MessageState.UNDELIVERABLE);
            }
            return new Histories(jdbc).of(id, message);
        });
    }

    private MessageState stateOf(long id) {
        return jdbc.sql(IS_BEING_DECIDED).param("id", id).query(Boolean.class).single()
                ? MessageState.IN_FLIGHT
                : MessageState.PENDING;
    }

    private @Nullable MessageSummary find(String table, String failedAt, long id, MessageState state) {
        return jdbc.sql("select %s, %s from %s where id = :id".formatted(COLUMNS, failedAt, table))
                .param("id", id)
                .query(mapper(state))
                .optional()
                .orElse(null);
    }

    /** Makes a message due now, by the database's clock. Doing so again changes nothing. */
    public SentNow sendNow(long id) {
        try {
            return limited(() -> {
                if (!jdbc.sql(DUE_NOW).param("id", id).query().listOfRows().isEmpty()) {
                    return SentNow.DUE_NOW;
                }
                return switch (placeOf(id)) {
                    case PENDING -> SentNow.ALREADY_DUE;
                    case UNDELIVERABLE -> SentNow.UNDELIVERABLE;
                    case IN_FLIGHT, GONE -> SentNow.GONE;
                };
            });
        } catch (DataAccessException e) {
            if (Outages.sqlState(e).equals(LOCK_NOT_AVAILABLE)) {
                return SentNow.IN_FLIGHT;
            }
            throw e;
        }
    }

    /** Has a message that was given up sent now, with all of its attempts before it. Doing so again changes nothing. */
    public Redriven redrive(long id) {
        return limited(() -> {
            Redrive one = redrive("id = :id", jdbc -> jdbc.param("id", id), 1);
            if (one.redriven() == 1) {
                return Redriven.REDRIVEN;
            }
            if (one.chosen() == 1) {
                return Redriven.KEY_TAKEN;
            }
            return placeOf(id) == MessageState.PENDING ? Redriven.PENDING : Redriven.GONE;
        });
    }

    /**
     * The same for all that were given up until now and that the filter means, a thousand in a transaction. What fails in the
     * middle leaves those before it redriven; calling again does the rest.
     */
    public RedrivenAll redrive(MessageFilter filter) {
        OffsetDateTime until = limited(
                () -> jdbc.sql("select now()").query(OffsetDateTime.class).single());
        String conditions = where(filter) + " and failed_at <= :until and id > :after";
        int redriven = 0;
        int skipped = 0;
        long after = Long.MIN_VALUE;
        while (true) {
            long from = after;
            Redrive batch = limited(() -> redrive(
                    conditions, jdbc -> bind(jdbc, filter).param("until", until).param("after", from), REDRIVE_BATCH));
            redriven += batch.redriven();
            skipped += batch.chosen() - batch.redriven();
            if (batch.chosen() < REDRIVE_BATCH) {
                return new RedrivenAll(redriven, skipped);
            }
            after = batch.last();
        }
    }

    private Redrive redrive(String conditions, UnaryOperator<JdbcClient.StatementSpec> parameters, int limit) {
        return parameters
                .apply(jdbc.sql(REDRIVE.formatted(conditions)))
                .param("limit", limit)
                .param("shards", shards)
                .query((row, n) -> new Redrive(row.getInt("chosen"), row.getInt("redriven"), row.getLong("last")))
                .single();
    }

    private MessageState placeOf(long id) {
        return MessageState.valueOf(
                jdbc.sql(WHERE).param("id", id).query(String.class).single());
    }

    private <T> T limited(Supplier<T> work) {
        return Objects.requireNonNull(transaction.execute(status -> {
            jdbc.sql(LIMITS).query().listOfRows();
            return work.get();
        }));
    }

    private static String where(MessageFilter filter) {
        return filter.isEmpty()
                ? "true"
                : filter.conditions().values().stream()
                        .map(MessageFilter.Condition::sql)
                        .collect(Collectors.joining(" and "));
    }

    private static JdbcClient.StatementSpec bind(JdbcClient.StatementSpec statement, MessageFilter filter) {
        JdbcClient.StatementSpec bound = statement;
        for (var condition : filter.conditions().entrySet()) {
            bound = bound.param(condition.getKey(), condition.getValue().value());
        }
        return bound;
    }

    private static RowMapper<MessageSummary> mapper(MessageState state) {
        return (row, n) -> new MessageSummary(
                row.getLong("id"),
                state,
                PropertiesCodec.decode(row.getBytes("properties")).getMessageId(),
                row.getString("owner"),
                row.getString("key"),
                row.getBoolean("has_subject"),
                row.getString("exchange"),
                row.getString("routing_key"),
                row.getInt("shard"),
                instant(row.getObject("due_at", OffsetDateTime.class)),
                instant(row.getObject("created_at", OffsetDateTime.class)),
                instantOrNull(row.getObject("expires_at", OffsetDateTime.class)),
                row.getInt("attempts"),
                row.getString("last_error"),
                row.getInt("bytes"),
                instantOrNull(row.getObject("failed_at", OffsetDateTime.class)));
    }

    private static Instant instant(OffsetDateTime time) {
        return time.toInstant();
    }

    private static @Nullable Instant instantOrNull(@Nullable OffsetDateTime time) {
        return time == null ? null : time.toInstant();
    }
}
