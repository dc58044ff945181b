package dev.lethe.outbox.operations;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class WhyLateTest {

    private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");
    private static final WhyLate.Lane WELL = new WhyLate.Lane(true, null);

    @Test
    void whatIsNotDueIsNotLate() {
        assertThat(sentence(message(MessageState.PENDING, Duration.ofHours(3), 0), 0, WELL))
                .isEqualTo("It is not late: it is due in 3 hours.");
    }

    @Test
    void whatFailedSaysWhyAndWhenItIsTriedAgain() {
        assertThat(sentence(message(MessageState.PENDING, Duration.ofSeconds(90), 2), 0, WELL))
                .isEqualTo(
                        "2 attempts failed, the last because of no_route at exchange 'users.events'; it is tried again"
                                + " in 90 seconds.");
    }

    @Test
    void whatWasGivenUpSaysWhenAndAfterWhat() {
        assertThat(sentence(message(MessageState.UNDELIVERABLE, Duration.ZERO, 1), 0, WELL))
                .isEqualTo(
                        "It was given up at 2026-01-31T11:00:00Z after 1 attempt, the last because of no_route at exchange"
                                + " 'users.events'; redrive it once that is mended.");
    }

    @Test
    void whatIsExpiredIsDropped() {
        MessageSummary expired = message(MessageState.PENDING, Duration.ofSeconds(-1), 0, NOW.minusSeconds(1));

        assertThat(sentence(expired, 0, WELL))
                .isEqualTo("It expired at 2026-01-31T11:59:59Z and will be dropped, not sent.");
    }

    @Test
    void whatIsDueBlamesItsLaneFirstThenTheQueueBeforeIt() {
        MessageSummary due = message(MessageState.PENDING, Duration.ofMinutes(-5), 0);

        assertThat(sentence(due, 3, lane(true, "broker_blocked")))
                .isEqualTo("It has been due for 5 minutes; its lane, shard 2, cannot send since 2026-01-31T11:58:00Z:"
                        + " broker_blocked.");
        assertThat(sentence(due, 3, new WhyLate.Lane(false, null)))
                .isEqualTo(
                        "It has been due for 5 minutes; no instance owns its lane, shard 2: none runs, or none reaches"
                                + " the broker.");
        assertThat(sentence(due, 3, lane(false, "lost"))).contains("no instance owns its lane");
        assertThat(sentence(due, 3, lane(true, "owned")))
                .isEqualTo("It has been due for 5 minutes; 3 of its shard are due before it.");
        assertThat(sentence(due, 10_000, WELL))
                .isEqualTo("It has been due for 5 minutes; at least 10000 of its shard are due before it.");
        assertThat(sentence(due, 0, WELL)).isEqualTo("It has been due for 5 minutes and is the next of its shard.");
    }

    @Test
    void whatIsGoneSaysWhichAttemptFailedLast() {
        var failed = new MessageHistory.FailedAttempt(NOW, 3, "no_route", "users.events");

        assertThat(WhyLate.gone(List.of(failed)))
                .isEqualTo(
                        "It is not here any more: sent, replaced, cancelled, expired or forgotten after attempt 3 failed"
                                + " at 2026-01-31T12:00:00Z (no_route).");
    }

    private static String sentence(MessageSummary message, int dueBefore, WhyLate.Lane lane) {
        return WhyLate.sentence(message, NOW, dueBefore, lane);
    }

    private static WhyLate.Lane lane(boolean owned, String event) {
        return new WhyLate.Lane(
                owned, new MessageHistory.LaneEvent(NOW.minusSeconds(120), 2, "scheduler-1", event, null));
    }

    private static MessageSummary message(MessageState state, Duration due, int attempts) {
        return message(state, due, attempts, null);
    }

    private static MessageSummary message(MessageState state, Duration due, int attempts, Instant expiresAt) {
        return new MessageSummary(
                1,
                state,
                "id",
                "users",
                null,
                false,
                "users.events",
                "key",
                2,
                NOW.plus(due),
                NOW.minusSeconds(7_200),
                expiresAt,
                attempts,
                attempts == 0 ? null : "no_route",
                10,
                NOW.minusSeconds(3_600));
    }
}
