package dev.lethe.requests.erasure;

import static dev.lethe.messages.Messages.ERASURE_DATA_ERASED;
import static dev.lethe.messages.Messages.ERASURE_PARTICIPANT_DONE;
import static dev.lethe.messages.Messages.ERASURE_STARTED;
import static dev.lethe.messages.Messages.NOTIFICATION_SENT;
import static dev.lethe.messages.Messages.REQUEST_COMPLETED;
import static dev.lethe.messages.Topology.COMMANDS_EXCHANGE;
import static dev.lethe.messages.Topology.EVENTS_EXCHANGE;
import static dev.lethe.messages.Topology.EVENTS_QUEUE;

import dev.lethe.outbox.Consumers;
import dev.lethe.outbox.Inbox;
import dev.lethe.outbox.MessageHandlers;
import dev.lethe.outbox.Queues;
import dev.lethe.requests.life.RequestLife;
import java.util.stream.Stream;
import org.springframework.amqp.core.BindingBuilder;
import org.springframework.amqp.core.Declarable;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.core.DirectExchange;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.core.TopicExchange;
import org.springframework.amqp.rabbit.listener.MessageListenerContainer;
import org.springframework.boot.amqp.autoconfigure.RabbitConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.PlatformTransactionManager;

/** The exchange {@code privacy.commands}, to hand erasures over; and our queue on the facts that come back. */
@Configuration(proxyBeanMethods = false)
class ErasureConfiguration {

    private static final String CANCELLATION_SERVICE = "cancellation-service";
    private static final int THREADS = 4;

    /** The exchange to cancellation-service is declared here too: a request must not wait for that service ever having run. */
    @Bean
    Declarables erasureTopology() {
        var events = new TopicExchange(EVENTS_EXCHANGE);
        Queue queue = Queues.named(EVENTS_QUEUE);
        Stream<Declarable> bindings = Stream.of(
                        ERASURE_STARTED,
                        ERASURE_PARTICIPANT_DONE,
                        ERASURE_DATA_ERASED,
                        REQUEST_COMPLETED,
                        NOTIFICATION_SENT)
                .map(type -> BindingBuilder.bind(queue).to(events).with(type.name()));
        return new Declarables(Stream.concat(Stream.of(new DirectExchange(COMMANDS_EXCHANGE), events, queue), bindings)
                .toList());
    }

    @Bean
    Declarables erasureParkingLot() {
        return Queues.parkingLotOf(EVENTS_QUEUE);
    }

    @Bean
    MessageListenerContainer erasureContainer(
            Consumers consumers,
            ErasureFollowing erasures,
            RequestLife life,
            Inbox inbox,
            PlatformTransactionManager transactions,
            RabbitConnectionDetails broker) {
        var handlers = new MessageHandlers(EVENTS_QUEUE, inbox, transactions)
                // The facts about access requests are our own
                .ignoring(delivery ->
                        delivery.sender() != null && delivery.sender().equals(broker.getUsername()))
                .on(ERASURE_STARTED, CANCELLATION_SERVICE, (fact, delivery) -> erasures.note(fact))
                .on(ERASURE_PARTICIPANT_DONE, CANCELLATION_SERVICE, (fact, delivery) -> erasures.note(fact))
                .on(ERASURE_DATA_ERASED, CANCELLATION_SERVICE, (fact, delivery) -> erasures.note(fact))
                .on(REQUEST_COMPLETED, CANCELLATION_SERVICE, (fact, delivery) -> erasures.complete(fact))
                // Whoever the broker lets say it: the topic permission is the mail service's
                .on(NOTIFICATION_SENT, (fact, delivery) -> life.acknowledged(fact.requestId()));
        return consumers.reading(EVENTS_QUEUE, THREADS, handlers);
    }
}
