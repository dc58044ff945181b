package dev.lethe.scheduler.faults;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Many messages, all due, on their way into one confirmed quorum queue; nobody reads it until all is over, so that what is
 * there is what was published. Beside it somebody looks all the time how many have come.
 */
final class Drain implements AutoCloseable {

    interface Fault {
        void happen() throws Exception;
    }

    private record Growth(long nanos, int depth) {}

    static final String QUEUE = "users.drain";
    private static final String ID = "--------";
    private static final Duration LOOK = Duration.ofMillis(20);

    private final Site site;
    private final int messages;
    private final long begin = System.nanoTime();
    private final List<Growth> growths = new CopyOnWriteArrayList<>();
    private final Thread observer;
    private volatile boolean over;
    private long faultAt;
    private long healedAt;
    private int duplicates;

    private Drain(Site site, int messages) throws Exception {
        this.site = site;
        this.messages = messages;
        purge();
        load();
        observer = Thread.ofPlatform().daemon().name("observer").start(this::observe);
    }

    /** Returns when a tenth is out. */
    static Drain begin(Site site, int messages) throws Exception {
        var drain = new Drain(site, messages);
        Eventually.until(() -> drain.depth() > messages / 10);
        return drain;
    }

    /** Once for all drains, since a broker that is killed must have written down that there is such a queue. */
    static void declareQueue(Site site) throws IOException, TimeoutException {
        try (Connection connection = site.broker()) {
            connection.createChannel().queueDeclare(QUEUE, true, false, false, Map.of("x-queue-type", "quorum"));
        }
        site.rabbit.settle();
    }

    private void purge() throws IOException, TimeoutException {
        try (Connection connection = site.broker()) {
            connection.createChannel().queuePurge(QUEUE);
        }
    }

    /** One statement: each row's properties are the same bytes but for the id, which is as long in all. */
    private void load() throws SQLException, IOException {
        byte[] header = Headers.of(new AMQP.BasicProperties.Builder()
                .messageId(ID)
                .contentType("application/octet-stream")
                .deliveryMode(2)
                .userId(Site.SENDER)
                .build());
        int at = new String(header, StandardCharsets.ISO_8859_1).indexOf(ID);
        try (var connection = site.database();
                var insert = connection.prepareStatement("""
                        insert into message (shard, exchange, routing_key, properties, body)
                        select n %% %d, '', '%s', ? || convert_to(lpad(n::text, %d, '0'), 'UTF8') || ?, convert_to(repeat('x', 300), 'UTF8')
                          from generate_series(0, %d - 1) n
                        """.formatted(site.shards(), QUEUE, ID.length(), messages))) {
            insert.setBytes(1, Arrays.copyOfRange(header, 0, at));
            insert.setBytes(2, Arrays.copyOfRange(header, at + ID.length(), header.length));
            insert.executeUpdate();
        }
    }

    private void observe() {
        while (!over) {
            try (Connection connection = site.broker()) {
                Channel channel = connection.createChannel();
                while (!over) {
                    int depth = (int) channel.messageCount(QUEUE);
                    if (depth > depth()) {
                        growths.add(new Growth(System.nanoTime(), depth));
                    }
                    Thread.sleep(LOOK);
                }
            } catch (IOException | TimeoutException | RuntimeException brokerIsHurt) {
                pause();
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(LOOK);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private int depth() {
        return growths.isEmpty() ? 0 : growths.getLast().depth();
    }

    /** It must hit a drain that is under way, or it would show nothing. */
    Drain hurt(Fault fault) throws Exception {
        int sofar = depth();
        if (sofar >= messages * 9 / 10) {
            throw new IllegalStateException(
                    "%d of %d are out already, the fault comes too late".formatted(sofar, messages));
        }
        faultAt = System.nanoTime();
        fault.happen();
        return this;
    }

    Drain heal(Fault cure) throws Exception {
        cure.happen();
        healedAt = System.nanoTime();
        return this;
    }

    /** Waits until every message has left, counts what has come, and says it in one line. */
    Drain finish(String fault) throws Exception {
        Eventually.untilSeen(() -> {
            try (var connection = site.database();
                    var row = connection.createStatement().executeQuery("select exists (select from message)")) {
                row.next();
                return !row.getBoolean(1);
            } catch (SQLException databaseIsHurt) {
                return false;
            }
        });
        long end = System.nanoTime();
        int arrived = collect();
        System.out.printf(
                "fault | %-52s | of %d lost %d, twice %d | silent %.1f s%s | all out after %.1f s%n",
                fault,
                messages,
                lost,
                duplicates,
                silence().toMillis() / 1e3,
                healedAt == 0
                        ? ""
                        : ", first %.1f s after the cure"
                                .formatted(firstAfter(healedAt).toMillis() / 1e3),
                (end - begin) / 1e9);
        if (arrived != messages - lost + duplicates) {
            throw new IllegalStateException("counted wrongly; this is the test's fault");
        }
        return this;
    }

    private int lost;

    private int collect() throws Exception {
        over = true;
        observer.join();
        var ids = new BitSet(messages);
        var arrived = new AtomicInteger();
        try (Connection connection = site.broker()) {
            Channel channel = connection.createChannel();
            int depth = (int) channel.messageCount(QUEUE);
            channel.basicConsume(
                    QUEUE,
                    true,
                    (tag, delivery) -> {
                        ids.set(Integer.parseInt(delivery.getProperties().getMessageId()));
                        arrived.incrementAndGet();
                    },
                    tag -> {});
            Eventually.until(() -> arrived.get() >= depth);
        }
        lost = messages - ids.cardinality();
        duplicates = arrived.get() - ids.cardinality();
        return arrived.get();
    }

    int lost() {
        return lost;
    }

    int duplicates() {
        return duplicates;
    }

    /** The longest time from the fault on in which nothing came, as a receiver sees it. */
    Duration silence() {
        long longest = 0;
        long last = faultAt;
        for (Growth growth : growths) {
            if (growth.nanos() > faultAt) {
                longest = Math.max(longest, growth.nanos() - last);
                last = growth.nanos();
            }
        }
        return Duration.ofNanos(longest);
    }

    private Duration firstAfter(long nanos) {
        return growths.stream()
                .filter(growth -> growth.nanos() > nanos)
                .findFirst()
                .map(growth -> Duration.ofNanos(growth.nanos() - nanos))
                .orElse(Duration.ZERO);
    }

    @Override
    public void close() {
        over = true;
    }
}
