package dev.lethe.scheduler.faults;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import java.io.IOException;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Map;

/** Messages that a lane has claimed and that are not due yet. */
final class InHand implements AutoCloseable {

    static final int MESSAGES = 20;

    private static final String QUEUE = "users.in-hand";

    private final Site site;
    private final Connection broker;
    private final Channel channel;
    private final java.sql.Connection database;

    InHand(Site site) throws Exception {
        this.site = site;
        broker = site.broker();
        channel = broker.createChannel();
        channel.queueDeclare(QUEUE, true, false, false, Map.of("x-queue-type", "quorum"));
        channel.queuePurge(QUEUE);
        database = site.database();
    }

    /** Between claim and due time is the look-ahead, a tenth of a second; whoever misses it tries again. */
    Instance stopOwnerWithMessagesInHand() throws Exception {
        for (int attempt = 0; attempt < 20; attempt++) {
            execute("""
                    insert into message (due_at, exchange, routing_key, properties, body)
                    select now() + interval '400 milliseconds', '', '%s', '\\x003c000000000000000000000000', ''
                      from generate_series(1, %d)
                    """.formatted(QUEUE, MESSAGES));
            Eventually.until(() -> free() == 0);
            Instance owner = site.owner();
            owner.pause();
            if (here() == MESSAGES && areInTheFuture()) {
                return owner;
            }
            owner.resume();
            Eventually.until(() -> here() == 0);
            channel.queuePurge(QUEUE);
        }
        throw new IllegalStateException("no lane was stopped in time, in 20 attempts");
    }

    private boolean areInTheFuture() throws SQLException {
        return number("select count(*) from message where due_at > clock_timestamp() and routing_key = '" + QUEUE + "'")
                == MESSAGES;
    }

    private int here() throws SQLException {
        return number("select count(*) from message where routing_key = '" + QUEUE + "'");
    }

    private int free() throws SQLException {
        return number("select count(*) from (select from message where routing_key = '" + QUEUE
                + "' for update skip locked) free");
    }

    private int number(String sql) throws SQLException {
        try (Statement statement = database.createStatement();
                var row = statement.executeQuery(sql)) {
            row.next();
            return row.getInt(1);
        }
    }

    private int execute(String sql) throws SQLException {
        try (Statement statement = database.createStatement()) {
            return statement.executeUpdate(sql);
        }
    }

    /** As a cancellation that waits for the lock; returns how long that took. */
    Duration takeBack() throws SQLException {
        long begin = System.nanoTime();
        int taken = execute("delete from message where routing_key = '" + QUEUE + "'");
        if (taken != MESSAGES) {
            throw new IllegalStateException("%d of %d could be taken back".formatted(taken, MESSAGES));
        }
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    OffsetDateTime now() throws SQLException {
        try (Statement statement = database.createStatement();
                var row = statement.executeQuery("select clock_timestamp()")) {
            row.next();
            return row.getObject(1, OffsetDateTime.class);
        }
    }

    long arrived() throws IOException {
        return channel.messageCount(QUEUE);
    }

    @Override
    public void close() throws SQLException {
        database.close();
        broker.abort(1_000);
    }
}
