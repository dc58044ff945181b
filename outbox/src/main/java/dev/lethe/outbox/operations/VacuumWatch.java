package dev.lethe.outbox.operations;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Names who keeps the database from vacuuming: in a gauge whoever still holds the same horizon at the next look, so that there
 * is one name at a time and none of those who come and go; in the log, once, who has done so for long.
 */
final class VacuumWatch {

    private static final Logger log = LoggerFactory.getLogger(VacuumWatch.class);

    private final MultiGauge gauge;
    private final Duration tellAfter;

    private @Nullable VacuumPin pin;
    private long since;
    private boolean told;

    VacuumWatch(MeterRegistry meters, Duration tellAfter) {
        this.tellAfter = tellAfter;
        this.gauge = MultiGauge.builder("lethe.outbox.vacuum.pinned")
                .description("for how long the one named has kept the database from removing dead rows")
                .baseUnit("seconds")
                .register(meters);
    }

    /** @param now null if there is nobody, or if nobody knows */
    void saw(@Nullable VacuumPin now) {
        VacuumPin before = pin;
        pin = now;
        if (now == null || before == null || !now.isStill(before)) {
            since = System.nanoTime();
            told = false;
            gauge.register(List.of(), true);
            return;
        }
        double seconds = now.seconds() == null ? (System.nanoTime() - since) / 1e9 : now.seconds();
        gauge.register(List.of(MultiGauge.Row.of(Tags.of("kind", now.kind(), "name", now.name()), seconds)), true);
        if (!told && seconds * 1_000 > tellAfter.toMillis()) {
            told = true;
            tell(now, seconds);
        }
    }

    private static void tell(VacuumPin pin, double seconds) {
        log.atWarn()
                .addKeyValue("event.action", "vacuum-pinned")
                .addKeyValue("lethe.vacuum.kind", pin.kind())
                .addKeyValue("lethe.vacuum.name", pin.name())
                .addKeyValue("lethe.vacuum.user", pin.user() == null ? "none" : pin.user())
                .addKeyValue("lethe.vacuum.pid", pin.pid() == null ? "none" : pin.pid())
                .log(
                        "{} '{}' has kept the database from removing dead rows for {} s; find out what it does, or end it",
                        pin.kind().replace('_', ' '),
                        pin.name(),
                        Math.round(seconds));
    }
}
