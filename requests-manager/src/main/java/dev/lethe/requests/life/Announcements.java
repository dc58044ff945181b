package dev.lethe.requests.life;

import static dev.lethe.messages.Topology.CHECKS_QUEUE;
import static dev.lethe.messages.Topology.COMMANDS_EXCHANGE;
import static dev.lethe.messages.Topology.EVENTS_EXCHANGE;
import static dev.lethe.messages.Topology.SCHEDULER_EXCHANGE;

import com.rabbitmq.client.AMQP;
import dev.lethe.messages.MessageJson;
import dev.lethe.messages.MessageType;
import dev.lethe.messages.Messages;
import dev.lethe.messages.erasure.StartErasure;
import dev.lethe.messages.request.CheckRequest;
import dev.lethe.messages.request.Fact;
import dev.lethe.messages.scheduling.ScheduleHeaders;
import dev.lethe.outbox.Outbox;
import dev.lethe.outbox.ScheduledMessage;
import dev.lethe.requests.request.jdbc.StoredRequest;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** What a request's life has others told; all of it leaves with the transaction. */
@Component
public class Announcements {

    private final Outbox outbox;

    Announcements(Outbox outbox) {
        this.outbox = outbox;
    }

    public <F extends Fact> void tell(MessageType<F> type, F fact) {
        outbox.send(EVENTS_EXCHANGE, type.name(), type, fact, fact.requestId());
    }

    /** Hands an erasure to cancellation-service. */
    void startErasure(StartErasure start) {
        outbox.send(COMMANDS_EXCHANGE, Messages.ERASURE_START.name(), Messages.ERASURE_START, start, start.requestId());
    }

    /**
     * Has message-scheduler bring back a note to look at the request then. There is one for each request: a later one replaces it. It
     * says nothing of what is due, since that is for the row to say when it comes.
     */
    void checkAt(UUID requestId, Instant then) {
        scheduler(
                ScheduleHeaders.SCHEDULE,
                requestId,
                Map.of(
                        ScheduleHeaders.DELIVER_AT,
                        then.toString(),
                        ScheduleHeaders.EXCHANGE,
                        "",
                        ScheduleHeaders.ROUTING_KEY,
                        CHECKS_QUEUE));
    }

    /** For a request that has ended. One that is under way already finds nothing to do. */
    void noMoreChecks(StoredRequest request) {
        scheduler(ScheduleHeaders.CANCEL, request.id(), Map.of());
    }

    private void scheduler(String command, UUID requestId, Map<String, Object> more) {
        AMQP.BasicProperties envelope =
                outbox.envelope(Messages.REQUEST_CHECK, requestId).build();
        var headers = new HashMap<>(envelope.getHeaders());
        headers.put(ScheduleHeaders.KEY, "check:" + requestId);
        headers.putAll(more);
        outbox.send(ScheduledMessage.now(
                SCHEDULER_EXCHANGE,
                command,
                envelope.builder().headers(headers).build(),
                MessageJson.write(new CheckRequest(requestId))));
    }
}
