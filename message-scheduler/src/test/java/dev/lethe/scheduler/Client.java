package dev.lethe.scheduler;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.Delivery;
import dev.lethe.messages.MessageJson;
import dev.lethe.messages.Topology;
import dev.lethe.messages.scheduling.ScheduleHeaders;
import dev.lethe.messages.scheduling.SchedulingReply;
import dev.lethe.servers.LocalServers;
import dev.lethe.servers.RabbitServer;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;

/** Somebody who has messages sent later, with plain AMQP, under a broker user of its own. Not for several threads. */
final class Client implements AutoCloseable {

    private static final String DIRECT_REPLY = "amq.rabbitmq.reply-to";

    private final String user;
    private final Connection connection;
    private final Channel channel;
    private final List<Delivery> replies = new CopyOnWriteArrayList<>();

    Client(String user) throws IOException, TimeoutException {
        this.user = user;
        RabbitServer rabbit = LocalServers.shared().rabbit();
        var factory = new ConnectionFactory();
        factory.setHost("127.0.0.1");
        factory.setPort(rabbit.port());
        factory.setUsername(user);
        factory.setPassword(rabbit.password(user));
        factory.setAutomaticRecoveryEnabled(false);
        connection = factory.newConnection("test: " + user);
        channel = connection.createChannel();
        channel.confirmSelect();
        channel.basicConsume(DIRECT_REPLY, true, (tag, reply) -> replies.add(reply), tag -> {});
    }

    void exchange(String name, String... queues) throws IOException {
        channel.exchangeDeclare(name, BuiltinExchangeType.FANOUT, true);
        for (String queue : queues) {
            channel.queueBind(queue, name, "");
        }
    }

    void declare(String queue) throws IOException {
        channel.queueDeclare(queue, true, false, false, Map.of("x-queue-type", "quorum"));
    }

    List<Delivery> queue(String name) throws IOException {
        declare(name);
        return read(name);
    }

    /** Empties a queue and collects what arrives there from now on. */
    List<Delivery> read(String name) throws IOException {
        channel.queuePurge(name);
        List<Delivery> deliveries = new CopyOnWriteArrayList<>();
        channel.basicConsume(name, true, (tag, delivery) -> deliveries.add(delivery), tag -> {});
        return deliveries;
    }

    boolean isOpen() {
        return channel.isOpen();
    }

    int consumers(String queue) throws IOException {
        return channel.queueDeclarePassive(queue).getConsumerCount();
    }

    /** A message that says who sends it, and wants an answer to this very connection. */
    AMQP.BasicProperties.Builder message() {
        return new AMQP.BasicProperties.Builder()
                .userId(user)
                .messageId(UUID.randomUUID().toString())
                .replyTo(DIRECT_REPLY)
                .deliveryMode(2);
    }

    /** To the queue of this name, so and so many milliseconds from now. */
    static Map<String, Object> later(String queue, int millis) {
        Map<String, Object> headers = new HashMap<>();
        headers.put(ScheduleHeaders.EXCHANGE, "");
        headers.put(ScheduleHeaders.ROUTING_KEY, queue);
        headers.put(ScheduleHeaders.DELAY, millis);
        return headers;
    }

    /** Returns when the scheduler's queue has it. */
    void publish(String routingKey, AMQP.BasicProperties properties, byte[] body) throws Exception {
        channel.basicPublish(Topology.SCHEDULER_EXCHANGE, routingKey, true, properties, body);
        channel.waitForConfirmsOrDie(10_000);
    }

    /** Without waiting for anything. */
    void send(String routingKey, AMQP.BasicProperties properties, byte[] body) throws Exception {
        channel.basicPublish(Topology.SCHEDULER_EXCHANGE, routingKey, true, properties, body);
    }

    /** Takes a message and dies: the broker delivers it again, and says so. */
    void deliverInVain(String queue) throws IOException {
        List<Delivery> taken = new CopyOnWriteArrayList<>();
        channel.basicConsume(queue, false, (tag, delivery) -> taken.add(delivery), tag -> {});
        Eventually.until(() -> !taken.isEmpty());
        close();
    }

    /** To an exchange of its own; returns when a queue behind it has it. */
    void publishTo(String exchange, AMQP.BasicProperties properties, byte[] body) throws Exception {
        channel.basicPublish(exchange, "", true, properties, body);
        channel.waitForConfirmsOrDie(10_000);
    }

    SchedulingReply ask(String routingKey, AMQP.BasicProperties properties, byte[] body) throws Exception {
        publish(routingKey, properties, body);
        return replyTo(properties.getMessageId());
    }

    SchedulingReply schedule(Map<String, Object> headers, String text) throws Exception {
        return ask(ScheduleHeaders.SCHEDULE, message().headers(headers).build(), text.getBytes(UTF_8));
    }

    SchedulingReply cancel(String key) throws Exception {
        return ask(
                ScheduleHeaders.CANCEL,
                message().headers(Map.of(ScheduleHeaders.KEY, key)).build(),
                new byte[0]);
    }

    SchedulingReply replyTo(String messageId) {
        Eventually.until(() -> !repliesTo(messageId).isEmpty());
        return reply(repliesTo(messageId).getFirst());
    }

    List<Delivery> repliesTo(String messageId) {
        return replies.stream()
                .filter(reply -> messageId.equals(reply.getProperties().getCorrelationId()))
                .toList();
    }

    static SchedulingReply reply(Delivery delivery) {
        return MessageJson.read(delivery.getBody(), SchedulingReply.class);
    }

    static List<String> texts(List<Delivery> deliveries) {
        return deliveries.stream()
                .map(delivery -> new String(delivery.getBody(), UTF_8))
                .toList();
    }

    static String header(Delivery delivery, String name) {
        return String.valueOf(delivery.getProperties().getHeaders().get(name));
    }

    @Override
    public void close() {
        connection.abort(1_000);
    }
}
