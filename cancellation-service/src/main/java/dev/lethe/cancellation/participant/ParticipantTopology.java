package dev.lethe.cancellation.participant;

import dev.lethe.cancellation.plan.Participant;
import dev.lethe.cancellation.plan.Plan;
import dev.lethe.messages.Topology;
import dev.lethe.outbox.ParticipantQueues;
import org.springframework.amqp.core.Declarables;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * The queues and exchanges of all participants. They exist from when the plan names one, so that nothing is lost while the
 * participant is down or not yet written; and they stay when it leaves the plan, because running erasures still ask it.
 */
@Configuration(proxyBeanMethods = false)
class ParticipantTopology {

    @Bean
    Declarables participantsTopology(Plan plan) {
        return ParticipantQueues.of(
                plan.participants().stream().map(Participant::name).toList(), Topology.REPLIES_QUEUE);
    }
}
