package dev.lethe.outbox.operations;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

/**
 * Whether messages leave. {@code BEHIND}: they do, but later than they should; somebody should look, nobody should restart
 * anything, and the answer is HTTP 200. {@code DOWN}: they do not, since the database, the broker or an owner of the lane is
 * missing. It says what the last look found and never waits for a server; it is no part of liveness or readiness.
 */
final class OutboxHealth implements HealthIndicator {

    static final Status BEHIND = new Status("BEHIND");

    /** As long as a failover takes, and twice that. */
    private static final double NO_OWNER_SECONDS = 10;

    /** As long as a look can take when both servers stand still, and a bit. */
    private static final Duration LONGEST_LOOK = Duration.ofSeconds(45);

    private final Watch watch;
    private final WatchProperties properties;

    OutboxHealth(Watch watch, WatchProperties properties) {
        this.watch = watch;
        this.properties = properties;
    }

    @Override
    public Health health() {
        Seen seen = watch.last();
        return seen == null
                ? Health.unknown().withDetail("reason", "not_looked_yet").build()
                : of(seen, Duration.ofNanos(System.nanoTime() - seen.atNanos()), properties);
    }

    static Health of(Seen seen, Duration age, WatchProperties properties) {
        Backlog backlog = seen.backlog();
        if (age.compareTo(properties.every().plus(LONGEST_LOOK)) > 0) {
            return down(backlog, "watch_hangs").build();
        }
        if (backlog == null) {
            return down(null, "database_unreachable")
                    .withDetail("error", String.valueOf(seen.failure()))
                    .build();
        }
        if (seen.brokerFailure() != null) {
            return down(backlog, "broker_unreachable")
                    .withDetail("error", seen.brokerFailure())
                    .build();
        }
        if (seen.unownedSeconds() > NO_OWNER_SECONDS) {
            return down(backlog, "lane_without_owner")
                    .withDetail(
                            "shards",
                            seen.unwell().stream()
                                    .filter(lane -> !lane.owned())
                                    .map(LaneState::shard)
                                    .toList())
                    .build();
        }
        boolean late =
                backlog.oldestSeconds() * 1_000 > properties.behindAfter().toMillis();
        Health.Builder health = late ? Health.status(BEHIND) : Health.up();
        describe(health, backlog);
        seen.unwell().forEach(lane -> {
            if (lane.event() != null) {
                health.withDetail("lane_" + lane.shard(), lane.event());
            }
        });
        return health.build();
    }

    private static Health.Builder down(@Nullable Backlog backlog, String reason) {
        Health.Builder health = Health.down().withDetail("reason", reason);
        if (backlog != null) {
            describe(health, backlog);
        }
        return health;
    }

    private static void describe(Health.Builder health, Backlog backlog) {
        health.withDetail("overdue", backlog.overdue())
                .withDetail("oldest_overdue_seconds", Math.round(backlog.oldestSeconds() * 1_000) / 1e3)
                .withDetail("undeliverable", backlog.undeliverable());
    }
}
