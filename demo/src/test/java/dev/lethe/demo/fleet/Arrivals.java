package dev.lethe.demo.fleet;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** What comes out of a queue, one after the other, for the thread that works on the channel. */
final class Arrivals extends DefaultConsumer {

    private static final int PREFETCH = 50;

    private final String queue;
    /** Ends with an empty one when the channel or the queue is gone. */
    private final BlockingQueue<Optional<Delivery>> arrived = new LinkedBlockingQueue<>();

    private Arrivals(Channel channel, String queue) {
        super(channel);
        this.queue = queue;
    }

    static Arrivals from(Channel channel, String queue) throws IOException {
        var arrivals = new Arrivals(channel, queue);
        channel.basicQos(PREFETCH);
        channel.basicConsume(queue, false, arrivals);
        return arrivals;
    }

    Delivery next() throws IOException, InterruptedException {
        return arrived.take()
                .orElseThrow(() -> new IOException("nothing comes from queue '%s' any more".formatted(queue)));
    }

    @Override
    public void handleDelivery(String tag, Envelope envelope, AMQP.BasicProperties properties, byte[] body) {
        arrived.add(Optional.of(new Delivery(envelope, properties, body)));
    }

    @Override
    public void handleCancel(String tag) {
        arrived.add(Optional.empty());
    }

    @Override
    public void handleShutdownSignal(String tag, ShutdownSignalException cause) {
        arrived.add(Optional.empty());
    }
}
