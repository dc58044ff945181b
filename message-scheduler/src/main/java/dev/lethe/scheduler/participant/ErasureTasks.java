package dev.lethe.scheduler.participant;

import dev.lethe.messages.Messages;
import dev.lethe.messages.Topology;
import dev.lethe.messages.participant.EraseSubject;
import dev.lethe.messages.participant.ErasureOutcome;
import dev.lethe.messages.participant.SubjectErased;
import dev.lethe.outbox.Consumers;
import dev.lethe.outbox.Delivery;
import dev.lethe.outbox.Inbox;
import dev.lethe.outbox.MessageHandlers;
import dev.lethe.outbox.Outbox;
import dev.lethe.outbox.Queues;
import dev.lethe.outbox.Schedule;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.rabbit.listener.MessageListenerContainer;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.PlatformTransactionManager;

/** Answers {@code participant.erase} when the plan lists the scheduler, with the number of messages that were pending. */
@Configuration(proxyBeanMethods = false)
class ErasureTasks {

    private static final Logger log = LoggerFactory.getLogger(ErasureTasks.class);

    private static final String ASKED_BY = "cancellation-service";

    private final Schedule schedule;
    private final Outbox outbox;
    private final String self;

    ErasureTasks(Schedule schedule, Outbox outbox, @Value("${spring.application.name}") String self) {
        this.schedule = schedule;
        this.outbox = outbox;
        this.self = self;
    }

    /** cancellation-service declares the same from its plan; whoever is first. */
    @Bean
    Queue erasureQueue() {
        return Queues.named(Topology.participantQueue(self));
    }

    @Bean
    Declarables erasureParkingLot() {
        return Queues.parkingLotOf(Topology.participantQueue(self));
    }

    @Bean
    MessageListenerContainer erasureContainer(
            Consumers consumers, Inbox inbox, PlatformTransactionManager transactions) {
        String queue = Topology.participantQueue(self);
        return consumers.reading(
                queue,
                1,
                new MessageHandlers(queue, inbox, transactions).on(Messages.PARTICIPANT_ERASE, ASKED_BY, this::forget));
    }

    private void forget(EraseSubject task, Delivery delivery) {
        int count = schedule.forget(task.subject().id(), null);
        log.atInfo()
                .addKeyValue("event.action", "subject-forgotten")
                .addKeyValue("lethe.request.id", task.requestId())
                .addKeyValue("lethe.messages", count)
                .log("forgot {} messages about a person", count);
        outbox.send(
                Topology.repliesExchange(self),
                "",
                Messages.PARTICIPANT_ERASED,
                new SubjectErased(
                        task.taskId(),
                        count > 0 ? ErasureOutcome.ERASED : ErasureOutcome.NOTHING_FOUND,
                        (long) count,
                        List.of(),
                        null,
                        null),
                task.requestId());
    }
}
