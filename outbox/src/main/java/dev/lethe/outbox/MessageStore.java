package dev.lethe.outbox;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** The statements that put messages into the table, replace and remove them, many at once, in the transaction of the caller. */
class MessageStore {

    /** A time in the past counts as now, so that no row hides below what the lanes look at. Sorted, so that no two deadlock. */
    private static final String INSERT = """
            insert into message (shard, due_at, owner, key, subject, exchange, routing_key, properties, body, expires_at)
            select shard, greatest(coalesce(due_at, now() + delay * interval '1 millisecond'), now()),
                   owner, key, subject, exchange, routing_key, properties, body,
                   coalesce(expires_at, now() + lifetime * interval '1 millisecond')
              from unnest(?::int[], ?::timestamptz[], ?::bigint[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[],
                          ?::bytea[], ?::bytea[], ?::timestamptz[], ?::bigint[])
                   with ordinality as given (shard, due_at, delay, owner, key, subject, exchange, routing_key,
                                             properties, body, expires_at, lifetime, n)
             order by owner, key, n
            """;

    static final String REPLACE = INSERT + """
            on conflict (owner, key) where key is not null do update
               set shard = excluded.shard, due_at = excluded.due_at, subject = excluded.subject,
                   exchange = excluded.exchange, routing_key = excluded.routing_key,
                   properties = excluded.properties, body = excluded.body, expires_at = excluded.expires_at,
                   attempts = 0, last_error = null, maybe_sent = false, created_at = now()
            returning owner, key, xmax <> 0
            """;

    static final String KEEP = INSERT + """
            on conflict (owner, key) where key is not null do nothing
            returning owner, key, false
            """;

    /**
     * Waits for nobody. A row that is locked is being sent, and one that may have been sent before is not known not to be;
     * so is one that went between the statement's snapshot and its look at the row.
     */
    static final String CANCEL = """
            with asked as (
                   select owner, key, n from unnest(?::text[], ?::text[]) with ordinality as given (owner, key, n)),
                 found as materialized (
                   select id from message join asked using (owner, key) for update of message skip locked),
                 deleted as (
                   delete from message where id in (select id from found) returning owner, key, maybe_sent)
            select case when not deleted.maybe_sent then 'CANCELLED'
                        when deleted.maybe_sent or exists (select from message m where m.owner = asked.owner and m.key = asked.key)
                        then 'IN_FLIGHT'
                        else 'GONE' end
              from asked left join deleted using (owner, key)
             order by n
            """;

    private static final String ABOUT = "subject = :subject and (:owner::text is null or owner = :owner)";

    /** Waits for a batch that is being sent; what it gives back is found the next time. */
    static final String FORGET = """
            with pending as (delete from message where %1$s returning 1),
                 failed as (delete from undeliverable where %1$s returning 1)
            select (select count(*) from pending) + (select count(*) from failed)
            """.formatted(ABOUT);

    private static final String IS_KNOWN = "select exists (select from message where %s)".formatted(ABOUT);

    /** Without bodies, which may be large and are nobody's business here. */
    private static final String TELL = """
            with known as (
                   select due_at, id, exchange, routing_key, properties from message where subject = :subject
                   union all
                   select due_at, id, exchange, routing_key, properties from undeliverable where subject = :subject)
            select due_at, exchange, routing_key, properties, count(*) over () as total
              from known
             order by due_at, id
             limit :most
            """;

    private static final String SHARDS = "select coalesce(max(shard), 0) + 1 from message";

    private final JdbcTemplate jdbc;
    private final int shards;
    private final WakeUp wakeUp;
    private final Counter stored;

    MessageStore(JdbcTemplate jdbc, int shards, WakeUp wakeUp, MeterRegistry meters) {
        this.jdbc = jdbc;
        this.shards = shards;
        this.wakeUp = wakeUp;
        this.stored = Counter.builder("lethe.outbox.stored")
                .description("messages stored to be sent, now or later, replacements included")
                .register(meters);
    }

    /** As many as are configured; and more, if messages are left of a time when more were. */
    int shardsInUse() {
        return Math.max(
                shards, JdbcClient.create(jdbc).sql(SHARDS).query(Integer.class).single());
    }

    /** Stores messages, no two of the same owner and key; says of each what came of it. */
    List<Schedule.Put> put(List<ScheduledMessage> messages, boolean keep) {
        Map<Name, Schedule.Put> named = query(keep ? KEEP : REPLACE, put -> bind(put, messages), rows -> {
            var answers = new HashMap<Name, Schedule.Put>();
            while (rows.next()) {
                if (rows.getString(2) != null) {
                    answers.put(
                            new Name(rows.getString(1), rows.getString(2)),
                            rows.getBoolean(3) ? Schedule.Put.REPLACED : Schedule.Put.SCHEDULED);
                }
            }
            return answers;
        });
        afterCommit(() -> {
            stored.increment(messages.size());
            wakeUp.signal();
        });
        return messages.stream()
                .map(message -> {
                    String key = message.key();
                    return key == null
                            ? Schedule.Put.SCHEDULED
                            : named.getOrDefault(new Name(message.owner(), key), Schedule.Put.KEPT);
                })
                .toList();
    }

    List<Schedule.Cancelled> cancel(List<Name> names) {
        return query(
                CANCEL,
                cancel -> {
                    cancel.setArray(1, texts(cancel, names, Name::owner));
                    cancel.setArray(2, texts(cancel, names, Name::key));
                },
                rows -> {
                    var answers = new ArrayList<Schedule.Cancelled>();
                    while (rows.next()) {
                        answers.add(Schedule.Cancelled.valueOf(rows.getString(1)));
                    }
                    return answers;
                });
    }

    /** Deletes all that is pending about a person; of one owner, or of all if that is null. */
    int forget(String subject, @Nullable String owner) {
        int forgotten = 0;
        do {
            forgotten += about(FORGET, subject, owner).query(Integer.class).single();
        } while (about(IS_KNOWN, subject, owner).query(Boolean.class).single());
        return forgotten;
    }

    AboutPerson about(String subject, int most) {
        var total = new AtomicInteger();
        List<AboutPerson.Planned> soonest = JdbcClient.create(jdbc)
                .sql(TELL)
                .param("subject", subject)
                .param("most", most)
                .query((row, n) -> {
                    total.set(row.getInt("total"));
                    return new AboutPerson.Planned(
                            row.getObject("due_at", OffsetDateTime.class).toInstant(),
                            row.getString("exchange"),
                            row.getString("routing_key"),
                            PropertiesCodec.decode(row.getBytes("properties")).getType());
                })
                .list();
        return new AboutPerson(total.get(), soonest);
    }

    private JdbcClient.StatementSpec about(String sql, String subject, @Nullable String owner) {
        return JdbcClient.create(jdbc).sql(sql).param("subject", subject).param("owner", owner, Types.VARCHAR);
    }

    private void bind(PreparedStatement put, List<ScheduledMessage> messages) throws SQLException {
        Connection connection = put.getConnection();
        int n = 0;
        put.setArray(++n, connection.createArrayOf("int4", values(messages, this::shardOf)));
        put.setArray(++n, texts(put, messages, message -> text(message.due().time())));
        put.setArray(++n, connection.createArrayOf("int8", values(messages, message -> message.due()
                .delayMillis())));
        put.setArray(++n, texts(put, messages, ScheduledMessage::owner));
        put.setArray(++n, texts(put, messages, ScheduledMessage::key));
        put.setArray(++n, texts(put, messages, ScheduledMessage::subject));
        put.setArray(++n, texts(put, messages, ScheduledMessage::exchange));
        put.setArray(++n, texts(put, messages, ScheduledMessage::routingKey));
        put.setArray(++n, bytes(connection, messages, message -> PropertiesCodec.encode(message.properties())));
        put.setArray(++n, bytes(connection, messages, ScheduledMessage::body));
        put.setArray(++n, texts(put, messages, message -> text(message.expires().time())));
        put.setArray(++n, connection.createArrayOf("int8", values(messages, message -> message.expires()
                .delayMillis())));
    }

    /** What must keep its order takes one lane: messages of one key, and our own to one destination. The rest is spread. */
    private Integer shardOf(ScheduledMessage message) {
        String key = message.key();
        if (key != null) {
            return Math.floorMod(31 * message.owner().hashCode() + key.hashCode(), shards);
        }
        return message.owner().isEmpty()
                ? Math.floorMod(
                        31 * message.exchange().hashCode()
                                + message.routingKey().hashCode(),
                        shards)
                : ThreadLocalRandom.current().nextInt(shards);
    }

    private interface Binding {
        void bind(PreparedStatement statement) throws SQLException;
    }

    private interface Reading<T> {
        T read(ResultSet rows) throws SQLException;
    }

    private <T> T query(String sql, Binding binding, Reading<T> reading) {
        return jdbc.execute((ConnectionCallback<T>) connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                binding.bind(statement);
                try (ResultSet rows = statement.executeQuery()) {
                    return reading.read(rows);
                }
            }
        });
    }

    private static <S> java.sql.Array texts(
            PreparedStatement statement, List<S> sources, Function<S, @Nullable String> value) throws SQLException {
        return statement
                .getConnection()
                .createArrayOf("text", sources.stream().map(value).toArray(String[]::new));
    }

    private static java.sql.Array bytes(
            Connection connection, List<ScheduledMessage> messages, Function<ScheduledMessage, byte[]> value)
            throws SQLException {
        return connection.createArrayOf("bytea", messages.stream().map(value).toArray(byte[][]::new));
    }

    private static @Nullable Object[] values(
            List<ScheduledMessage> messages, Function<ScheduledMessage, @Nullable Object> value) {
        return messages.stream().map(value).toArray();
    }

    private static @Nullable String text(@Nullable Instant time) {
        return time == null ? null : time.toString();
    }

    private static void afterCommit(Runnable action) {
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                action.run();
            }
        });
    }
}
