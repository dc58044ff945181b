package dev.lethe.outbox;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import dev.lethe.servers.LocalServers;
import dev.lethe.servers.RabbitServer;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The broker as its administrator sees it. Not for several threads. */
public final class Broker implements AutoCloseable {

    public static final RabbitServer SERVER = LocalServers.shared().rabbit();
    public static final String ADMINISTRATOR = "admin";

    private Connection connection;
    private Channel channel;

    public Broker() throws IOException, TimeoutException {
        reconnect();
    }

    public void reconnect() throws IOException, TimeoutException {
        var factory = new ConnectionFactory();
        factory.setHost("127.0.0.1");
        factory.setPort(SERVER.port());
        factory.setUsername(ADMINISTRATOR);
        factory.setPassword(SERVER.password(ADMINISTRATOR));
        factory.setAutomaticRecoveryEnabled(false);
        connection = factory.newConnection("test");
        channel = connection.createChannel();
        channel.confirmSelect();
    }

    public Channel channel() {
        return channel;
    }

    public void exchange(String name) throws IOException {
        channel.exchangeDeclare(name, BuiltinExchangeType.DIRECT, true);
    }

    /** A queue that outlives the broker's death, for what is sent to the exchange with the queue's name as the routing key. */
    public void queue(String name, String exchange) throws IOException {
        channel.queueDeclare(name, true, false, false, Map.of("x-queue-type", "quorum"));
        channel.queueBind(name, exchange, name);
    }

    public Channel newChannel() throws IOException {
        return connection.createChannel();
    }

    public Mailbox mailbox(String queue) throws IOException {
        return new Mailbox(connection.createChannel(), queue);
    }

    /** Returns when the queue has it. */
    public void put(String queue, AMQP.BasicProperties properties, byte[] body)
            throws IOException, InterruptedException, TimeoutException {
        channel.basicPublish("", queue, true, properties, body);
        channel.waitForConfirmsOrDie(TimeUnit.SECONDS.toMillis(10));
    }

    public void put(String queue, AMQP.BasicProperties properties, String body)
            throws IOException, InterruptedException, TimeoutException {
        put(queue, properties, body.getBytes(UTF_8));
    }

    /** Marks the first message of the queue as delivered before, as it is when a consumer has died. */
    public void deliverOnceInVain(String queue) throws IOException {
        GetResponse first = channel.basicGet(queue, false);
        channel.basicReject(first.getEnvelope().getDeliveryTag(), true);
    }

    public int depth(String queue) throws IOException {
        return (int) channel.messageCount(queue);
    }

    public static Map<String, String> settings(String user) {
        return Map.of(
                "spring.rabbitmq.host",
                "127.0.0.1",
                "spring.rabbitmq.port",
                String.valueOf(SERVER.port()),
                "spring.rabbitmq.username",
                user,
                "spring.rabbitmq.password",
                SERVER.password(user));
    }

    @Override
    public void close() {
        connection.abort(1_000);
    }
}
