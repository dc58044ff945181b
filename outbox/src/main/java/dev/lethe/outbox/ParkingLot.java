package dev.lethe.outbox;

import com.rabbitmq.client.AMQP;
import dev.lethe.messages.Topology;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;

/** Where messages go that cannot be handled: {@code <queue>.parked}, as they came, with the reason in headers. */
public final class ParkingLot implements DisposableBean {

    private static final Logger log = LoggerFactory.getLogger(ParkingLot.class);
    private static final String SENDER_HEADER = "x-parked-sender";

    private record Parked(String exchange, String routingKey, AMQP.BasicProperties properties, byte[] body)
            implements Publication {
        @Override
        public long dueNanos() {
            return System.nanoTime();
        }
    }

    private final BrokerConnections broker;
    private final String brokerUser;
    private final Duration confirmTimeout;
    private @Nullable Publisher publisher;

    ParkingLot(BrokerConnections broker, String brokerUser, Duration confirmTimeout) {
        this.broker = broker;
        this.brokerUser = brokerUser;
        this.confirmTimeout = confirmTimeout;
    }

    /**
     * Parks a message; returns when the broker has it for good. A crash right after may park it twice, never lose it.
     *
     * @param reason a code, such as {@code not_json}
     * @param detail what was expected and what was found, without personal data
     * @throws IOException if the broker did not take it; the message is still the caller's
     */
    public synchronized void park(Delivery delivery, String reason, String detail)
            throws IOException, InterruptedException {
        Outcome outcome = publish(delivery, parkedProperties(delivery, reason, detail));
        if (outcome.equals(Outcome.UNPUBLISHABLE)) {
            outcome = publish(delivery, bareProperties(delivery, reason, detail));
        }
        if (!(outcome instanceof Outcome.Confirmed)) {
            destroy();
            throw new IOException("could not park a message of queue '%s': %s".formatted(delivery.queue(), outcome));
        }
        log.atWarn()
                .addKeyValue("event.action", "message-parked")
                .addKeyValue("event.reason", reason)
                .addKeyValue("lethe.queue", delivery.queue())
                .addKeyValue("lethe.message.id", delivery.messageId().orElse(null))
                .log("parked a message of queue {}: {}, {}", delivery.queue(), reason, detail);
    }

    private Outcome publish(Delivery delivery, AMQP.BasicProperties properties)
            throws IOException, InterruptedException {
        var parked = new Parked(Topology.PARKING_EXCHANGE, delivery.queue(), properties, delivery.body());
        try {
            return publisher().publish(List.of(parked), Lease.NONE).getFirst();
        } catch (StackOverflowError tooDeep) {
            // Headers nested so deep that the client library, which is recursive, can read but not write them
            destroy();
            return Outcome.UNPUBLISHABLE;
        }
    }

    private AMQP.BasicProperties parkedProperties(Delivery delivery, String reason, String detail) {
        Map<String, Object> original = delivery.properties().getHeaders();
        Map<String, Object> headers = original == null ? new HashMap<>() : new HashMap<>(original);
        // Only the broker may say where a message died, and copies are not for senders to order
        List.of("x-death", "CC", "BCC").forEach(headers::remove);
        addReason(headers, delivery, reason, detail);
        return delivery.properties()
                .builder()
                .headers(headers)
                .userId(brokerUser)
                .deliveryMode(2)
                .expiration(null)
                .build();
    }

    /** Properties can come in that fill their frame, or that are no UTF-8: such cannot go out again with a reason added. */
    private AMQP.BasicProperties bareProperties(Delivery delivery, String reason, String detail) {
        Map<String, Object> headers = new HashMap<>();
        addReason(headers, delivery, reason, detail + "; its own properties could not be kept");
        return new AMQP.BasicProperties.Builder()
                .messageId(delivery.messageId().map(UUID::toString).orElse(null))
                .headers(headers)
                .userId(brokerUser)
                .deliveryMode(2)
                .build();
    }

    private static void addReason(Map<String, Object> headers, Delivery delivery, String reason, String detail) {
        headers.put(Topology.PARKED_REASON_HEADER, reason);
        headers.put(Topology.PARKED_DETAIL_HEADER, detail);
        if (delivery.sender() != null) {
            headers.put(SENDER_HEADER, delivery.sender());
        }
    }

    private Publisher publisher() throws IOException {
        Publisher open = publisher;
        if (open == null || !open.isOpen()) {
            open = new Publisher(broker.open("parking"), confirmTimeout);
            publisher = open;
        }
        return open;
    }

    @Override
    public synchronized void destroy() {
        if (publisher != null) {
            publisher.close();
            publisher = null;
        }
    }
}
