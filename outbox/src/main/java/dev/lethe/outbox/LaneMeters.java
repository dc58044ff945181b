package dev.lethe.outbox;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** Counts what becomes of messages, and how late the broker had them. */
final class LaneMeters {

    /** Exchanges come from those who schedule; more than these would be too many time series. */
    private static final int MOST_EXCHANGES = 100;

    private static final Duration[] BUCKETS = {
        Duration.ofMillis(1), Duration.ofMillis(2), Duration.ofMillis(5), Duration.ofMillis(10), Duration.ofMillis(25),
        Duration.ofMillis(50), Duration.ofMillis(100), Duration.ofMillis(250), Duration.ofSeconds(1),
                Duration.ofSeconds(5),
        Duration.ofSeconds(30), Duration.ofMinutes(5), Duration.ofHours(1)
    };

    private final MeterRegistry registry;
    private final Map<String, Timer> lateness = new ConcurrentHashMap<>();
    private final Map<String, Counter> results = new ConcurrentHashMap<>();

    LaneMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    void settled(List<StoredMessage> messages, List<Outcome> outcomes) {
        int sent = 0;
        for (int i = 0; i < messages.size(); i++) {
            switch (outcomes.get(i)) {
                case Outcome.Confirmed(long atNanos) -> {
                    sent++;
                    StoredMessage message = messages.get(i);
                    lateness(message.exchange()).record(atNanos - message.dueNanos(), TimeUnit.NANOSECONDS);
                }
                case Outcome.Failed(String reason) -> count(reason, 1);
                case Outcome.Unknown unknown -> count("unknown", 1);
                case Outcome.Suspect suspect -> count("unknown", 1);
            }
        }
        count("sent", sent);
    }

    void expired(int amount) {
        count("expired", amount);
    }

    private void count(String result, int amount) {
        if (amount > 0) {
            results.computeIfAbsent(result, name -> Counter.builder("lethe.outbox.messages")
                            .description("messages taken from the outbox, by what became of them")
                            .tag("result", name)
                            .register(registry))
                    .increment(amount);
        }
    }

    private Timer lateness(String exchange) {
        String name = exchange.isEmpty() ? "(default)" : exchange;
        Timer known = lateness.get(name);
        if (known != null) {
            return known;
        }
        return lateness.computeIfAbsent(
                lateness.size() < MOST_EXCHANGES ? name : "(others)", tag -> Timer.builder("lethe.outbox.lateness")
                        .description("from when a message was due until the broker had confirmed it")
                        .tag("exchange", tag)
                        .serviceLevelObjectives(BUCKETS)
                        .register(registry));
    }
}
