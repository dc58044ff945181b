package dev.lethe.outbox;

import dev.lethe.messages.Topology;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.springframework.amqp.core.BindingBuilder;
import org.springframework.amqp.core.Declarable;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.core.DirectExchange;
import org.springframework.amqp.core.FanoutExchange;
import org.springframework.amqp.core.Queue;

/**
 * What belongs to a participant on the broker. Each service that asks participants declares all of it, so that nothing is lost while
 * the participant, or the other service, is down or was never started; and since it is said here alone, they declare the same.
 */
public final class ParticipantQueues {

    private ParticipantQueues() {}

    /**
     * The queues on which participants are asked and the exchanges on which they answer, parking lots included, and the queue of the
     * caller to which all answers come. Nothing is ever deleted: a participant that is no longer named may still be asked.
     *
     * @param participants by name, each once
     * @param repliesQueue where the caller takes the answers; gets a copy of every answer, whoever asked
     */
    public static Declarables of(Collection<String> participants, String repliesQueue) {
        var asked = new DirectExchange(Topology.PARTICIPANTS_EXCHANGE);
        Queue replies = Queues.named(repliesQueue);
        List<Declarable> all = new ArrayList<>(List.of(asked, replies));
        all.addAll(Queues.parkingLotOf(repliesQueue).getDeclarables());
        for (String participant : participants) {
            Queue queue = Queues.named(Topology.participantQueue(participant));
            var answers = new FanoutExchange(Topology.repliesExchange(participant));
            all.addAll(List.of(
                    queue,
                    BindingBuilder.bind(queue).to(asked).with(participant),
                    answers,
                    BindingBuilder.bind(replies).to(answers)));
            all.addAll(Queues.parkingLotOf(queue.getName()).getDeclarables());
        }
        return new Declarables(all);
    }
}
