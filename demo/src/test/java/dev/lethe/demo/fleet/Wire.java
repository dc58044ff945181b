package dev.lethe.demo.fleet;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Delivery;
import dev.lethe.messages.MessageJson;
import dev.lethe.messages.MessageType;
import dev.lethe.messages.Messages;
import dev.lethe.messages.Topology;
import dev.lethe.messages.request.Fact;
import dev.lethe.servers.RabbitServer;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Hears every fact that the fleet publishes, and each of its copies, in a queue that survives the broker. */
final class Wire implements AutoCloseable {

    private static final String QUEUE = CarefulFrontend.USER + ".wire";

    /** @param again whether the broker says that it may have delivered this very copy before */
    private record Heard(MessageType<?> type, String messageId, Fact fact, boolean again) {}

    private final Map<UUID, Queue<Heard>> heard = new ConcurrentHashMap<>();
    private final CountDownLatch listening = new CountDownLatch(1);
    private final Tireless listener;

    Wire(RabbitServer broker) {
        listener = new Tireless(broker, CarefulFrontend.USER, "facts", this::listen);
    }

    boolean awaitListening() throws InterruptedException {
        return listening.await(30, TimeUnit.SECONDS);
    }

    private void listen(Channel channel) throws IOException, InterruptedException {
        channel.queueDeclare(QUEUE, true, false, false, Map.of("x-queue-type", "quorum"));
        channel.queueBind(QUEUE, Topology.EVENTS_EXCHANGE, "#");
        listening.countDown();
        var arrivals = Arrivals.from(channel, QUEUE);
        while (true) {
            Delivery delivery = arrivals.next();
            hear(delivery);
            channel.basicAck(delivery.getEnvelope().getDeliveryTag(), false);
        }
    }

    private void hear(Delivery delivery) {
        MessageType<?> type = Messages.all().stream()
                .filter(known -> known.name().equals(delivery.getProperties().getType()))
                .findAny()
                .orElseThrow();
        var fact = (Fact) MessageJson.read(delivery.getBody(), type.body());
        heard.computeIfAbsent(fact.requestId(), request -> new ConcurrentLinkedQueue<>())
                .add(new Heard(
                        type,
                        delivery.getProperties().getMessageId(),
                        fact,
                        delivery.getEnvelope().isRedeliver()));
    }

    private Stream<Heard> about(UUID request, MessageType<?> type) {
        return heard.getOrDefault(request, new ConcurrentLinkedQueue<>()).stream()
                .filter(each -> each.type().equals(type));
    }

    long completedOf(Collection<UUID> requests) {
        return requests.stream()
                .filter(request ->
                        about(request, Messages.REQUEST_COMPLETED).findAny().isPresent())
                .count();
    }

    /** The facts of this type about a request; copies of one message are one. */
    <F extends Fact> List<F> facts(UUID request, MessageType<F> type) {
        return about(request, type)
                .collect(Collectors.toMap(Heard::messageId, each -> type.body().cast(each.fact()), (one, copy) -> one))
                .values()
                .stream()
                .toList();
    }

    /** How many copies of messages were published beyond the first; what only our own lost acknowledgement repeats is none. */
    long copies(Collection<UUID> requests) {
        return requests.stream()
                .flatMap(request -> heard.getOrDefault(request, new ConcurrentLinkedQueue<>()).stream())
                .filter(each -> !each.again())
                .collect(Collectors.groupingBy(Heard::messageId, Collectors.counting()))
                .values()
                .stream()
                .mapToLong(times -> times - 1)
                .sum();
    }

    /** All requests ever heard of. */
    Set<UUID> requests() {
        return Set.copyOf(heard.keySet());
    }

    @Override
    public void close() throws InterruptedException {
        listener.close();
    }
}
