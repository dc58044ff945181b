package dev.lethe.outbox;

import dev.lethe.messages.Topology;
import org.springframework.amqp.core.BindingBuilder;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.core.DirectExchange;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.core.QueueBuilder;

/** Queues as the contract has them: replicated, dead-lettered at least once, each with its parking lot. */
public final class Queues {

    private Queues() {}

    /** The queue itself, to be bound by the caller. What may want tuning, such as the delivery limit, is a policy's. */
    public static Queue named(String name) {
        return builder(name).build();
    }

    /** One that has a single consumer at a time, of whichever instance: what is put in in an order is handled in it. */
    public static Queue inOrder(String name) {
        return builder(name).singleActiveConsumer().build();
    }

    private static QueueBuilder builder(String name) {
        return QueueBuilder.durable(name)
                .quorum()
                .deadLetterExchange(Topology.PARKING_EXCHANGE)
                .deadLetterRoutingKey(name)
                .withArgument("x-dead-letter-strategy", "at-least-once")
                .withArgument("x-overflow", "reject-publish");
    }

    /** A queue's parking lot, and the exchange that leads there. */
    public static Declarables parkingLotOf(String name) {
        var exchange = new DirectExchange(Topology.PARKING_EXCHANGE);
        Queue parked = QueueBuilder.durable(Topology.parkingLot(name)).quorum().build();
        return new Declarables(
                exchange, parked, BindingBuilder.bind(parked).to(exchange).with(name));
    }
}
