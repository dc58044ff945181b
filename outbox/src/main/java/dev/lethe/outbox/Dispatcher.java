package dev.lethe.outbox;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.springframework.context.SmartLifecycle;

/** Runs the lanes of this instance, from when the application is ready until it stops. */
final class Dispatcher implements SmartLifecycle {

    private static final Duration LAST_BATCH = Duration.ofSeconds(5);

    /** Where names the instance to those who read why a message was late. */
    private static final String INSTANCE = "%s:%d"
            .formatted(
                    Objects.requireNonNullElse(System.getenv("HOSTNAME"), "localhost"),
                    ProcessHandle.current().pid());

    private record Running(Lane lane, Thread thread) {}

    private final MessageStore store;
    private final LaneDatabase database;
    private final BrokerConnections broker;
    private final OutboxProperties properties;
    private final WakeUp wakeUp;
    private final LaneMeters meters;
    private final List<Running> running = new ArrayList<>();

    Dispatcher(
            MessageStore store,
            LaneDatabase database,
            BrokerConnections broker,
            OutboxProperties properties,
            WakeUp wakeUp,
            LaneMeters meters) {
        this.store = store;
        this.database = database;
        this.broker = broker;
        this.properties = properties;
        this.wakeUp = wakeUp;
        this.meters = meters;
    }

    @Override
    public void start() {
        int lanes = store.shardsInUse();
        var share = new Share(lanes);
        for (int shard = 0; shard < lanes; shard++) {
            var lane = new Lane(shard, INSTANCE, database, broker, properties, share, wakeUp, meters);
            running.add(new Running(
                    lane, Thread.ofPlatform().name("outbox-" + shard).start(lane)));
        }
    }

    @Override
    public void stop() {
        running.forEach(each -> each.lane().stop());
        long deadline = System.nanoTime() + LAST_BATCH.toNanos();
        try {
            for (Running each : running) {
                if (!each.thread().join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())))) {
                    each.lane().abort();
                    each.thread().interrupt();
                }
            }
            for (Running each : running) {
                each.thread().join(LAST_BATCH);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        running.clear();
    }

    @Override
    public boolean isRunning() {
        return !running.isEmpty();
    }
}
