package dev.lethe.demo.sample;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import dev.lethe.messages.MessageJson;
import dev.lethe.messages.MessageType;
import dev.lethe.messages.Messages;
import dev.lethe.messages.Topology;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Publishes what the contract has, one message at a time, as a broker user that needs nothing but an AMQP client. */
final class ConfirmedPublisher implements AutoCloseable {

    private static final long CONFIRM_MILLIS = 5_000;
    private static final long PAUSE_MILLIS = 200;

    private final BrokerAddress broker;
    private final String user;
    private @Nullable Connection connection;
    private @Nullable Channel channel;
    private volatile boolean returned;

    ConfirmedPublisher(BrokerAddress broker, String user) {
        this.broker = broker;
        this.user = user;
    }

    /**
     * Returns when the broker has the message and has put it into a queue; the routing key is the type's name.
     *
     * @param patience for how long it is tried again, with the same message id
     * @throws IOException if it may not have been taken
     */
    synchronized <B> void publish(
            String exchange, MessageType<B> type, UUID messageId, UUID requestId, B body, Duration patience)
            throws IOException, InterruptedException {
        publish(
                exchange,
                type.name(),
                propertiesOf(type.name(), messageId, requestId, Map.of()),
                MessageJson.write(body),
                patience);
    }

    /** The same for a message with headers of its own, which is of no type in the contract. */
    synchronized void publish(
            String exchange, String routingKey, Map<String, Object> headers, byte[] json, Duration patience)
            throws IOException, InterruptedException {
        UUID messageId = UUID.randomUUID();
        publish(exchange, routingKey, propertiesOf(null, messageId, messageId, headers), json, patience);
    }

    private void publish(
            String exchange, String routingKey, AMQP.BasicProperties properties, byte[] json, Duration patience)
            throws IOException, InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            try {
                publishOnce(exchange, routingKey, properties, json);
                return;
            } catch (IOException | ShutdownSignalException | TimeoutException e) {
                closeChannel();
                if (System.nanoTime() > deadline) {
                    throw new IOException(
                            "%s was not taken by exchange '%s' within %s; is the fleet running?"
                                    .formatted(routingKey, exchange, patience),
                            e);
                }
            }
            Thread.sleep(PAUSE_MILLIS);
        }
    }

    private void publishOnce(String exchange, String routingKey, AMQP.BasicProperties properties, byte[] body)
            throws IOException, InterruptedException, TimeoutException {
        Channel open = channel();
        returned = false;
        open.basicPublish(exchange, routingKey, true, false, properties, body);
        if (!open.waitForConfirms(CONFIRM_MILLIS)) {
            throw new IOException("the broker refused the message (nack)");
        }
        if (returned) {
            throw new IOException("no queue is bound to exchange '%s' for %s".formatted(exchange, routingKey));
        }
    }

    private AMQP.BasicProperties propertiesOf(
            @Nullable String type, UUID messageId, UUID requestId, Map<String, Object> more) {
        var headers = new HashMap<>(more);
        headers.put(Topology.SCHEMA_VERSION_HEADER, Messages.SCHEMA_VERSION);
        return new AMQP.BasicProperties.Builder()
                .contentType("application/json")
                .type(type)
                .messageId(messageId.toString())
                .correlationId(requestId.toString())
                .timestamp(Date.from(Instant.now()))
                .appId(user)
                .userId(user)
                .deliveryMode(2)
                .headers(headers)
                .build();
    }

    private Channel channel() throws IOException {
        Channel known = channel;
        if (known != null && known.isOpen()) {
            return known;
        }
        closeChannel();
        Connection open = connection;
        if (open == null) {
            open = broker.connect(user, "publishing");
            connection = open;
        }
        Channel opened = open.createChannel();
        if (opened == null) {
            throw new IOException("the broker gives no more channels on this connection");
        }
        opened.addReturnListener(message -> returned = true);
        opened.confirmSelect();
        channel = opened;
        return opened;
    }

    private void closeChannel() throws IOException {
        if (channel != null) {
            channel.abort();
            channel = null;
        }
    }

    @Override
    public synchronized void close() throws IOException {
        if (connection != null) {
            connection.abort();
            connection = null;
        }
    }
}
