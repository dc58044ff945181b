package dev.lethe.participant;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;

/**
 * Publishes, one message after the other, on a channel of its own, so that it needs neither confirms nor returns in the
 * settings of the service.
 */
final class ConfirmedPublisher {

    private static final int ABORTED = 200;

    private final ConnectionFactory connections;
    private final String declaredBy;
    private final long confirmMillis;
    private @Nullable Channel channel;
    private volatile boolean returned;

    /** @param declaredBy who declares the queues behind the exchanges that this publishes to, for the message when there is none */
    ConfirmedPublisher(ConnectionFactory connections, String declaredBy, Duration confirmTimeout) {
        // Not the one we read from: a broker that blocks publishers must not keep us from acknowledging
        ConnectionFactory forPublishing = connections.getPublisherConnectionFactory();
        this.connections = forPublishing == null ? connections : forPublishing;
        this.declaredBy = declaredBy;
        this.confirmMillis = confirmTimeout.toMillis();
    }

    /** The broker user it publishes as. */
    String user() {
        return connections.getUsername();
    }

    /**
     * Returns when the broker has the message for good, in a queue.
     *
     * @throws IOException if it may not have it
     */
    synchronized void publish(String exchange, String routingKey, AMQP.BasicProperties properties, byte[] body)
            throws IOException, InterruptedException {
        boolean sent = false;
        try {
            Channel open = channel();
            returned = false;
            open.basicPublish(exchange, routingKey, true, false, properties, body);
            if (!open.waitForConfirms(confirmMillis)) {
                throw new IOException("the broker refused the message (nack)");
            }
            if (returned) {
                throw new IOException("no queue is bound to exchange '%s' by '%s'; %s declares them"
                        .formatted(exchange, routingKey, declaredBy));
            }
            sent = true;
        } catch (TimeoutException e) {
            throw new IOException("the broker did not confirm the message within %d ms".formatted(confirmMillis), e);
        } catch (AmqpException | ShutdownSignalException e) {
            throw new IOException("the broker cannot be reached, or closed the channel: " + e.getMessage(), e);
        } finally {
            if (!sent) {
                close();
            }
        }
    }

    private Channel channel() throws IOException {
        Channel known = channel;
        if (known != null && known.isOpen()) {
            return known;
        }
        // Not one from Spring's cache: those have settings, and listeners, of the service
        Connection connection = connections.createConnection().getDelegate();
        Channel opened = connection == null ? null : connection.createChannel();
        if (opened == null) {
            throw new IOException("the broker gives no more channels on this connection");
        }
        opened.addReturnListener(message -> returned = true);
        opened.confirmSelect();
        channel = opened;
        return opened;
    }

    synchronized void close() {
        if (channel != null) {
            try {
                channel.abort(ABORTED, "no longer used");
            } catch (IOException e) {
                // A channel that cannot even be aborted went with its connection
                channel = null;
            }
            channel = null;
        }
    }
}
