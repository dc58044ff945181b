package dev.lethe.participant;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import dev.lethe.messages.Messages;
import dev.lethe.messages.Topology;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;

/** Sends answers on a channel of its own, so that it needs neither confirms nor returns in the settings of the service. */
final class Answers {

    private static final int PERSISTENT = 2;
    private static final int ABORTED = 200;

    private final ConnectionFactory connections;
    private final String participant;
    private final long confirmMillis;
    private @Nullable Channel channel;
    private volatile boolean returned;

    Answers(ConnectionFactory connections, String participant, Duration confirmTimeout) {
        // Not the one we read from: a broker that blocks publishers must not keep us from acknowledging
        ConnectionFactory forPublishing = connections.getPublisherConnectionFactory();
        this.connections = forPublishing == null ? connections : forPublishing;
        this.participant = participant;
        this.confirmMillis = confirmTimeout.toMillis();
    }

    /**
     * Returns when the broker has the answer for good.
     *
     * @throws IOException if it may not have it; to be sent again then, a second one changes nothing
     */
    synchronized void send(Answer answer) throws IOException, InterruptedException {
        boolean sent = false;
        try {
            Channel open = channel();
            returned = false;
            open.basicPublish(
                    Topology.repliesExchange(participant),
                    answer.type().name(),
                    true,
                    false,
                    propertiesOf(answer),
                    answer.body());
            if (!open.waitForConfirms(confirmMillis)) {
                throw new IOException("the broker refused the answer (nack)");
            }
            if (returned) {
                throw new IOException("no queue is bound to exchange '%s'; cancellation-service declares them"
                        .formatted(Topology.repliesExchange(participant)));
            }
            sent = true;
        } catch (TimeoutException e) {
            throw new IOException("the broker did not confirm the answer within %d ms".formatted(confirmMillis), e);
        } catch (AmqpException | ShutdownSignalException e) {
            throw new IOException("the broker cannot be reached, or closed the channel: " + e.getMessage(), e);
        } finally {
            if (!sent) {
                close();
            }
        }
    }

    private AMQP.BasicProperties propertiesOf(Answer answer) {
        Map<String, Object> headers = new HashMap<>();
        headers.put(Topology.SCHEMA_VERSION_HEADER, Messages.SCHEMA_VERSION);
        if (answer.traceparent() != null) {
            headers.put(Topology.TRACEPARENT_HEADER, answer.traceparent());
        }
        return new AMQP.BasicProperties.Builder()
                .contentType("application/json")
                .type(answer.type().name())
                .messageId(answer.messageId().toString())
                .correlationId(answer.requestId().toString())
                .timestamp(Date.from(Instant.now()))
                .appId(participant)
                .userId(connections.getUsername())
                .deliveryMode(PERSISTENT)
                .headers(headers)
                .build();
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
