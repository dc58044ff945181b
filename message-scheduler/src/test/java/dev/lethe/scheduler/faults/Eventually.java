package dev.lethe.scheduler.faults;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.Callable;
import org.awaitility.core.ThrowingRunnable;

/** Waits for what must become true, for as long as a server may take to start. */
final class Eventually {

    private static final Duration LOOK = Duration.ofMillis(5);
    private static final Duration SOON = Duration.ofSeconds(60);

    private Eventually() {}

    static void until(Callable<Boolean> condition) {
        await().pollDelay(Duration.ZERO).pollInterval(LOOK).atMost(SOON).until(condition);
    }

    /** Looks less often, for conditions that are dear. */
    static void untilSeen(Callable<Boolean> condition) {
        await().pollDelay(Duration.ZERO)
                .pollInterval(LOOK.multipliedBy(20))
                .atMost(SOON)
                .until(condition);
    }

    static void untilAsserted(ThrowingRunnable assertion) {
        await().pollDelay(Duration.ZERO).pollInterval(LOOK).atMost(SOON).untilAsserted(assertion);
    }
}
