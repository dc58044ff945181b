package dev.lethe.demo.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import dev.lethe.messages.MessageJson;
import dev.lethe.messages.MessageType;
import dev.lethe.messages.Messages;
import dev.lethe.messages.Topology;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** The fleet as its landscape sees it: what it declares, says and asks, without anything behind it. */
final class Fleet implements AutoCloseable {

    private static final String REPLIES = "test.replies";

    private final BrokerAddress broker;
    private final Connection connection;
    private final Channel channel;

    Fleet(BrokerAddress broker) throws IOException {
        this.broker = broker;
        this.connection = broker.connect("admin", "test");
        this.channel = connection.createChannel();
    }

    void declare(List<String> participants) throws IOException {
        channel.exchangeDeclare(Topology.EVENTS_EXCHANGE, BuiltinExchangeType.TOPIC, true);
        channel.exchangeDeclare(Topology.REQUESTS_EXCHANGE, BuiltinExchangeType.TOPIC, true);
        channel.exchangeDeclare(Topology.PARTICIPANTS_EXCHANGE, BuiltinExchangeType.DIRECT, true);
        quorum(Topology.REQUESTS_QUEUE);
        channel.queueBind(Topology.REQUESTS_QUEUE, Topology.REQUESTS_EXCHANGE, "request.*");
        quorum(REPLIES);
        for (String participant : participants) {
            String queue = Topology.participantQueue(participant);
            quorum(queue);
            channel.queueBind(queue, Topology.PARTICIPANTS_EXCHANGE, participant);
            channel.exchangeDeclare(Topology.repliesExchange(participant), BuiltinExchangeType.FANOUT, true);
            channel.queueBind(REPLIES, Topology.repliesExchange(participant), "");
        }
    }

    private void quorum(String queue) throws IOException {
        channel.queueDeclare(queue, true, false, false, Map.of("x-queue-type", "quorum"));
    }

    <B> void say(String sender, MessageType<B> type, UUID requestId, B body) throws IOException, InterruptedException {
        publish(sender, Topology.EVENTS_EXCHANGE, type.name(), type, UUID.randomUUID(), requestId, body);
    }

    /** Asks and waits for the answer. */
    <B> GetResponse ask(String sender, String participant, MessageType<B> type, UUID requestId, B body)
            throws IOException, InterruptedException {
        publish(sender, Topology.PARTICIPANTS_EXCHANGE, participant, type, UUID.randomUUID(), requestId, body);
        return next(REPLIES);
    }

    <B> void publish(
            String sender, String exchange, String key, MessageType<B> type, UUID messageId, UUID requestId, B body)
            throws IOException, InterruptedException {
        var properties = new AMQP.BasicProperties.Builder()
                .contentType("application/json")
                .type(type.name())
                .messageId(messageId.toString())
                .correlationId(requestId.toString())
                .userId(sender)
                .deliveryMode(2)
                .headers(Map.of(Topology.SCHEMA_VERSION_HEADER, Messages.SCHEMA_VERSION))
                .build();
        try (Connection own = broker.connect(sender, "test");
                Channel publishing = own.createChannel()) {
            publishing.confirmSelect();
            publishing.basicPublish(exchange, key, true, properties, MessageJson.write(body));
            assertThat(publishing.waitForConfirms()).isTrue();
        } catch (java.util.concurrent.TimeoutException e) {
            throw new IOException("a channel that cannot be closed", e);
        }
    }

    GetResponse nextRequest() {
        return next(Topology.REQUESTS_QUEUE);
    }

    GetResponse next(String queue) {
        var found = new GetResponse[1];
        await("a message in " + queue)
                .atMost(Duration.ofSeconds(30))
                .ignoreExceptionsInstanceOf(AlreadyClosedException.class)
                .until(() -> {
                    found[0] = channel.basicGet(queue, true);
                    return found[0] != null;
                });
        return found[0];
    }

    long waiting(String queue) throws IOException {
        return channel.messageCount(queue);
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
