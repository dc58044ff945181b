package dev.lethe.scheduler.faults;

import static dev.lethe.messages.scheduling.SchedulingStatus.CANCELLED;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import dev.lethe.messages.MessageJson;
import dev.lethe.messages.Topology;
import dev.lethe.messages.scheduling.ScheduleHeaders;
import dev.lethe.messages.scheduling.SchedulingReply;
import dev.lethe.messages.scheduling.SchedulingStatus;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/** Clients that schedule one revision of a message after the other under the same key, each when the last is acknowledged. */
final class Revisions implements AutoCloseable {

    private static final String QUEUE = "users.revisions";
    private static final String REPLIES = "amq.rabbitmq.reply-to";
    private static final int CLIENTS = 4;
    private static final int KEYS = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration ON_ITS_WAY = Duration.ofMillis(500);

    private record Revision(String key, int number) {}

    private record Arrival(Revision revision, long at) {}

    private record Answer(String to, SchedulingStatus status) {}

    private final Connection connection;
    private final List<Thread> clients = new ArrayList<>();
    private final Map<String, Integer> lastSent = new ConcurrentHashMap<>();
    private final List<Arrival> arrivals = new CopyOnWriteArrayList<>();
    private final Map<Revision, Long> cancelled = new ConcurrentHashMap<>();
    private final List<String> failures = new CopyOnWriteArrayList<>();
    private final AtomicInteger acknowledged = new AtomicInteger();
    private volatile long longestAnswer;
    private volatile boolean stopping;

    Revisions(Site site) throws Exception {
        connection = site.broker(Site.SENDER);
        Channel channel = connection.createChannel();
        channel.queueDeclare(QUEUE, true, false, false, Map.of("x-queue-type", "quorum"));
        channel.queuePurge(QUEUE);
        channel.basicConsume(
                QUEUE,
                true,
                (tag, delivery) -> {
                    String[] parts = new String(delivery.getBody(), UTF_8).split(" ");
                    arrivals.add(new Arrival(new Revision(parts[0], Integer.parseInt(parts[1])), System.nanoTime()));
                },
                tag -> {});
        for (int client = 0; client < CLIENTS; client++) {
            String name = "client" + client;
            clients.add(Thread.ofPlatform().name(name).start(() -> schedule(name)));
        }
    }

    private void schedule(String name) {
        try {
            Channel channel = connection.createChannel();
            BlockingQueue<Answer> answered = new LinkedBlockingQueue<>();
            channel.basicConsume(
                    REPLIES,
                    true,
                    (tag, reply) -> answered.add(new Answer(
                            reply.getProperties().getCorrelationId(),
                            MessageJson.read(reply.getBody(), SchedulingReply.class)
                                    .status())),
                    tag -> {});
            for (int n = 0; !stopping; n++) {
                String key = name + "-" + n % KEYS;
                int revision = n / KEYS;
                boolean takenBack = revision % 4 == 3;
                ask(channel, answered, ScheduleHeaders.SCHEDULE, key, revision, takenBack ? 200 : n % 5 * 10);
                lastSent.put(key, revision);
                acknowledged.incrementAndGet();
                if (takenBack && ask(channel, answered, ScheduleHeaders.CANCEL, key, revision, 0) == CANCELLED) {
                    cancelled.put(new Revision(key, revision), System.nanoTime());
                    lastSent.remove(key);
                }
            }
        } catch (IOException e) {
            failures.add(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private SchedulingStatus ask(
            Channel channel, BlockingQueue<Answer> answered, String command, String key, int revision, int delay)
            throws IOException, InterruptedException {
        String id = UUID.randomUUID().toString();
        long asked = System.nanoTime();
        channel.basicPublish(
                Topology.SCHEDULER_EXCHANGE,
                command,
                new AMQP.BasicProperties.Builder()
                        .userId(Site.SENDER)
                        .messageId(id)
                        .replyTo(REPLIES)
                        .deliveryMode(2)
                        .headers(headers(command, key, delay))
                        .build(),
                "%s %d".formatted(key, revision).getBytes(UTF_8));
        Answer answer = answered.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        // An answer may come twice
        while (answer != null && !id.equals(answer.to())) {
            answer = answered.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
        if (answer == null) {
            throw new IOException("%s of %s %d was not answered in %s".formatted(command, key, revision, PATIENCE));
        }
        longestAnswer = Math.max(longestAnswer, System.nanoTime() - asked);
        return answer.status();
    }

    private static Map<String, Object> headers(String command, String key, int delay) {
        return command.equals(ScheduleHeaders.CANCEL)
                ? Map.of(ScheduleHeaders.KEY, key)
                : Map.of(
                        ScheduleHeaders.EXCHANGE,
                        "",
                        ScheduleHeaders.ROUTING_KEY,
                        QUEUE,
                        ScheduleHeaders.KEY,
                        key,
                        ScheduleHeaders.DELAY,
                        delay);
    }

    /** Until each of the keys has been heard of again. */
    void awaitMore() {
        int now = acknowledged.get();
        Eventually.until(() -> acknowledged.get() >= now + CLIENTS * KEYS * 3);
    }

    void stop() throws InterruptedException {
        stopping = true;
        for (Thread client : clients) {
            client.join();
        }
    }

    /** The last revision of each key, less those that were taken back. */
    List<String> missing() {
        Set<Revision> arrived = arrivals.stream().map(Arrival::revision).collect(Collectors.toSet());
        return lastSent.entrySet().stream()
                .map(last -> new Revision(last.getKey(), last.getValue()))
                .filter(last -> !arrived.contains(last))
                .map(Revision::toString)
                .toList();
    }

    /** What came after a later revision of its key, or although it had been taken back, and whoever had no answer. */
    List<String> wrong() {
        List<String> wrong = new ArrayList<>(failures);
        Map<String, Integer> last = new HashMap<>();
        arrivals.forEach(arrival -> {
            Revision revision = arrival.revision();
            int before = last.getOrDefault(revision.key(), -1);
            if (revision.number() < before) {
                wrong.add("%s after %d".formatted(revision, before));
            }
            last.put(revision.key(), revision.number());
            // What an instance had sent when it was killed is put back and may be cancelled, and is on its way
            if (arrival.at() - cancelled.getOrDefault(revision, Long.MAX_VALUE / 2) > ON_ITS_WAY.toNanos()) {
                wrong.add("%s although it was cancelled".formatted(revision));
            }
        });
        return wrong;
    }

    @Override
    public String toString() {
        return "%d revisions of %d keys acknowledged, %d arrived, %d cancelled, the others replaced; %d wrong; longest answer %.1f s"
                .formatted(
                        acknowledged.get(),
                        CLIENTS * KEYS,
                        arrivals.size(),
                        cancelled.size(),
                        wrong().size(),
                        longestAnswer / 1e9);
    }

    @Override
    public void close() throws InterruptedException {
        stop();
        connection.abort(1_000);
    }
}
