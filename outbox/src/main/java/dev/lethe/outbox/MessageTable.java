package dev.lethe.outbox;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The statements with which a lane takes messages out and gives failed ones back, all on the lane's own connection and
 * inside one transaction: what a crash leaves behind is a rollback. The reasons stand in {@code docs/decisions/0002-engine.md}.
 */
final class MessageTable {

    /**
     * Lock, delete and return in one statement. {@code now()} and not {@code clock_timestamp()}, which would be no index
     * condition; {@code array(...)} and not {@code in (...)}, which may run the locking query more than once. No more than
     * 8 MiB and one message at once, since all of it is held in memory; what is over is locked until the batch is done.
     */
    static final String CLAIM = """
            delete from message
             where ctid = any(array(
                   select ctid
                     from (select ctid, sum(bytes) over (order by due_at, id) - bytes as bytes_before
                             from (select ctid, due_at, id, octet_length(properties) + octet_length(body) as bytes
                                     from message
                                    where shard = ?
                                      and due_at >= ?
                                      and due_at <= now() + ? * interval '1 millisecond'
                                    order by due_at, id
                                    limit ?
                                      for update skip locked) due) counted
                    where bytes_before < 8388608))
            returning id, shard, due_at, owner, key, subject, exchange, routing_key, properties, body, expires_at, attempts,
                      maybe_sent, created_at,
                      coalesce(expires_at <= greatest(clock_timestamp(), due_at), false) as expired,
                      extract(epoch from due_at - clock_timestamp())::float8 as seconds_left
            """;

    /** Without a delay the sum is null, and {@code greatest} passes over nulls. */
    private static final String PUT_BACK = """
            insert into %s (id, shard, due_at, owner, key, subject, exchange, routing_key, properties, body, expires_at,
                            created_at, attempts, last_error, maybe_sent)
            values (?, ?, greatest(?, clock_timestamp() + ? * interval '1 millisecond'), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """;

    private static final String RECORD_ATTEMPT =
            "insert into failed_attempt (message_id, attempt, reason, exchange) values (?, ?, ?, ?)";

    private static final String RECORD_EVENT =
            "insert into lane_event (shard, instance, event, detail) values (?, ?, ?, ?)";

    static final String NEXT = """
            select now() as looked_at,
                   (select extract(epoch from due_at - clock_timestamp())::float8 * 1000
                      from message
                     where shard = ? and due_at > now()
                     order by due_at
                     limit 1) as millis
            """;

    private MessageTable() {}

    static List<StoredMessage> claim(
            Connection connection, int shard, @Nullable Instant floor, Duration lookAhead, int limit)
            throws SQLException {
        try (PreparedStatement claim = connection.prepareStatement(CLAIM)) {
            claim.setInt(1, shard);
            claim.setObject(2, floor == null ? OffsetDateTime.MIN : floor.atOffset(ZoneOffset.UTC));
            claim.setLong(3, lookAhead.toMillis());
            claim.setInt(4, limit);
            var claimed = new ArrayList<StoredMessage>();
            try (ResultSet rows = claim.executeQuery()) {
                // Taken after the answer came: the database's clock was read before, so nothing goes out early
                long answered = System.nanoTime();
                while (rows.next()) {
                    claimed.add(message(rows, answered));
                }
            }
            // RETURNING comes in the order of the heap
            claimed.sort(Comparator.comparing(StoredMessage::dueAt).thenComparing(StoredMessage::id));
            return claimed;
        }
    }

    private static StoredMessage message(ResultSet row, long answered) throws SQLException {
        long nanosLeft = (long) (row.getDouble("seconds_left") * 1e9);
        Timestamp expires = row.getTimestamp("expires_at");
        return new StoredMessage(
                row.getLong("id"),
                row.getInt("shard"),
                row.getTimestamp("due_at").toInstant(),
                answered + nanosLeft,
                row.getString("owner"),
                row.getString("key"),
                row.getString("subject"),
                row.getString("exchange"),
                row.getString("routing_key"),
                new StoredProperties(row.getBytes("properties")),
                row.getBytes("body"),
                expires == null ? null : expires.toInstant(),
                row.getBoolean("expired"),
                row.getInt("attempts"),
                row.getBoolean("maybe_sent"),
                row.getTimestamp("created_at").toInstant());
    }

    /** Puts messages back under their own ids, due again after their delay. */
    static void putBack(Connection connection, List<Unsent> unsent) throws SQLException {
        insert(connection, "message", unsent);
    }

    /** Moves messages out of the way for good, until somebody redrives them. */
    static void putAside(Connection connection, List<Unsent> unsent) throws SQLException {
        insert(connection, "undeliverable", unsent);
    }

    private static void insert(Connection connection, String table, List<Unsent> unsent) throws SQLException {
        if (unsent.isEmpty()) {
            return;
        }
        try (PreparedStatement insert = connection.prepareStatement(PUT_BACK.formatted(table))) {
            for (Unsent each : unsent) {
                bind(insert, each);
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    private static void bind(PreparedStatement insert, Unsent unsent) throws SQLException {
        StoredMessage message = unsent.message();
        Duration delay = unsent.delay();
        Instant expiresAt = message.expiresAt();
        int n = 0;
        insert.setLong(++n, message.id());
        insert.setInt(++n, message.shard());
        insert.setObject(++n, message.dueAt().atOffset(ZoneOffset.UTC));
        insert.setObject(++n, delay == null ? null : delay.toMillis(), Types.BIGINT);
        insert.setString(++n, message.owner());
        insert.setString(++n, message.key());
        insert.setString(++n, message.subject());
        insert.setString(++n, message.exchange());
        insert.setString(++n, message.routingKey());
        insert.setBytes(++n, message.properties().contentHeader());
        insert.setBytes(++n, message.body());
        insert.setObject(++n, expiresAt == null ? null : expiresAt.atOffset(ZoneOffset.UTC));
        insert.setObject(++n, message.createdAt().atOffset(ZoneOffset.UTC));
        insert.setInt(++n, unsent.attempts());
        insert.setString(++n, unsent.reason());
        insert.setBoolean(++n, unsent.maybeSent());
    }

    /** Keeps why messages did not go out, for whoever asks why one was late. */
    static void recordAttempts(Connection connection, List<Unsent> unsent) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(RECORD_ATTEMPT)) {
            for (Unsent each : unsent) {
                insert.setLong(1, each.message().id());
                insert.setInt(2, each.attempts());
                insert.setString(3, each.reason());
                insert.setString(4, each.message().exchange());
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    /** Keeps what befell a lane, in a transaction of its own. */
    static void recordEvent(Connection connection, int shard, String instance, String event, @Nullable String detail)
            throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(RECORD_EVENT)) {
            insert.setInt(1, shard);
            insert.setString(2, instance);
            insert.setString(3, event);
            insert.setString(4, detail);
            insert.executeUpdate();
            connection.commit();
        }
    }

    /**
     * What comes when nothing is due.
     *
     * @param lookedAt the time of the transaction, by the database's clock
     * @param untilNext until the next message is due; null when there is none
     */
    record Next(Instant lookedAt, @Nullable Duration untilNext) {}

    static Next next(Connection connection, int shard) throws SQLException {
        try (PreparedStatement next = connection.prepareStatement(NEXT)) {
            next.setInt(1, shard);
            try (ResultSet row = next.executeQuery()) {
                row.next();
                double millis = row.getDouble("millis");
                boolean none = row.wasNull();
                return new Next(
                        row.getTimestamp("looked_at").toInstant(),
                        none ? null : Duration.ofNanos((long) (millis * 1e6)));
            }
        }
    }
}
