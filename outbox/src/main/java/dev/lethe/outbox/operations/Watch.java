package dev.lethe.outbox.operations;

import com.rabbitmq.client.Connection;
import dev.lethe.outbox.BrokerConnections;
import dev.lethe.outbox.Outages;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * Looks at the engine from beside it, on a session of its own, for gauges and health: neither a scrape nor a probe costs the
 * database anything. Gauges say NaN while the database does not answer.
 */
final class Watch {

    private static final Logger log = LoggerFactory.getLogger(Watch.class);

    private static final int STATEMENT_SECONDS = 5;
    /** Finds what was committed long after its time, and what lies in shards that there are no more. */
    private static final Duration LOOK_AT_ALL_EVERY = Duration.ofMinutes(5);

    private static final String CANCELLED_FOR_ITS_TIME = "57014";

    private final SideDatabase database;
    private final BrokerConnections broker;
    private final WatchProperties properties;
    private final int shards;
    private final VacuumWatch vacuum;

    private @Nullable SingleConnectionDataSource session;
    private @Nullable OffsetDateTime floor;
    private int shardsSeen;
    private long lookedAtAll;
    private @Nullable Long unownedSince;
    private volatile @Nullable Seen seen;

    Watch(
            SideDatabase database,
            BrokerConnections broker,
            WatchProperties properties,
            int shards,
            MeterRegistry meters) {
        this.database = database;
        this.broker = broker;
        this.properties = properties;
        this.shards = shards;
        gauge(meters, "pending", "messages stored, due or not; an estimate if they are many", null, Backlog::pending);
        gauge(meters, "overdue", "messages that are due; counted up to 10000 a shard", null, Backlog::overdue);
        gauge(
                meters,
                "overdue.oldest",
                "for how long the oldest due message has been due",
                "seconds",
                Backlog::oldestSeconds);
        gauge(meters, "undeliverable", "messages given up, that wait for a redrive", null, Backlog::undeliverable);
        vacuum = new VacuumWatch(meters, properties.pinnedAfter());
    }

    private void gauge(
            MeterRegistry meters,
            String name,
            String description,
            @Nullable String unit,
            ToDoubleFunction<Backlog> value) {
        Gauge.builder("lethe.outbox." + name, this, watch -> {
                    Seen last = watch.seen;
                    Backlog backlog = last == null ? null : last.backlog();
                    return backlog == null ? Double.NaN : value.applyAsDouble(backlog);
                })
                .description(description)
                .baseUnit(unit)
                .register(meters);
    }

    /** Null before the first look has ended. */
    @Nullable
    Seen last() {
        return seen;
    }

    void look() {
        try {
            JdbcClient jdbc = JdbcClient.create(session());
            Backlog backlog = backlog(jdbc);
            List<LaneState> unwell = LaneState.read(jdbc, shards).stream()
                    .filter(lane -> !lane.isWell())
                    .toList();
            vacuum.saw(VacuumPin.furthest(jdbc).orElse(null));
            double unowned = unownedSeconds(unwell);
            boolean doubtful = !unwell.isEmpty() || backlog.oldestSeconds() > seconds(properties.behindAfter());
            seen = new Seen(System.nanoTime(), backlog, unwell, unowned, null, doubtful ? brokerFailure() : null);
        } catch (SQLException | RuntimeException e) {
            close();
            vacuum.saw(null);
            if (last() == null || last().failure() == null) {
                log.atWarn()
                        .addKeyValue("event.action", "watch-failed")
                        .addKeyValue("error.type", e.getClass().getName())
                        .log(
                                "the state of the engine cannot be told: {}",
                                NestedExceptionUtils.getMostSpecificCause(e).getMessage());
            }
            seen = new Seen(System.nanoTime(), null, List.of(), 0, e.getClass().getName(), null);
        }
    }

    private SingleConnectionDataSource session() throws SQLException {
        SingleConnectionDataSource open = session;
        if (open == null) {
            open = database.open("watch", STATEMENT_SECONDS);
            session = open;
        }
        return open;
    }

    void close() {
        SingleConnectionDataSource open = session;
        session = null;
        if (open != null) {
            open.destroy();
        }
    }

    private Backlog backlog(JdbcClient jdbc) {
        OffsetDateTime from = floor;
        Backlog backlog = null;
        if (from == null || System.nanoTime() - lookedAtAll > LOOK_AT_ALL_EVERY.toNanos()) {
            backlog = all(jdbc);
            lookedAtAll = System.nanoTime();
        }
        if (backlog == null) {
            backlog = Backlog.read(jdbc, Math.max(shards, shardsSeen), from == null ? OffsetDateTime.MIN : from);
        }
        floor = backlog.nextFloor();
        shardsSeen = backlog.shards();
        return backlog;
    }

    private @Nullable Backlog all(JdbcClient jdbc) {
        try {
            return Backlog.readAll(jdbc, shards);
        } catch (DataAccessException e) {
            if (floor != null && Outages.sqlState(e).equals(CANCELLED_FOR_ITS_TIME)) {
                return null;
            }
            throw e;
        }
    }

    private double unownedSeconds(List<LaneState> unwell) {
        if (unwell.stream().allMatch(LaneState::owned)) {
            unownedSince = null;
            return 0;
        }
        Long since = unownedSince;
        if (since == null) {
            since = System.nanoTime();
            unownedSince = since;
        }
        return (System.nanoTime() - since) / 1e9;
    }

    private @Nullable String brokerFailure() {
        try (Connection connection = broker.open("watch")) {
            return connection.isOpen() ? null : "closed";
        } catch (IOException e) {
            return e.getClass().getName();
        }
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1e3;
    }
}
