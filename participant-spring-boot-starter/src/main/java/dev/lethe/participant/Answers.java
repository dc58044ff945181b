package dev.lethe.participant;

import com.rabbitmq.client.AMQP;
import dev.lethe.messages.Messages;
import dev.lethe.messages.Topology;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.Map;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;

/** Sends answers to the participant's exchange. */
final class Answers {

    private static final int PERSISTENT = 2;

    private final ConfirmedPublisher publisher;
    private final String participant;

    Answers(ConnectionFactory connections, String participant, Duration confirmTimeout) {
        this.publisher = new ConfirmedPublisher(connections, "cancellation-service", confirmTimeout);
        this.participant = participant;
    }

    /**
     * Returns when the broker has the answer for good.
     *
     * @throws IOException if it may not have it; to be sent again then, a second one changes nothing
     */
    void send(Answer answer) throws IOException, InterruptedException {
        publisher.publish(
                Topology.repliesExchange(participant), answer.type().name(), propertiesOf(answer), answer.body());
    }

    private AMQP.BasicProperties propertiesOf(Answer answer) {
        Map<String, Object> headers = new HashMap<>();
        headers.put(Topology.SCHEMA_VERSION_HEADER, Messages.SCHEMA_VERSION);
        if (answer.traceparent() != null) {
            headers.put(Topology.TRACEPARENT_HEADER, answer.traceparent());
        }
        return new AMQP.BasicProperties.Builder()
                .contentType("application/json")
                .type(answer.type().name())
                .messageId(answer.messageId().toString())
                .correlationId(answer.requestId().toString())
                .timestamp(Date.from(Instant.now()))
                .appId(participant)
                .userId(publisher.user())
                .deliveryMode(PERSISTENT)
                .headers(headers)
                .build();
    }

    void close() {
        publisher.close();
    }
}
