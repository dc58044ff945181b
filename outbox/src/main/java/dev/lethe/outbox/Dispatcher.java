package dev.lethe.outbox;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;

/** Runs the lanes of this instance, from when the application is ready until it stops. */
final class Dispatcher implements SmartLifecycle {

    /** One lane sends in global order and is faster than one broker takes; see docs/decisions/0002-engine.md. */
    private static final int SHARD = 0;

    private final Lane lane;
    private @Nullable Thread thread;

    Dispatcher(
            LaneDatabase database,
            BrokerConnections broker,
            OutboxProperties properties,
            WakeUp wakeUp,
            MeterRegistry meters) {
        this.lane = new Lane(SHARD, database, broker, properties, wakeUp, meters);
    }

    @Override
    public void start() {
        thread = Thread.ofPlatform().name("outbox-" + SHARD).start(lane);
    }

    @Override
    public void stop() {
        Thread running = thread;
        if (running == null) {
            return;
        }
        lane.stop();
        try {
            if (!running.join(Duration.ofSeconds(5))) {
                lane.abort();
                running.interrupt();
                running.join(Duration.ofSeconds(5));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        thread = null;
    }

    @Override
    public boolean isRunning() {
        return thread != null;
    }
}
