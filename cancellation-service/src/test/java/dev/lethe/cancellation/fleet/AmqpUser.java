package dev.lethe.cancellation.fleet;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.GetResponse;
import dev.lethe.messages.MessageJson;
import dev.lethe.messages.MessageType;
import dev.lethe.messages.Messages;
import dev.lethe.messages.Topology;
import dev.lethe.servers.LocalServers;
import dev.lethe.servers.RabbitServer;
import java.io.IOException;
import java.util.Date;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Somebody on the broker, under a user name of its own, with plain AMQP. */
public final class AmqpUser implements AutoCloseable {

    private final String name;
    private final Connection connection;
    private final Channel publishing;

    private AmqpUser(String name, Connection connection) throws IOException {
        this.name = name;
        this.connection = connection;
        this.publishing = connection.createChannel();
        this.publishing.confirmSelect();
    }

    public static AmqpUser named(String name) throws Exception {
        RabbitServer rabbit = LocalServers.shared().rabbit();
        var factory = new ConnectionFactory();
        factory.setUri(rabbit.amqpUrl());
        factory.setUsername(name);
        factory.setPassword(rabbit.password(name));
        factory.setAutomaticRecoveryEnabled(false);
        return new AmqpUser(name, factory.newConnection("test: " + name));
    }

    public String name() {
        return name;
    }

    public Channel channel() throws IOException {
        return connection.createChannel();
    }

    /** The properties that the contract demands. */
    public AMQP.BasicProperties.Builder envelope(MessageType<?> type, @Nullable UUID about) {
        return new AMQP.BasicProperties.Builder()
                .contentType("application/json")
                .type(type.name())
                .messageId(UUID.randomUUID().toString())
                .correlationId(about == null ? null : about.toString())
                .timestamp(new Date())
                .appId(name)
                .userId(name)
                .deliveryMode(2)
                .headers(Map.of(Topology.SCHEMA_VERSION_HEADER, Messages.SCHEMA_VERSION));
    }

    /** Returns when the broker has it; fails if it has not within seconds. */
    public synchronized void publish(String exchange, String key, AMQP.BasicProperties properties, byte[] body)
            throws IOException, InterruptedException, TimeoutException {
        publishing.basicPublish(exchange, key, true, properties, body);
        publishing.waitForConfirmsOrDie(10_000);
    }

    /** Publishes as fast as it goes; returns when the broker has them all. */
    public synchronized void publishAll(String exchange, AMQP.BasicProperties[] properties, byte[][] bodies)
            throws IOException, InterruptedException, TimeoutException {
        for (int i = 0; i < bodies.length; i++) {
            publishing.basicPublish(exchange, "", true, properties[i], bodies[i]);
        }
        publishing.waitForConfirmsOrDie(60_000);
    }

    public <B> void publish(String exchange, String key, MessageType<B> type, B body, UUID about)
            throws IOException, InterruptedException, TimeoutException {
        publish(exchange, key, envelope(type, about).build(), MessageJson.write(body));
    }

    /** Hands over each message of a queue and then acknowledges it. */
    public void consume(String queue, Consumer<Delivery> consumer) throws IOException {
        Channel channel = channel();
        channel.basicQos(100);
        channel.basicConsume(
                queue,
                false,
                (tag, delivery) -> {
                    consumer.accept(delivery);
                    channel.basicAck(delivery.getEnvelope().getDeliveryTag(), false);
                },
                tag -> {});
    }

    /** Takes one message, or null if there is none. */
    public synchronized @Nullable GetResponse take(String queue) throws IOException {
        return publishing.basicGet(queue, true);
    }

    public synchronized void purge(String queue) throws IOException {
        publishing.queuePurge(queue);
    }

    static Map<String, Object> headers(AMQP.BasicProperties properties) {
        return properties.getHeaders() == null ? new HashMap<>() : new HashMap<>(properties.getHeaders());
    }

    @Override
    public void close() {
        connection.abort(1_000);
    }
}
