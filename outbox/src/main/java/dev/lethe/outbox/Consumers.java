package dev.lethe.outbox;

import org.springframework.amqp.core.AcknowledgeMode;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.listener.MessageListenerContainer;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;

/** Makes the containers that read queues. Register each as a bean, so that it starts and stops with the application. */
public final class Consumers {

    /** Small, because what one instance holds no other can take. */
    private static final int PREFETCH = 20;

    /** Twice a batch, so that the next one is here when one is done; and no more than fit the heap when all are large. */
    private static final int BATCH = 100;

    /** So long a batch waits for the next message, and so long in all. A single message pays the first. */
    private static final long BATCH_PAUSE_MILLIS = 5;

    private static final long BATCH_WAIT_MILLIS = 20;

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
        SimpleMessageListenerContainer container = container(queue);
        container.setConcurrentConsumers(threads);
        container.setPrefetchCount(PREFETCH);
        container.setMessageListener(new ReliableListener(queue, handler, inbox, parkingLot, container::isActive));
        return container;
    }

    /** Reads {@code queue} with one consumer, many messages at a time; what is done about single ones that fail is the same. */
    public MessageListenerContainer readingBatches(String queue, BatchHandler handler) {
        SimpleMessageListenerContainer container = container(queue);
        container.setPrefetchCount(2 * BATCH);
        container.setConsumerBatchEnabled(true);
        container.setBatchSize(BATCH);
        container.setReceiveTimeout(BATCH_PAUSE_MILLIS);
        container.setBatchReceiveTimeout(BATCH_WAIT_MILLIS);
        var oneByOne = new ReliableListener(
                queue, ReliableBatchListener.single(handler), inbox, parkingLot, container::isActive);
        container.setMessageListener(new ReliableBatchListener(handler, oneByOne));
        return container;
    }

    private SimpleMessageListenerContainer container(String queue) {
        var container = new SimpleMessageListenerContainer(connections);
        container.setQueueNames(queue);
        container.setAcknowledgeMode(AcknowledgeMode.MANUAL);
        container.setMessagePropertiesConverter(RawProperties.CONVERTER);
        container.setMissingQueuesFatal(false);
        container.setRecoveryInterval(RECONNECT_MILLIS);
        return container;
    }
}
