package dev.lethe.participant;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import dev.lethe.messages.MessageJson;
import dev.lethe.messages.Topology;
import dev.lethe.servers.RabbitServer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeoutException;

/** The other side of a participant: what cancellation-service and requests-manager declare, ask and get. */
final class Broker implements AutoCloseable {

    static final String PARTICIPANT = "billing";
    static final String QUEUE = Topology.participantQueue(PARTICIPANT);
    static final String REPLIES = Topology.repliesExchange(PARTICIPANT);
    static final String TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    private static final String ANSWERS = "test.answers";

    private final RabbitServer server;
    private final Connection admin;
    private final Channel channel;

    Broker(RabbitServer server) throws IOException, TimeoutException {
        this.server = server;
        this.admin = connect("admin");
        this.channel = admin.createChannel();
    }

    Connection connect(String user) throws IOException, TimeoutException {
        var factory = new ConnectionFactory();
        factory.setHost("127.0.0.1");
        factory.setPort(server.port());
        factory.setUsername(user);
        factory.setPassword(server.password(user));
        return factory.newConnection("test: " + user);
    }

    /** Nothing of the participant is there, as before cancellation-service first ran. */
    void clear() throws IOException {
        for (String queue : List.of(QUEUE, Topology.parkingLot(QUEUE), ANSWERS)) {
            channel.queueDelete(queue);
        }
        channel.exchangeDelete(REPLIES);
        channel.queueDeclare(ANSWERS, true, false, false, Map.of());
    }

    void declareQueue() throws IOException {
        String parked = Topology.parkingLot(QUEUE);
        channel.exchangeDeclare(Topology.PARKING_EXCHANGE, BuiltinExchangeType.DIRECT, true);
        channel.queueDeclare(parked, true, false, false, Map.of("x-queue-type", "quorum"));
        channel.queueBind(parked, Topology.PARKING_EXCHANGE, QUEUE);
        channel.queueDeclare(
                QUEUE,
                true,
                false,
                false,
                Map.of(
                        "x-queue-type", "quorum",
                        "x-dead-letter-exchange", Topology.PARKING_EXCHANGE,
                        "x-dead-letter-routing-key", QUEUE,
                        "x-dead-letter-strategy", "at-least-once",
                        "x-overflow", "reject-publish"));
    }

    void declareReplies() throws IOException {
        channel.exchangeDeclare(REPLIES, BuiltinExchangeType.FANOUT, true);
    }

    void bindReplies() throws IOException {
        channel.queueBind(ANSWERS, REPLIES, "");
    }

    /** As a task is sent: by {@code sender}, who is verified by the broker, with what the contract demands. */
    void ask(String sender, String type, Object body) throws IOException, TimeoutException {
        send(sender, task(sender, type).build(), MessageJson.write(body));
    }

    AMQP.BasicProperties.Builder task(String sender, String type) {
        return new AMQP.BasicProperties.Builder()
                .contentType("application/json")
                .type(type)
                .messageId(UUID.randomUUID().toString())
                .userId(sender)
                .deliveryMode(2)
                .headers(Map.of("schema_version", "1", "traceparent", TRACE));
    }

    void send(String sender, AMQP.BasicProperties properties, byte[] body) throws IOException, TimeoutException {
        try (Connection connection = connect(sender);
                Channel publishing = connection.createChannel()) {
            publishing.confirmSelect();
            publishing.basicPublish("participants", PARTICIPANT, true, properties, body);
            assertThat(publishing.waitForConfirms(10_000)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted while the broker took a task", e);
        }
    }

    /** As a message comes back: in the name of the user that it belongs to, which only message-scheduler may use. */
    void sendTo(String queue, String verifiedUser, Map<String, Object> headers) throws IOException, TimeoutException {
        try (Connection connection = connect("message-scheduler");
                Channel publishing = connection.createChannel()) {
            publishing.confirmSelect();
            var properties = new AMQP.BasicProperties.Builder()
                    .userId(verifiedUser)
                    .headers(headers)
                    .build();
            publishing.basicPublish("", queue, true, properties, new byte[0]);
            assertThat(publishing.waitForConfirms(10_000)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted while the broker took a message", e);
        }
    }

    void bindTasks() throws IOException {
        channel.exchangeDeclare("participants", BuiltinExchangeType.DIRECT, true);
        channel.queueBind(QUEUE, "participants", PARTICIPANT);
    }

    /** Waits for the next answer and takes it. */
    GetResponse answer() {
        return answers(1).get(0);
    }

    List<GetResponse> answers(int count) {
        return take(ANSWERS, count);
    }

    List<GetResponse> parked(int count) {
        return take(Topology.parkingLot(QUEUE), count);
    }

    private List<GetResponse> take(String queue, int count) {
        var taken = new ArrayList<GetResponse>();
        await("messages in " + queue).atMost(Duration.ofSeconds(30)).until(() -> {
            GetResponse next = channel.basicGet(queue, true);
            if (next != null) {
                taken.add(next);
            }
            return taken.size() == count;
        });
        return taken;
    }

    void assertNoMoreAnswers() throws IOException {
        assertThat(channel.messageCount(ANSWERS)).isZero();
    }

    /** Waits until no task is left, waiting or unacknowledged: what was acknowledged does not come back without its reader. */
    void assertAllTasksAcknowledged() throws IOException {
        await().atMost(Duration.ofSeconds(10)).until(() -> channel.consumerCount(QUEUE) == 0);
        assertThat(channel.messageCount(QUEUE)).isZero();
    }

    static String text(GetResponse message) {
        return new String(message.getBody(), UTF_8);
    }

    @Override
    public void close() throws IOException {
        admin.close();
    }
}
