package dev.lethe.requests.access.export;

import static dev.lethe.messages.Topology.EXPORTS_QUEUE;

import dev.lethe.messages.Messages;
import dev.lethe.outbox.Consumers;
import dev.lethe.outbox.Inbox;
import dev.lethe.outbox.MessageHandlers;
import dev.lethe.outbox.ParticipantQueues;
import dev.lethe.requests.access.BackOff;
import dev.lethe.requests.access.source.amqp.ExportSource;
import dev.lethe.requests.access.source.file.Sources;
import dev.lethe.requests.life.WorkSignal;
import dev.lethe.requests.request.jdbc.Requests;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.rabbit.listener.MessageListenerContainer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.PlatformTransactionManager;

/** The queues of the participants that are asked for exports, and ours on which they answer. */
@Configuration(proxyBeanMethods = false)
class ExportsConfiguration {

    private static final int THREADS = 2;

    @Bean
    Declarables exportsTopology(Sources sources) {
        Set<String> participants = new TreeSet<>();
        sources.all().forEach(source -> {
            if (source instanceof ExportSource export) {
                participants.add(export.participant());
            }
        });
        return ParticipantQueues.of(participants, EXPORTS_QUEUE);
    }

    @Bean
    MessageListenerContainer exportsContainer(
            Consumers consumers,
            Exports exports,
            Requests requests,
            WorkSignal work,
            BackOff backOff,
            Inbox inbox,
            PlatformTransactionManager transactions) {
        var handlers = new MessageHandlers(EXPORTS_QUEUE, inbox, transactions)
                // The exchange of a participant brings its answers to erasures too
                .ignoring(delivery -> Messages.PARTICIPANT_ERASED
                        .name()
                        .equals(delivery.properties().getType()))
                .on(Messages.PARTICIPANT_EXPORTED, (answer, delivery) -> exports.answer(answer, delivery.sender())
                        .ifPresent(next -> {
                            Duration pause = next.failed() == 0 ? Duration.ZERO : backOff.after(next.failed());
                            if (requests.wake(next.requestId(), pause)) {
                                requests.note(next.requestId(), "all participants have answered", "participants");
                                work.afterCommit();
                            }
                        }));
        return consumers.reading(EXPORTS_QUEUE, THREADS, handlers);
    }
}
