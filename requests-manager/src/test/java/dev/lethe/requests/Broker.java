package dev.lethe.requests;

import static dev.lethe.messages.Topology.EVENTS_EXCHANGE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.GetResponse;
import dev.lethe.messages.MessageJson;
import dev.lethe.messages.MessageType;
import dev.lethe.messages.Messages;
import dev.lethe.messages.Topology;
import dev.lethe.messages.request.CheckRequest;
import dev.lethe.messages.request.Fact;
import dev.lethe.messages.scheduling.ScheduleHeaders;
import dev.lethe.servers.RabbitServer;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Everybody that requests-manager talks with: frontends, cancellation-service, and whoever listens to the facts. */
public final class Broker implements AutoCloseable {

    public static final Duration SOON = Duration.ofSeconds(20);

    private static final String FACTS = "test.facts";
    private static final String NOTES = "test.notes";

    /** A fact as it came over the wire. */
    public record Heard(String type, String sender, String messageId, UUID requestId, byte[] body) {}

    /** What message-scheduler was told about the check of a request: {@code schedule}, with a time, or {@code cancel}. */
    public record Note(
            String command,
            String key,
            @Nullable Instant at,
            String sender,
            UUID requestId,
            Map<String, Object> headers) {}

    private final RabbitServer server;
    private final Map<String, Connection> connections = new ConcurrentHashMap<>();
    private final List<Heard> facts = new CopyOnWriteArrayList<>();
    private final List<Note> notes = new CopyOnWriteArrayList<>();
    private final Channel admin;

    /** With nothing in the queues of requests-manager, and with ears for every fact. */
    Broker(RabbitServer server) throws IOException {
        this.server = server;
        this.admin = as("admin").createChannel();
        for (String queue : List.of(
                Topology.REQUESTS_QUEUE,
                Topology.EVENTS_QUEUE,
                Topology.CHECKS_QUEUE,
                Topology.EXPORTS_QUEUE,
                Topology.COMMANDS_QUEUE,
                Topology.participantQueue("billing"),
                Topology.participantQueue("viewing-history"),
                FACTS,
                NOTES)) {
            admin.queueDelete(queue);
            admin.queueDelete(Topology.parkingLot(queue));
        }
        admin.exchangeDeclare(EVENTS_EXCHANGE, BuiltinExchangeType.TOPIC, true);
        admin.queueDeclare(FACTS, true, false, false, Map.of());
        admin.queueBind(FACTS, EVENTS_EXCHANGE, "#");
        admin.basicConsume(
                FACTS,
                true,
                (tag, message) -> facts.add(new Heard(
                        message.getProperties().getType(),
                        message.getProperties().getUserId(),
                        message.getProperties().getMessageId(),
                        MessageJson.requestId(message.getBody()).orElseThrow(),
                        message.getBody())),
                tag -> {});
        // Stands in for message-scheduler, which delivers nothing here: tests bring the notes back themselves
        admin.exchangeDeclare(Topology.SCHEDULER_EXCHANGE, BuiltinExchangeType.DIRECT, true);
        admin.queueDeclare(NOTES, true, false, false, Map.of());
        for (String command : List.of(ScheduleHeaders.SCHEDULE, ScheduleHeaders.CANCEL)) {
            admin.queueBind(NOTES, Topology.SCHEDULER_EXCHANGE, command);
        }
        admin.basicConsume(NOTES, true, (tag, message) -> notes.add(note(message)), tag -> {});
    }

    private static Note note(Delivery message) {
        var headers = new HashMap<>(message.getProperties().getHeaders());
        Object at = headers.get(ScheduleHeaders.DELIVER_AT);
        return new Note(
                message.getEnvelope().getRoutingKey(),
                headers.get(ScheduleHeaders.KEY).toString(),
                at == null ? null : Instant.parse(at.toString()),
                message.getProperties().getUserId(),
                MessageJson.requestId(message.getBody()).orElseThrow(),
                headers);
    }

    public Connection as(String user) {
        return connections.computeIfAbsent(user, name -> {
            var factory = new ConnectionFactory();
            factory.setHost("127.0.0.1");
            factory.setPort(server.port());
            factory.setUsername(name);
            factory.setPassword(server.password(name));
            try {
                return factory.newConnection("test: " + name);
            } catch (IOException | TimeoutException e) {
                throw new AssertionError("the broker does not let in " + name, e);
            }
        });
    }

    /** The properties that the contract demands. */
    public static AMQP.BasicProperties.Builder envelope(MessageType<?> type) {
        return new AMQP.BasicProperties.Builder()
                .contentType("application/json")
                .type(type.name())
                .messageId(UUID.randomUUID().toString())
                .deliveryMode(2)
                .headers(Map.of(Topology.SCHEMA_VERSION_HEADER, Messages.SCHEMA_VERSION));
    }

    public void publish(String user, String exchange, String routingKey, AMQP.BasicProperties properties, byte[] body)
            throws IOException {
        try (Channel channel = as(user).createChannel()) {
            channel.confirmSelect();
            channel.basicPublish(exchange, routingKey, true, properties, body);
            assertThat(channel.waitForConfirms(SOON.toMillis())).isTrue();
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("the broker did not confirm", e);
        }
    }

    /** Many at once, on one channel. */
    public <B> void publishAll(String user, String exchange, MessageType<B> type, List<B> bodies) throws IOException {
        try (Channel channel = as(user).createChannel()) {
            channel.confirmSelect();
            for (B body : bodies) {
                channel.basicPublish(exchange, type.name(), true, envelope(type).build(), MessageJson.write(body));
            }
            assertThat(channel.waitForConfirms(SOON.toMillis())).isTrue();
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("the broker did not confirm", e);
        }
    }

    /** As a service publishes a fact: with its own, verified name. */
    public <F extends Fact> void tell(String user, MessageType<F> type, F fact) throws IOException {
        publish(user, EVENTS_EXCHANGE, type.name(), envelope(type).userId(user).build(), MessageJson.write(fact));
    }

    public List<Heard> facts() {
        return facts;
    }

    public <F extends Fact> List<F> facts(MessageType<F> type, UUID requestId) {
        return facts.stream()
                .filter(fact ->
                        fact.type().equals(type.name()) && fact.requestId().equals(requestId))
                .map(fact -> MessageJson.read(fact.body(), type.body()))
                .toList();
    }

    /** As a participant answers. */
    public <B> void answer(String participant, MessageType<B> type, B body) throws IOException {
        publish(
                participant,
                Topology.repliesExchange(participant),
                "",
                envelope(type).userId(participant).build(),
                MessageJson.write(body));
    }

    /** Waits for the first one. */
    public <F extends Fact> F fact(MessageType<F> type, UUID requestId) {
        await(type.name()).atMost(SOON).pollInterval(Duration.ofMillis(10)).until(() -> !facts(type, requestId)
                .isEmpty());
        return facts(type, requestId).getFirst();
    }

    /** Declares a queue of somebody who is not there, as its service would. */
    public void declare(String user, String queue, String exchange, String routingKey)
            throws IOException, TimeoutException {
        try (Channel channel = as(user).createChannel()) {
            channel.queueDeclare(queue, true, false, false, Map.of("x-queue-type", "quorum"));
            channel.queueBind(queue, exchange, routingKey);
        }
    }

    /** Waits for the next message in a queue and takes it. */
    public GetResponse take(String queue) {
        var taken = new GetResponse[1];
        await("a message in " + queue)
                .atMost(SOON)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> {
                    taken[0] = admin.basicGet(queue, true);
                    return taken[0] != null;
                });
        return taken[0];
    }

    /** Takes the next message in a queue, if there is one. May be called by several threads. */
    public synchronized Optional<GetResponse> takeIfThere(String queue) throws IOException {
        return Optional.ofNullable(admin.basicGet(queue, true));
    }

    /** Why the next message in the parking lot of this queue is there. */
    public String parkedReason(String queue) {
        return take(Topology.parkingLot(queue))
                .getProps()
                .getHeaders()
                .get(Topology.PARKED_REASON_HEADER)
                .toString();
    }

    /** How many wait there. */
    public long messages(String queue) throws IOException {
        return admin.messageCount(queue);
    }

    public long parked(String queue) throws IOException {
        return admin.messageCount(Topology.parkingLot(queue));
    }

    /** What message-scheduler was told about a request, in that order. */
    public List<Note> notes(UUID requestId) {
        return notes.stream().filter(note -> note.requestId().equals(requestId)).toList();
    }

    /** As message-scheduler brings a note back: in the name of who gave it. */
    public void bringBackCheckOf(UUID requestId) throws IOException {
        publish(
                "message-scheduler",
                "",
                Topology.CHECKS_QUEUE,
                envelope(Messages.REQUEST_CHECK).userId("requests-manager").build(),
                MessageJson.write(new CheckRequest(requestId)));
    }

    @Override
    public void close() throws IOException {
        for (Connection connection : connections.values()) {
            connection.close();
        }
    }
}
