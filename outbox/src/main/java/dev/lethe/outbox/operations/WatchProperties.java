package dev.lethe.outbox.operations;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the engine is watched.
 *
 * @param every how often gauges and health are brought up to date
 * @param behindAfter how late the oldest due message may be before the health says {@code BEHIND}
 * @param pinnedAfter how long somebody may keep the database from vacuuming before the log names him
 */
@ConfigurationProperties("lethe.outbox.watch")
record WatchProperties(
        @DefaultValue("10s") Duration every,
        @DefaultValue("30s") Duration behindAfter,
        @DefaultValue("1m") Duration pinnedAfter) {

    WatchProperties {
        Rounds.requirePositive("lethe.outbox.watch.every", every);
        Rounds.requirePositive("lethe.outbox.watch.behind-after", behindAfter);
        Rounds.requirePositive("lethe.outbox.watch.pinned-after", pinnedAfter);
    }
}
