package dev.lethe.cancellation.saga;

import com.rabbitmq.client.AMQP;
import dev.lethe.cancellation.erasure.Effect;
import dev.lethe.cancellation.erasure.Effect.Ask;
import dev.lethe.cancellation.erasure.Effect.Tell;
import dev.lethe.messages.MessageJson;
import dev.lethe.messages.Messages;
import dev.lethe.messages.Topology;
import dev.lethe.messages.participant.EraseSubject;
import dev.lethe.messages.request.Fact;
import dev.lethe.messages.scheduling.ScheduleHeaders;
import dev.lethe.outbox.Outbox;
import dev.lethe.outbox.ScheduledMessage;
import java.time.Duration;
import java.util.HashMap;
import org.springframework.stereotype.Component;

/** Turns what was decided into messages, which leave when the transaction has committed. */
@Component
class Messenger {

    private final Outbox outbox;

    Messenger(Outbox outbox) {
        this.outbox = outbox;
    }

    void send(Effect effect) {
        switch (effect) {
            case Tell<?> tell -> tell(tell);
            case Ask(var participant, var question, var delay)
            when delay.isZero() ->
                outbox.send(
                        Topology.PARTICIPANTS_EXCHANGE,
                        participant,
                        Messages.PARTICIPANT_ERASE,
                        question,
                        question.requestId());
            case Ask(var participant, var question, var delay) -> askLater(participant, question, delay);
        }
    }

    private <F extends Fact> void tell(Tell<F> tell) {
        outbox.send(
                Topology.EVENTS_EXCHANGE,
                tell.type().name(),
                tell.type(),
                tell.fact(),
                tell.fact().requestId());
    }

    /**
     * The question as the participant will get it, with the headers that message-scheduler strips. One key for all attempts of a
     * task: a failure that is told twice replaces what is pending and does not double it. No {@code x-subject}, because what is
     * pending about a person is deleted when that person is erased, and this is part of it.
     */
    private void askLater(String participant, EraseSubject question, Duration delay) {
        AMQP.BasicProperties envelope = outbox.envelope(Messages.PARTICIPANT_ERASE, question.requestId())
                .build();
        var headers = new HashMap<>(envelope.getHeaders());
        headers.put(ScheduleHeaders.DELAY, delay.toMillis());
        headers.put(ScheduleHeaders.EXCHANGE, Topology.PARTICIPANTS_EXCHANGE);
        headers.put(ScheduleHeaders.ROUTING_KEY, participant);
        headers.put(ScheduleHeaders.KEY, "erase:" + question.taskId());
        outbox.send(ScheduledMessage.now(
                Topology.SCHEDULER_EXCHANGE,
                ScheduleHeaders.SCHEDULE,
                envelope.builder().headers(headers).build(),
                MessageJson.write(question)));
    }
}
