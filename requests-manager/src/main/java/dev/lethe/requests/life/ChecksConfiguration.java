package dev.lethe.requests.life;

import static dev.lethe.messages.Topology.CHECKS_QUEUE;

import dev.lethe.messages.Messages;
import dev.lethe.outbox.Consumers;
import dev.lethe.outbox.Inbox;
import dev.lethe.outbox.MessageHandlers;
import dev.lethe.outbox.Queues;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.rabbit.listener.MessageListenerContainer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.PlatformTransactionManager;

/** The queue to which message-scheduler brings back our notes to ourselves. */
@Configuration(proxyBeanMethods = false)
class ChecksConfiguration {

    private static final int THREADS = 1;
    private static final String OURSELVES = "requests-manager";

    @Bean
    Declarables checksTopology() {
        return new Declarables(Queues.named(CHECKS_QUEUE));
    }

    @Bean
    Declarables checksParkingLot() {
        return Queues.parkingLotOf(CHECKS_QUEUE);
    }

    @Bean
    MessageListenerContainer checksContainer(
            Consumers consumers, RequestLife life, Inbox inbox, PlatformTransactionManager transactions) {
        var handlers = new MessageHandlers(CHECKS_QUEUE, inbox, transactions)
                .on(Messages.REQUEST_CHECK, OURSELVES, (check, delivery) -> life.check(check.requestId()));
        return consumers.reading(CHECKS_QUEUE, THREADS, handlers);
    }
}
