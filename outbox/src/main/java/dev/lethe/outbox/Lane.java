package dev.lethe.outbox;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
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

    /** So far back a lane looks with every sweep, for rows of transactions that took longer than {@link #LATE_COMMIT}. */
    private static final Duration LOOK_BACK = Duration.ofSeconds(30);

    /** A look at all of the table passes over what is dead and cannot be vacuumed, so it may take long; then it is done seldom. */
    private static final int ALL_AT_MOST_ONE_IN = 5_000;

    private final int shard;
    private final String instance;
    private final LaneDatabase database;
    private final BrokerConnections broker;
    private final OutboxProperties properties;
    private final Share share;
    private final WakeUp wakeUp;
    private final LaneMeters meters;
    private final FailureLog failureLog = new FailureLog();
    private volatile boolean stopping;
    private volatile @Nullable Publisher current;

    Lane(
            int shard,
            String instance,
            LaneDatabase database,
            BrokerConnections broker,
            OutboxProperties properties,
            Share share,
            WakeUp wakeUp,
            LaneMeters meters) {
        this.shard = shard;
        this.instance = instance;
        this.database = database;
        this.broker = broker;
        this.properties = properties;
        this.share = share;
        this.wakeUp = wakeUp;
        this.meters = meters;
    }

    @Override
    public void run() {
        boolean failing = false;
        while (!stopping) {
            try (LaneSession session = database.open(shard)) {
                while (standBy(session)) {
                    failing = false;
                    own(session);
                }
            } catch (SQLException | IOException e) {
                if (!failing && !stopping) {
                    log.atWarn()
                            .addKeyValue("event.action", "lane-lost")
                            .addKeyValue("error.type", e.getClass().getName())
                            .log("messages wait until database and broker are there again: {}", rootMessage(e));
                }
                failing = true;
                pause();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (RuntimeException e) {
                log.atError()
                        .addKeyValue("event.action", "lane-lost")
                        .addKeyValue("error.type", e.getClass().getName())
                        .setCause(e)
                        .log("unexpected; the lane starts again");
                pause();
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

    /** Asks for the lane until it is ours, and returns true, or we are stopped. */
    private boolean standBy(LaneSession session) throws SQLException, InterruptedException {
        while (!stopping) {
            if (share.mayTake(session.instances())) {
                boolean taken = false;
                try {
                    taken = session.take();
                } finally {
                    if (!taken) {
                        share.left();
                    }
                }
                if (taken) {
                    return true;
                }
            }
            Thread.sleep(properties.standby());
        }
        return false;
    }

    /** Sends until the lane is lost, which throws, or is left. */
    private void own(LaneSession session) throws SQLException, IOException, InterruptedException {
        boolean counts = true;
        try (var publisher = new Publisher(broker.open("outbox"), properties.confirmTimeout())) {
            current = publisher;
            log.atInfo()
                    .addKeyValue("event.action", "lane-owned")
                    .addKeyValue("lethe.shard", shard)
                    .log("this instance sends the messages of shard {}", shard);
            record(session, "owned", null);
            sendWhileOwned(session, publisher);
            counts = stopping;
            session.leave();
            record(session, "lost", "left to another instance");
        } finally {
            current = null;
            if (counts) {
                share.left();
            }
        }
    }

    /** Returns when we are stopped, or when the lane falls to another instance and was taken off our share. */
    private void sendWhileOwned(LaneSession session, Publisher publisher)
            throws SQLException, InterruptedException, IOException {
        var sweep = new Interval(properties.sweep());
        var all = new Interval(properties.sweep());
        var census = new Interval(properties.standby());
        Instant floor = null;
        boolean blocked = false;
        while (!stopping && !(census.isOver() && share.mustLeave(session.instances()))) {
            if (!publisher.isOpen()) {
                record(session, "broker_lost", null);
                throw new IOException("the connection to the broker was lost");
            }
            if (blocked == publisher.isReady()) {
                blocked = !blocked;
                record(session, blocked ? "broker_blocked" : "broker_unblocked", null);
            }
            long signals = wakeUp.signals();
            if (blocked) {
                wakeUp.await(signals, properties.poll());
                continue;
            }
            Instant from = floor;
            if (sweep.isOver() && from != null) {
                from = all.isOver() ? null : from.minus(LOOK_BACK);
            }
            long begun = System.nanoTime();
            List<StoredMessage> batch =
                    MessageTable.claim(session.connection(), shard, from, properties.lookAhead(), properties.batch());
            session.spoken();
            if (from == null) {
                all.setLength(Duration.ofNanos((System.nanoTime() - begun) * ALL_AT_MOST_ONE_IN));
            }
            if (batch.isEmpty()) {
                // In the claim's transaction, and so by the same now(): nothing can have become due in between
                MessageTable.Next next = MessageTable.next(session.connection(), shard);
                session.connection().commit();
                if (floor == null) {
                    // Or a lane that has nothing to send would look at all of the table again and again
                    floor = next.lookedAt().minus(LATE_COMMIT);
                }
                wakeUp.await(signals, shorter(next.untilNext()));
            } else {
                send(session, publisher, batch);
                floor = floorAfter(batch);
            }
        }
    }

    private void send(LaneSession session, Publisher publisher, List<StoredMessage> batch)
            throws SQLException, InterruptedException, IOException {
        List<StoredMessage> alive =
                batch.stream().filter(message -> !message.expired()).toList();
        List<Outcome> outcomes = publisher.publish(alive, session);
        CrashPoint.reached("outbox.published");
        List<Unsent> refused = new ArrayList<>();
        List<Unsent> hopeless = new ArrayList<>();
        List<Unsent> unknown = new ArrayList<>();
        for (int i = 0; i < alive.size(); i++) {
            StoredMessage message = alive.get(i);
            switch (outcomes.get(i)) {
                case Outcome.Confirmed sent -> {} // counted once it is committed
                case Outcome.Failed(String reason) -> {
                    Unsent unsent = Unsent.refused(message, backOff(message.attempts() + 1), reason);
                    (unsent.attempts() < properties.maxAttempts() ? refused : hopeless).add(unsent);
                }
                case Outcome.Unknown(String reason) -> unknown.add(Unsent.unknown(message, reason));
                case Outcome.Suspect(String reason) -> unknown.add(Unsent.unknown(message, reason));
            }
        }
        Connection connection = session.connection();
        MessageTable.putBack(connection, refused);
        MessageTable.putBack(connection, unknown);
        MessageTable.putAside(connection, hopeless);
        for (List<Unsent> unsent : List.of(refused, unknown, hopeless)) {
            MessageTable.recordAttempts(connection, unsent);
        }
        connection.commit();
        meters.expired(batch.size() - alive.size());
        meters.settled(alive, outcomes);
        failureLog.refused(refused);
        failureLog.putAside(hopeless);
        if (!unknown.isEmpty()) {
            // A broker that hangs would be sent the same batch again and again; a new connection proves that it answers
            record(session, "broker_lost", unknown.getFirst().reason());
            throw new IOException(
                    "no word from the broker on %d messages, they are sent again".formatted(unknown.size()));
        }
    }

    private void record(LaneSession session, String event, @Nullable String detail) throws SQLException {
        MessageTable.recordEvent(session.connection(), shard, instance, event, detail);
        session.spoken();
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

    private void pause() {
        try {
            if (!stopping) {
                Thread.sleep(properties.standby());
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
