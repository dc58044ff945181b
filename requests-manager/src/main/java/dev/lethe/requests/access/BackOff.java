package dev.lethe.requests.access;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.springframework.stereotype.Component;

/** How long to wait before something is tried again: longer each time up to a limit, and never exactly as long as others do. */
@Component
public class BackOff {

    private static final int MOST_DOUBLINGS = 30;

    private final AccessProperties properties;

    BackOff(AccessProperties properties) {
        this.properties = properties;
    }

    /** @param attempts how many have failed; 1 or more */
    public Duration after(int attempts) {
        double delay = properties.firstRetry().toMillis() * Math.pow(2, Math.min(attempts - 1, MOST_DOUBLINGS));
        double capped = Math.min(delay, properties.lastRetry().toMillis());
        return Duration.ofMillis((long) (capped * ThreadLocalRandom.current().nextDouble(0.5, 1.5)));
    }
}
