package dev.lethe.scheduler.participant;

import dev.lethe.messages.Messages;
import dev.lethe.messages.Topology;
import dev.lethe.messages.participant.EraseSubject;
import dev.lethe.messages.participant.ErasureOutcome;
import dev.lethe.messages.participant.ExportOutcome;
import dev.lethe.messages.participant.ExportSubject;
import dev.lethe.messages.participant.SubjectErased;
import dev.lethe.messages.participant.SubjectExported;
import dev.lethe.outbox.AboutPerson;
import dev.lethe.outbox.Consumers;
import dev.lethe.outbox.Delivery;
import dev.lethe.outbox.Inbox;
import dev.lethe.outbox.MessageHandlers;
import dev.lethe.outbox.Outbox;
import dev.lethe.outbox.Queues;
import dev.lethe.outbox.Schedule;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.rabbit.listener.MessageListenerContainer;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.PlatformTransactionManager;

/**
 * Answers {@code participant.erase} with the number of messages that were pending when the plan lists the scheduler, and
 * {@code participant.export} with what they are when a source of the access reports does.
 */
@Configuration(proxyBeanMethods = false)
class ParticipantTasks {

    private static final Logger log = LoggerFactory.getLogger(ParticipantTasks.class);

    private static final String ERASURES_FROM = "cancellation-service";
    private static final String EXPORTS_FROM = "requests-manager";

    private final Schedule schedule;
    private final Outbox outbox;
    private final String self;

    ParticipantTasks(Schedule schedule, Outbox outbox, @Value("${spring.application.name}") String self) {
        this.schedule = schedule;
        this.outbox = outbox;
        this.self = self;
    }

    /** Those who ask declare the same, from their plan and their sources; whoever is first. */
    @Bean
    Queue tasksQueue() {
        return Queues.named(Topology.participantQueue(self));
    }

    @Bean
    Declarables tasksParkingLot() {
        return Queues.parkingLotOf(Topology.participantQueue(self));
    }

    @Bean
    MessageListenerContainer tasksContainer(Consumers consumers, Inbox inbox, PlatformTransactionManager transactions) {
        String queue = Topology.participantQueue(self);
        return consumers.reading(
                queue,
                1,
                new MessageHandlers(queue, inbox, transactions)
                        .on(Messages.PARTICIPANT_ERASE, ERASURES_FROM, this::forget)
                        .on(Messages.PARTICIPANT_EXPORT, EXPORTS_FROM, this::tell));
    }

    private void forget(EraseSubject task, Delivery delivery) {
        int count = schedule.forget(task.subject().id(), null);
        logDone("subject-forgotten", task.requestId(), count);
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

    private void tell(ExportSubject task, Delivery delivery) {
        AboutPerson pending = schedule.about(task.subject().id(), PendingDocument.MOST);
        logDone("subject-exported", task.requestId(), pending.count());
        outbox.send(
                Topology.repliesExchange(self),
                "",
                Messages.PARTICIPANT_EXPORTED,
                pending.count() > 0
                        ? new SubjectExported(
                                task.taskId(), ExportOutcome.EXPORTED, List.of(PendingDocument.of(pending)))
                        : new SubjectExported(task.taskId(), ExportOutcome.NOTHING_FOUND, List.of()),
                task.requestId());
    }

    private static void logDone(String action, UUID requestId, int count) {
        log.atInfo()
                .addKeyValue("event.action", action)
                .addKeyValue("lethe.request.id", requestId)
                .addKeyValue("lethe.messages", count)
                .log("{}: {} messages are about this person", action, count);
    }
}
