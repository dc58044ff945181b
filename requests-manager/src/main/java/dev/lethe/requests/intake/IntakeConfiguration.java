package dev.lethe.requests.intake;

import static dev.lethe.messages.Topology.EVENTS_EXCHANGE;
import static dev.lethe.messages.Topology.REQUESTS_EXCHANGE;
import static dev.lethe.messages.Topology.REQUESTS_QUEUE;

import dev.lethe.messages.Messages;
import dev.lethe.messages.request.RequestKind;
import dev.lethe.outbox.Consumers;
import dev.lethe.outbox.Inbox;
import dev.lethe.outbox.MessageHandlers;
import dev.lethe.outbox.Queues;
import org.springframework.amqp.core.BindingBuilder;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.core.TopicExchange;
import org.springframework.amqp.rabbit.listener.MessageListenerContainer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.PlatformTransactionManager;

/** The exchange {@code privacy.requests} and what reads it. */
@Configuration(proxyBeanMethods = false)
class IntakeConfiguration {

    @Bean
    Declarables intakeTopology() {
        var exchange = new TopicExchange(REQUESTS_EXCHANGE);
        Queue queue = Queues.named(REQUESTS_QUEUE);
        return new Declarables(
                exchange,
                new TopicExchange(EVENTS_EXCHANGE),
                queue,
                BindingBuilder.bind(queue).to(exchange).with("#"));
    }

    @Bean
    Declarables intakeParkingLot() {
        return Queues.parkingLotOf(REQUESTS_QUEUE);
    }

    @Bean
    MessageListenerContainer intakeContainer(
            Consumers consumers, Intake intake, Inbox inbox, PlatformTransactionManager transactions) {
        var handlers = new MessageHandlers(REQUESTS_QUEUE, inbox, transactions)
                .on(
                        Messages.REQUEST_ACCESS,
                        (request, delivery) -> intake.submit(RequestKind.ACCESS, request, delivery))
                .on(
                        Messages.REQUEST_ERASURE,
                        (request, delivery) -> intake.submit(RequestKind.ERASURE, request, delivery))
                .on(Messages.REQUEST_WITHDRAW, intake::withdraw)
                .whenInvalid(intake::rejectInvalid);
        return consumers.readingBatches(REQUESTS_QUEUE, handlers.together());
    }
}
