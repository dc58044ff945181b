package dev.lethe.cancellation.fleet;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Delivery;
import dev.lethe.messages.Topology;
import dev.lethe.messages.scheduling.ScheduleHeaders;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** Plays message-scheduler: keeps what it is given for its delay, replaces by key, strips the headers, delivers the rest. */
public final class SchedulerStandIn implements AutoCloseable {

    private static final List<String> HEADERS =
            List.of(ScheduleHeaders.DELAY, ScheduleHeaders.EXCHANGE, ScheduleHeaders.ROUTING_KEY, ScheduleHeaders.KEY);

    /** A message as it was handed over. */
    public record Scheduled(String key, long delay, String exchange, String routingKey, Delivery message) {}

    private final AmqpUser user;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private final List<Scheduled> all = new CopyOnWriteArrayList<>();
    private final Map<String, ScheduledFuture<?>> pending = new ConcurrentHashMap<>();

    SchedulerStandIn() throws Exception {
        user = AmqpUser.named("message-scheduler");
        try (Channel channel = user.channel()) {
            channel.exchangeDeclare(Topology.SCHEDULER_EXCHANGE, "direct", true);
            channel.queueDeclare(Topology.SCHEDULE_QUEUE, true, false, false, Map.of("x-queue-type", "quorum"));
            channel.queueBind(Topology.SCHEDULE_QUEUE, Topology.SCHEDULER_EXCHANGE, ScheduleHeaders.SCHEDULE);
            channel.queuePurge(Topology.SCHEDULE_QUEUE);
        }
        user.consume(Topology.SCHEDULE_QUEUE, this::schedule);
    }

    private void schedule(Delivery message) {
        Map<String, Object> headers = AmqpUser.headers(message.getProperties());
        var scheduled = new Scheduled(
                String.valueOf(headers.get(ScheduleHeaders.KEY)),
                ((Number) headers.get(ScheduleHeaders.DELAY)).longValue(),
                String.valueOf(headers.get(ScheduleHeaders.EXCHANGE)),
                String.valueOf(headers.get(ScheduleHeaders.ROUTING_KEY)),
                message);
        ScheduledFuture<?> before = pending.put(
                scheduled.key(), clock.schedule(() -> deliver(scheduled), scheduled.delay(), TimeUnit.MILLISECONDS));
        if (before != null) {
            before.cancel(false);
        }
        all.add(scheduled);
    }

    private void deliver(Scheduled due) {
        Map<String, Object> headers = AmqpUser.headers(due.message().getProperties());
        HEADERS.forEach(headers::remove);
        try {
            user.publish(
                    due.exchange(),
                    due.routingKey(),
                    due.message().getProperties().builder().headers(headers).build(),
                    due.message().getBody());
        } catch (Exception e) {
            throw new IllegalStateException("the stand-in could not deliver", e);
        }
    }

    /** All that was handed over under a key. */
    public List<Scheduled> scheduled(String key) {
        return all.stream().filter(each -> each.key().equals(key)).toList();
    }

    @Override
    public void close() {
        clock.shutdownNow();
        user.close();
    }
}
