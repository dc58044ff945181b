package dev.lethe.benchmarks.scheduler;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import dev.lethe.benchmarks.servers.Servers;
import dev.lethe.messages.Topology;
import dev.lethe.messages.scheduling.ScheduleHeaders;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Schedules messages over AMQP, each under a key of its own, with no more than a window of them unconfirmed. One thread. */
final class Commands implements AutoCloseable {

    private static final int WINDOW = 2_000;

    private final Connection connection;
    private final Channel channel;
    private final String keys;
    private final boolean[] confirmed = new boolean[2 * WINDOW];
    /** All with a smaller number are confirmed. */
    private long head = 1;

    private long refused;

    /** @param keys what the keys begin with, different for every run */
    Commands(Servers servers, String keys) throws IOException, TimeoutException {
        this.keys = keys;
        connection = servers.broker("commands");
        channel = connection.createChannel();
        channel.confirmSelect();
        channel.addConfirmListener(this::onConfirm, this::onRefusal);
    }

    /** Waits while the window is full. */
    void scheduleAt(long dueMillis, int number) throws IOException, InterruptedException {
        publish(ScheduleHeaders.DELIVER_AT, dueMillis, dueMillis * 1_000, number);
    }

    void scheduleIn(long delayMillis, int number) throws IOException, InterruptedException {
        publish(ScheduleHeaders.DELAY, delayMillis, 0, number);
    }

    private void publish(String when, long value, long dueMicros, int number) throws IOException, InterruptedException {
        Map<String, Object> headers = new HashMap<>();
        headers.put(when, value);
        headers.put(ScheduleHeaders.EXCHANGE, "");
        headers.put(ScheduleHeaders.ROUTING_KEY, BenchQueue.NAME);
        headers.put(ScheduleHeaders.KEY, keys + number);
        var properties = new AMQP.BasicProperties.Builder()
                .userId(Servers.brokerUser())
                .messageId(Bodies.id(number))
                .contentType("text/plain")
                .deliveryMode(2)
                .headers(headers)
                .build();
        awaitRoom();
        channel.basicPublish(
                Topology.SCHEDULER_EXCHANGE, ScheduleHeaders.SCHEDULE, true, properties, Bodies.of(dueMicros, number));
    }

    private synchronized void awaitRoom() throws InterruptedException, IOException {
        while (channel.getNextPublishSeqNo() - head >= WINDOW) {
            wait(10_000);
            if (!channel.isOpen()) {
                throw new IOException("the broker closed the channel");
            }
        }
    }

    private synchronized void onConfirm(long number, boolean multiple) {
        if (multiple) {
            for (; head <= number; head++) {
                confirmed[slot(head)] = false;
            }
        } else {
            confirmed[slot(number)] = true;
        }
        for (; confirmed[slot(head)]; head++) {
            confirmed[slot(head)] = false;
        }
        notifyAll();
    }

    private synchronized void onRefusal(long number, boolean multiple) {
        refused++;
        onConfirm(number, multiple);
    }

    private int slot(long number) {
        return (int) (number % confirmed.length);
    }

    /** Returns when the broker has all of them. */
    synchronized void awaitConfirms() throws InterruptedException, IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (head < channel.getNextPublishSeqNo()) {
            if (System.nanoTime() > end || !channel.isOpen()) {
                throw new IOException("the broker did not confirm all commands");
            }
            wait(100);
        }
        if (refused > 0) {
            throw new IOException("the broker refused commands");
        }
    }

    @Override
    public void close() {
        connection.abort(1_000);
    }
}
