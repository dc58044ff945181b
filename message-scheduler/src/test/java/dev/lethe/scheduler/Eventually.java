package dev.lethe.scheduler;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.Callable;
import org.awaitility.core.ThrowingRunnable;

/** Waits for what must become true, looking often, so that no test is slower than what it tests. */
final class Eventually {

    private static final Duration LOOK = Duration.ofMillis(5);
    private static final Duration SOON = Duration.ofSeconds(15);

    private Eventually() {}

    static void until(Callable<Boolean> condition) {
        await().pollDelay(Duration.ZERO).pollInterval(LOOK).atMost(SOON).until(condition);
    }

    static void untilAsserted(ThrowingRunnable assertion) {
        await().pollDelay(Duration.ZERO).pollInterval(LOOK).atMost(SOON).untilAsserted(assertion);
    }
}
