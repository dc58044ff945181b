package dev.lethe.outbox.operations;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

class OutboxHealthTest {

    private static final Duration AT_ONCE = Duration.ZERO;
    private static final WatchProperties PROPERTIES =
            new WatchProperties(Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofMinutes(1));
    private static final LaneState OWNED = new LaneState(0, true, "broker_blocked");
    private static final LaneState UNOWNED = new LaneState(1, false, "lost");

    @Test
    void withNothingTooLateItIsUp() {
        assertThat(status(seen(backlog(30), List.of(), 0, null), AT_ONCE)).isEqualTo(Status.UP);
    }

    @Test
    void withSomethingTooLateItIsBehindAndSaysWhatBefellTheLane() {
        Health health = health(seen(backlog(30.001), List.of(OWNED), 0, null), AT_ONCE);

        assertThat(health.getStatus()).isEqualTo(OutboxHealth.BEHIND);
        assertThat(health.getDetails())
                .containsEntry("overdue", 7)
                .containsEntry("oldest_overdue_seconds", 30.001)
                .containsEntry("lane_0", "broker_blocked");
    }

    @Test
    void aLaneMayBeWithoutOwnerForAsLongAsAFailoverTakes() {
        assertThat(status(seen(backlog(0), List.of(UNOWNED), 9.9, null), AT_ONCE))
                .isEqualTo(Status.UP);

        Health health = health(seen(backlog(0), List.of(OWNED, UNOWNED), 10.1, null), AT_ONCE);

        assertThat(health.getStatus()).isEqualTo(Status.DOWN);
        assertThat(health.getDetails())
                .containsEntry("reason", "lane_without_owner")
                .containsEntry("shards", List.of(1));
    }

    @Test
    void withoutTheBrokerItIsDownHoweverLittleIsLate() {
        assertThat(health(seen(backlog(0), List.of(UNOWNED), 0, "java.net.ConnectException"), AT_ONCE)
                        .getDetails())
                .containsEntry("reason", "broker_unreachable");
    }

    @Test
    void withoutTheDatabaseItIsDown() {
        var nothing = new Seen(0, null, List.of(), 0, "java.net.ConnectException", null);

        assertThat(status(nothing, AT_ONCE)).isEqualTo(Status.DOWN);
        assertThat(health(nothing, AT_ONCE).getDetails()).containsEntry("reason", "database_unreachable");
    }

    @Test
    void whatWasSeenLongAgoIsNotBelieved() {
        Health health = health(seen(backlog(0), List.of(), 0, null), Duration.ofSeconds(56));

        assertThat(health.getStatus()).isEqualTo(Status.DOWN);
        assertThat(health.getDetails()).containsEntry("reason", "watch_hangs");
    }

    private static Status status(Seen seen, Duration age) {
        return health(seen, age).getStatus();
    }

    private static Health health(Seen seen, Duration age) {
        return OutboxHealth.of(seen, age, PROPERTIES);
    }

    private static Seen seen(Backlog backlog, List<LaneState> unwell, double unowned, String brokerFailure) {
        return new Seen(0, backlog, unwell, unowned, null, brokerFailure);
    }

    private static Backlog backlog(double oldestSeconds) {
        return new Backlog(9, 7, oldestSeconds, 0, OffsetDateTime.MIN, 1);
    }
}
