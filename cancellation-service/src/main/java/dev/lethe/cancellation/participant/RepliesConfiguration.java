package dev.lethe.cancellation.participant;

import dev.lethe.cancellation.saga.ErasureSaga;
import dev.lethe.messages.Messages;
import dev.lethe.messages.Topology;
import dev.lethe.outbox.Consumers;
import dev.lethe.outbox.Delivery;
import dev.lethe.outbox.DeliveryHandler;
import dev.lethe.outbox.Inbox;
import dev.lethe.outbox.MessageHandlers;
import dev.lethe.outbox.Unacceptable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.rabbit.listener.MessageListenerContainer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.PlatformTransactionManager;

/** Where participants answer. */
@Configuration(proxyBeanMethods = false)
class RepliesConfiguration {

    private static final Logger log = LoggerFactory.getLogger(RepliesConfiguration.class);

    private static final int THREADS = 4;

    @Bean
    MessageListenerContainer replies(
            Consumers consumers, Inbox inbox, PlatformTransactionManager transactions, ErasureSaga saga) {
        var answers = new MessageHandlers(Topology.REPLIES_QUEUE, inbox, transactions)
                .on(Messages.PARTICIPANT_ERASED, (answer, delivery) -> saga.answer(verifiedSender(delivery), answer));
        return consumers.reading(Topology.REPLIES_QUEUE, THREADS, exceptExports(answers));
    }

    /** Exports are for requests-manager, which has a copy of its own: they may be large, and cost nothing here. */
    private static DeliveryHandler exceptExports(DeliveryHandler answers) {
        return delivery -> {
            if (!Messages.PARTICIPANT_EXPORTED
                    .name()
                    .equals(delivery.properties().getType())) {
                answers.handle(delivery);
            }
        };
    }

    /** The broker has verified the user, and lets only that user write to this exchange; here both must say the same. */
    private static String verifiedSender(Delivery delivery) {
        String sender = delivery.sender();
        if (sender == null || !delivery.exchange().equals(Topology.repliesExchange(sender))) {
            log.atWarn()
                    .addKeyValue("event.action", "answer-refused")
                    .addKeyValue("event.outcome", "failure")
                    .addKeyValue("event.reason", "wrong_sender")
                    .addKeyValue("lethe.exchange", delivery.exchange())
                    .log("an answer came through an exchange that is not its sender's");
            throw new Unacceptable(
                    "wrong_sender",
                    "expected the sender's name in user_id, and the answer through the exchange participant.<user_id>.replies");
        }
        return sender;
    }
}
