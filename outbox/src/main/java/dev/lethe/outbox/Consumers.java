package dev.lethe.outbox;

import org.springframework.amqp.core.AcknowledgeMode;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.listener.MessageListenerContainer;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;

/** Makes the containers that read queues. Register each as a bean, so that it starts and stops with the application. */
public final class Consumers {

    /** Small, because what one instance holds no other can take. */
    private static final int PREFETCH = 20;

    private static final long RECONNECT_MILLIS = 1_000;

    private final ConnectionFactory connections;
    private final ParkingLot parkingLot;
    private final Inbox inbox;

    Consumers(ConnectionFactory connections, ParkingLot parkingLot, Inbox inbox) {
        this.connections = connections;
        this.parkingLot = parkingLot;
        this.inbox = inbox;
    }

    /**
     * Reads {@code queue} with {@code threads} consumers. A message is acknowledged when it was handled or parked; outages of the
     * database are waited out, other failures tried again a few times, counted in the database, and then parked.
     */
    public MessageListenerContainer reading(String queue, int threads, DeliveryHandler handler) {
        var container = new SimpleMessageListenerContainer(connections);
        container.setQueueNames(queue);
        container.setConcurrentConsumers(threads);
        container.setPrefetchCount(PREFETCH);
        container.setAcknowledgeMode(AcknowledgeMode.MANUAL);
        container.setMessagePropertiesConverter(RawProperties.CONVERTER);
        container.setMissingQueuesFatal(false);
        container.setRecoveryInterval(RECONNECT_MILLIS);
        container.setMessageListener(new ReliableListener(queue, handler, inbox, parkingLot, container::isActive));
        return container;
    }
}
