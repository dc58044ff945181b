package dev.lethe.cancellation.saga;

import dev.lethe.messages.Messages;
import dev.lethe.messages.Topology;
import dev.lethe.outbox.Consumers;
import dev.lethe.outbox.Inbox;
import dev.lethe.outbox.MessageHandlers;
import dev.lethe.outbox.Queues;
import org.springframework.amqp.core.BindingBuilder;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.core.DirectExchange;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.core.TopicExchange;
import org.springframework.amqp.rabbit.listener.MessageListenerContainer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.PlatformTransactionManager;

/** Where orders come in, and where facts go out. */
@Configuration(proxyBeanMethods = false)
class CommandsConfiguration {

    /** Nobody else may order an erasure. */
    private static final String ORDERS_COME_FROM = "requests-manager";

    private static final int THREADS = 2;

    @Bean
    Declarables commandsTopology() {
        var exchange = new DirectExchange(Topology.COMMANDS_EXCHANGE);
        Queue queue = Queues.named(Topology.COMMANDS_QUEUE);
        return new Declarables(
                exchange,
                queue,
                BindingBuilder.bind(queue).to(exchange).with(Messages.ERASURE_START.name()),
                BindingBuilder.bind(queue).to(exchange).with(Messages.ERASURE_STOP.name()),
                new TopicExchange(Topology.EVENTS_EXCHANGE));
    }

    @Bean
    Declarables commandsParkingLot() {
        return Queues.parkingLotOf(Topology.COMMANDS_QUEUE);
    }

    @Bean
    MessageListenerContainer commands(
            Consumers consumers, Inbox inbox, PlatformTransactionManager transactions, ErasureSaga saga) {
        return consumers.reading(
                Topology.COMMANDS_QUEUE,
                THREADS,
                new MessageHandlers(Topology.COMMANDS_QUEUE, inbox, transactions)
                        .on(Messages.ERASURE_START, ORDERS_COME_FROM, (order, delivery) -> saga.start(order))
                        .on(Messages.ERASURE_STOP, ORDERS_COME_FROM, (order, delivery) -> saga.stop(order)));
    }
}
