package dev.lethe.cancellation.participant;

import dev.lethe.cancellation.plan.Plan;
import dev.lethe.messages.Topology;
import dev.lethe.outbox.Queues;
import java.util.ArrayList;
import java.util.List;
import org.springframework.amqp.core.BindingBuilder;
import org.springframework.amqp.core.Declarable;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.core.DirectExchange;
import org.springframework.amqp.core.FanoutExchange;
import org.springframework.amqp.core.Queue;
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
        var participants = new DirectExchange(Topology.PARTICIPANTS_EXCHANGE);
        Queue replies = Queues.named(Topology.REPLIES_QUEUE);
        List<Declarable> all = new ArrayList<>(List.of(participants, replies));
        plan.participants().forEach(participant -> {
            String name = participant.name();
            Queue queue = Queues.named(Topology.participantQueue(name));
            var answers = new FanoutExchange(Topology.repliesExchange(name));
            all.addAll(List.of(
                    queue,
                    BindingBuilder.bind(queue).to(participants).with(name),
                    answers,
                    BindingBuilder.bind(replies).to(answers)));
        });
        return new Declarables(all);
    }

    @Bean
    Declarables participantsParkingLots(Plan plan) {
        List<Declarable> all =
                new ArrayList<>(Queues.parkingLotOf(Topology.REPLIES_QUEUE).getDeclarables());
        plan.participants()
                .forEach(participant -> all.addAll(Queues.parkingLotOf(Topology.participantQueue(participant.name()))
                        .getDeclarables()));
        return new Declarables(all);
    }
}
