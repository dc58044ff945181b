package dev.lethe.outbox;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.Callable;
import org.awaitility.core.ConditionFactory;
import org.awaitility.core.ThrowingRunnable;

/** Waits for what must become true, looking often, so that no test is slower than what it tests. */
public final class Eventually {

    private static final Duration LOOK = Duration.ofMillis(5);
    private static final Duration SOON = Duration.ofSeconds(15);

    private Eventually() {}

    public static void until(Callable<Boolean> condition) {
        within(SOON).until(condition);
    }

    public static void untilAsserted(ThrowingRunnable assertion) {
        within(SOON).untilAsserted(assertion);
    }

    public static ConditionFactory within(Duration limit) {
        return await().pollDelay(Duration.ZERO).pollInterval(LOOK).atMost(limit);
    }
}
