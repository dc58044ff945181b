package dev.lethe.outbox;

import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** The statements that put messages into the table, replace and remove them, in the transaction of the caller. */
class MessageStore {

    /** A time in the past counts as now, so that no row hides below what the lanes look at. */
    private static final String INSERT = """
            insert into message (due_at, owner, key, subject, exchange, routing_key, properties, body, expires_at)
            values (greatest(coalesce(:dueAt, now() + :delayMs * interval '1 millisecond'), now()),
                    :owner, :key, :subject, :exchange, :routingKey, :properties, :body, :expiresAt)
            """;

    private static final String REPLACE = INSERT + """
            on conflict (owner, key) where key is not null do update
               set due_at = excluded.due_at, subject = excluded.subject,
                   exchange = excluded.exchange, routing_key = excluded.routing_key,
                   properties = excluded.properties, body = excluded.body, expires_at = excluded.expires_at,
                   attempts = 0, last_error = null
            returning xmax <> 0
            """;

    private static final String KEEP = INSERT + """
            on conflict (owner, key) where key is not null do nothing
            returning false
            """;

    /** Long enough to outlast the moment of a commit, short enough to answer at once when the broker hangs. */
    private static final String WAIT_SHORTLY_FOR_LOCKS = "set local lock_timeout = '50ms'";

    private static final String CANCEL = "delete from message where owner = :owner and key = :key";

    private static final String FORGET = "delete from message where subject = :subject";

    private final JdbcClient jdbc;
    private final WakeUp wakeUp;

    MessageStore(JdbcClient jdbc, WakeUp wakeUp) {
        this.jdbc = jdbc;
        this.wakeUp = wakeUp;
    }

    void store(ScheduledMessage message) {
        bind(INSERT, message).update();
        wakeLanesAfterCommit();
    }

    Schedule.Put put(ScheduledMessage message, boolean keep) {
        List<Boolean> replaced =
                bind(keep ? KEEP : REPLACE, message).query(Boolean.class).list();
        wakeLanesAfterCommit();
        if (replaced.isEmpty()) {
            return Schedule.Put.KEPT;
        }
        return replaced.getFirst() ? Schedule.Put.REPLACED : Schedule.Put.SCHEDULED;
    }

    /** Fails with SQL state 55P03 when the message is locked, because it is being sent. */
    Schedule.Cancelled cancel(String owner, String key) {
        jdbc.sql(WAIT_SHORTLY_FOR_LOCKS).update();
        int deleted = jdbc.sql(CANCEL).param("owner", owner).param("key", key).update();
        return deleted > 0 ? Schedule.Cancelled.CANCELLED : Schedule.Cancelled.GONE;
    }

    int forget(String subject) {
        return jdbc.sql(FORGET).param("subject", subject).update();
    }

    private JdbcClient.StatementSpec bind(String sql, ScheduledMessage message) {
        Instant at = message.due() instanceof ScheduledMessage.Due.At(Instant time) ? time : null;
        Duration delay = message.due() instanceof ScheduledMessage.Due.In(Duration in) ? in : Duration.ZERO;
        return jdbc.sql(sql)
                .param("dueAt", utc(at), Types.TIMESTAMP_WITH_TIMEZONE)
                .param("delayMs", delay.toMillis())
                .param("owner", message.owner())
                .param("key", message.key(), Types.VARCHAR)
                .param("subject", message.subject(), Types.VARCHAR)
                .param("exchange", message.exchange())
                .param("routingKey", message.routingKey())
                .param("properties", PropertiesCodec.encode(message.properties()))
                .param("body", message.body())
                .param("expiresAt", utc(message.expiresAt()), Types.TIMESTAMP_WITH_TIMEZONE);
    }

    private static java.time.@Nullable OffsetDateTime utc(@Nullable Instant time) {
        return time == null ? null : time.atOffset(ZoneOffset.UTC);
    }

    private void wakeLanesAfterCommit() {
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                wakeUp.signal();
            }
        });
    }
}
