package dev.lethe.outbox;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the messages of one shard, in the order in which they are due. Among all instances one owns the lane, by a session
 * advisory lock on its own database connection; when its session ends, whatever the reason, the next one takes over.
 *
 * <p>A batch is one transaction: claimed (deleted), published, confirmed, what failed put back, committed. A crash in
 * between is a rollback, so nothing is lost and at most one batch is sent again, with the same message ids.
 */
final class Lane implements Runnable {

    private static final Logger log = LoggerFactory.getLogger(Lane.class);

    /** Rows that a slow transaction stored "in the past" are still seen at once if it took no longer than this. */
    private static final Duration LATE_COMMIT = Duration.ofSeconds(1);

    private static final Duration TELL_AGAIN_AFTER = Duration.ofMinutes(1);

    private final int shard;
    private final LaneDatabase database;
    private final BrokerConnections broker;
    private final OutboxProperties properties;
    private final WakeUp wakeUp;
    private final MeterRegistry meters;
    private final Map<String, Long> toldAt = new HashMap<>();
    private volatile boolean stopping;
    private volatile @Nullable Publisher current;

    Lane(
            int shard,
            LaneDatabase database,
            BrokerConnections broker,
            OutboxProperties properties,
            WakeUp wakeUp,
            MeterRegistry meters) {
        this.shard = shard;
        this.database = database;
        this.broker = broker;
        this.properties = properties;
        this.wakeUp = wakeUp;
        this.meters = meters;
    }

    @Override
    public void run() {
        boolean failing = false;
        while (!stopping) {
            try (Connection connection = database.open()) {
                if (owns(connection)) {
                    try (var publisher = new Publisher(broker.open("outbox"), properties.confirmTimeout())) {
                        current = publisher;
                        log.atInfo()
                                .addKeyValue("event.action", "lane-owned")
                                .addKeyValue("lethe.shard", shard)
                                .log("this instance sends the messages of shard {}", shard);
                        failing = false;
                        sendWhileOwned(connection, publisher);
                    } finally {
                        current = null;
                    }
                }
            } catch (SQLException | IOException e) {
                if (!failing && !stopping) {
                    log.atWarn()
                            .addKeyValue("event.action", "lane-lost")
                            .addKeyValue("error.type", e.getClass().getName())
                            .log("messages wait until database and broker are there again: {}", rootMessage(e));
                }
                failing = true;
                pause(properties.standby());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (RuntimeException e) {
                log.atError()
                        .addKeyValue("event.action", "lane-lost")
                        .addKeyValue("error.type", e.getClass().getName())
                        .setCause(e)
                        .log("unexpected; the lane starts again");
                pause(properties.standby());
            }
        }
    }

    /** Ends after the batch that is under way; a batch that waits for a broker that does not answer is given up. */
    void stop() {
        stopping = true;
        wakeUp.signal();
    }

    void abort() {
        Publisher publisher = current;
        if (publisher != null) {
            publisher.close();
        }
    }

    /** Asks for the lane until it is ours or we are stopped. */
    private boolean owns(Connection connection) throws SQLException, InterruptedException {
        while (!stopping) {
            try (PreparedStatement lock =
                    connection.prepareStatement("select pg_try_advisory_lock(hashtext('lethe.outbox'), ?)")) {
                lock.setInt(1, shard);
                try (ResultSet row = lock.executeQuery()) {
                    row.next();
                    if (row.getBoolean(1)) {
                        connection.commit();
                        return true;
                    }
                }
            }
            connection.commit();
            Thread.sleep(properties.standby());
        }
        return false;
    }

    private void sendWhileOwned(Connection connection, Publisher publisher)
            throws SQLException, InterruptedException, IOException {
        Instant floor = null;
        long lastSweep = System.nanoTime();
        while (!stopping) {
            if (!publisher.isOpen()) {
                throw new IOException("the connection to the broker was lost");
            }
            if (!publisher.isReady()) {
                wakeUp.await(properties.poll());
                continue;
            }
            if (System.nanoTime() - lastSweep > properties.sweep().toNanos()) {
                floor = null;
                lastSweep = System.nanoTime();
            }
            List<StoredMessage> batch =
                    MessageTable.claim(connection, shard, floor, properties.lookAhead(), properties.batch());
            if (batch.isEmpty()) {
                // In the claim's transaction, and so by the same now(): nothing can have become due in between
                Duration untilNext = MessageTable.untilNext(connection, shard);
                connection.commit();
                wakeUp.await(shorter(untilNext));
            } else {
                send(connection, publisher, batch);
                floor = floorAfter(batch);
            }
        }
    }

    private void send(Connection connection, Publisher publisher, List<StoredMessage> batch)
            throws SQLException, InterruptedException, IOException {
        List<StoredMessage> alive =
                batch.stream().filter(message -> !message.expired()).toList();
        if (alive.size() < batch.size()) {
            count("expired", batch.size() - alive.size());
        }
        List<Outcome> outcomes = publisher.publish(alive);
        CrashPoint.reached("outbox.published");
        int sent = 0;
        int unknown = 0;
        for (int i = 0; i < alive.size(); i++) {
            StoredMessage message = alive.get(i);
            switch (outcomes.get(i)) {
                case Outcome.Confirmed ok -> sent++;
                case Outcome.Failed(String reason) -> retryOrGiveUp(connection, message, reason);
                case Outcome.Unknown(String reason) -> {
                    unknown++;
                    MessageTable.giveBack(connection, message, null, message.attempts(), reason);
                }
                case Outcome.Suspect(String reason) -> {
                    unknown++;
                    MessageTable.giveBack(connection, message, null, message.attempts(), reason);
                }
            }
        }
        connection.commit();
        count("sent", sent);
        if (unknown > 0) {
            // A broker that hangs would be sent the same batch again and again; a new connection proves that it answers
            count("unknown", unknown);
            throw new IOException("no word from the broker on %d messages, they are sent again".formatted(unknown));
        }
    }

    private void retryOrGiveUp(Connection connection, StoredMessage message, String reason) throws SQLException {
        int attempts = message.attempts() + 1;
        count(reason, 1);
        if (attempts < properties.maxAttempts()) {
            Duration delay = backOff(attempts);
            if (isNewsOf(message.exchange() + reason)) {
                logFailure(
                        message, reason, "message-refused", "the broker would not take a message, it is tried again");
            }
            MessageTable.giveBack(connection, message, delay, attempts, reason);
        } else {
            logFailure(message, reason, "message-undeliverable", "a message could not be delivered and was put aside");
            MessageTable.giveUp(connection, message, attempts, reason);
        }
    }

    /** One line for each exchange and reason in a while; how many messages it is tells the counter. */
    private boolean isNewsOf(String failure) {
        long now = System.nanoTime();
        Long told = toldAt.get(failure);
        if (told != null && now - told < TELL_AGAIN_AFTER.toNanos()) {
            return false;
        }
        toldAt.put(failure, now);
        return true;
    }

    private static void logFailure(StoredMessage message, String reason, String action, String text) {
        log.atWarn()
                .addKeyValue("event.action", action)
                .addKeyValue("event.reason", reason)
                .addKeyValue("lethe.message.id", message.properties().getMessageId())
                .addKeyValue("lethe.exchange", message.exchange())
                .log("{}: exchange '{}', reason {}", text, message.exchange(), reason);
    }

    private Duration backOff(int attempts) {
        long first = properties.firstRetry().toMillis();
        long cap = properties.lastRetry().toMillis();
        double delay = Math.min(cap, first * Math.pow(2, Math.min(attempts - 1, 40)));
        return Duration.ofMillis((long) (delay * ThreadLocalRandom.current().nextDouble(0.5, 1.5)));
    }

    /** Never ahead of what is due now, or rows that others store inside the look-ahead would not be seen. */
    private static Instant floorAfter(List<StoredMessage> batch) {
        StoredMessage last = batch.getLast();
        long aheadNanos = Math.max(0, last.dueNanos() - System.nanoTime());
        return last.dueAt().minusNanos(aheadNanos).minus(LATE_COMMIT);
    }

    private Duration shorter(@Nullable Duration untilNext) {
        if (untilNext == null) {
            return properties.poll();
        }
        Duration untilClaim = untilNext.minus(properties.lookAhead());
        return untilClaim.compareTo(properties.poll()) < 0 ? untilClaim : properties.poll();
    }

    private void count(String result, int amount) {
        if (amount > 0) {
            Counter.builder("lethe.outbox.messages")
                    .description("messages taken from the outbox, by what became of them")
                    .tag("result", result)
                    .register(meters)
                    .increment(amount);
        }
    }

    private void pause(Duration time) {
        try {
            if (!stopping) {
                Thread.sleep(time);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stopping = true;
        }
    }

    private static String rootMessage(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage());
    }
}
