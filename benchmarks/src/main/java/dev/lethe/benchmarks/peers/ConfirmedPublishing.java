package dev.lethe.benchmarks.peers;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import java.io.IOException;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeoutException;

/**
 * Publishes one message and waits for its confirm, for any number of threads, each with a channel of its own. That is what one
 * job for one message comes down to, whichever library runs the jobs.
 */
final class ConfirmedPublishing implements AutoCloseable {

    private static final long CONFIRM_LIMIT_MS = 10_000;

    private final Connection connection;
    private final String queue;
    private final ConcurrentLinkedDeque<OneChannel> idle = new ConcurrentLinkedDeque<>();

    private static final class OneChannel {
        private final Channel channel;
        private volatile boolean returned;

        OneChannel(Channel channel) throws IOException {
            this.channel = channel;
            channel.confirmSelect();
            channel.addReturnListener(message -> returned = true);
        }
    }

    ConfirmedPublishing(Place place) throws Exception {
        connection = place.broker();
        queue = place.queue();
    }

    /** Returns when the broker has it for good. */
    void publish(String id, byte[] body) throws IOException, InterruptedException, TimeoutException {
        OneChannel mine = idle.pollFirst();
        if (mine == null) {
            mine = new OneChannel(connection.createChannel());
        }
        var properties = new AMQP.BasicProperties.Builder()
                .messageId(id)
                .contentType("text/plain")
                .deliveryMode(2)
                .build();
        mine.channel.basicPublish("", queue, true, properties, body);
        mine.channel.waitForConfirmsOrDie(CONFIRM_LIMIT_MS);
        if (mine.returned) {
            throw new IOException("there is no queue " + queue);
        }
        idle.addFirst(mine);
    }

    @Override
    public void close() {
        connection.abort(1_000);
    }
}
