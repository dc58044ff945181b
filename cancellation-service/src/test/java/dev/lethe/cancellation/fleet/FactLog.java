package dev.lethe.cancellation.fleet;

import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import dev.lethe.messages.MessageJson;
import dev.lethe.messages.MessageType;
import dev.lethe.messages.Topology;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;

/** Listens to everything the fleet tells. */
public final class FactLog implements AutoCloseable {

    /** A fact as it came. */
    public record Told(String type, UUID requestId, String routingKey, AMQP.BasicProperties properties, byte[] body) {}

    private final AmqpUser user;
    private final List<Told> all = new CopyOnWriteArrayList<>();

    FactLog() throws Exception {
        user = AmqpUser.named("frontend");
        Channel channel = user.channel();
        String queue = channel.queueDeclare("frontend.facts-" + UUID.randomUUID(), false, true, true, null)
                .getQueue();
        channel.queueBind(queue, Topology.EVENTS_EXCHANGE, "#");
        user.consume(
                queue,
                delivery -> all.add(new Told(
                        delivery.getProperties().getType(),
                        MessageJson.requestId(delivery.getBody()).orElseThrow(),
                        delivery.getEnvelope().getRoutingKey(),
                        delivery.getProperties(),
                        delivery.getBody())));
    }

    public List<Told> all() {
        return List.copyOf(all);
    }

    public List<Told> of(UUID requestId) {
        return all.stream().filter(fact -> fact.requestId().equals(requestId)).toList();
    }

    public List<String> typesOf(UUID requestId) {
        return of(requestId).stream().map(Told::type).toList();
    }

    public long count(MessageType<?> type) {
        return all.stream().filter(fact -> fact.type().equals(type.name())).count();
    }

    /** Waits for a fact about a request. */
    public <F> F fact(UUID requestId, MessageType<F> type) {
        return MessageJson.read(
                await().until(
                                () -> of(requestId).stream()
                                        .filter(fact -> fact.type().equals(type.name()))
                                        .findFirst(),
                                Optional::isPresent)
                        .orElseThrow()
                        .body(),
                type.body());
    }

    @Override
    public void close() {
        user.close();
    }
}
