package dev.lethe.scheduler.intake;

import static dev.lethe.messages.scheduling.ScheduleHeaders.DELAY;
import static dev.lethe.messages.scheduling.ScheduleHeaders.DELIVER_AT;
import static dev.lethe.messages.scheduling.ScheduleHeaders.EXCHANGE;
import static dev.lethe.messages.scheduling.ScheduleHeaders.EXPIRES_AT;
import static dev.lethe.messages.scheduling.ScheduleHeaders.KEY;
import static dev.lethe.messages.scheduling.ScheduleHeaders.ON_CONFLICT;
import static dev.lethe.messages.scheduling.ScheduleHeaders.ROUTING_KEY;
import static dev.lethe.messages.scheduling.ScheduleHeaders.SUBJECT;

import com.rabbitmq.client.AMQP;
import dev.lethe.outbox.Delivery;
import dev.lethe.outbox.ScheduledMessage;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A delivery to the scheduler, read: what is to be sent, where and when.
 *
 * @param keep whether a message that has the key already stays
 */
record ScheduleRequest(ScheduledMessage message, boolean keep) {

    private static final int MAX_BODY_BYTES = 1024 * 1024;

    /** Ours, and those with which a sender could reach more queues than it named or lie about a message's past. */
    private static final List<String> STRIPPED = List.of(
            DELIVER_AT, DELAY, EXCHANGE, ROUTING_KEY, KEY, ON_CONFLICT, SUBJECT, EXPIRES_AT, "CC", "BCC", "x-death");

    static ScheduleRequest read(Delivery delivery, String sender) throws Refusal {
        if (delivery.body().length > MAX_BODY_BYTES) {
            throw new Refusal(
                    "too_large",
                    "expected a body of at most %d bytes, found %d".formatted(MAX_BODY_BYTES, delivery.body().length));
        }
        var headers = new HeaderReader(delivery.properties().getHeaders());
        String exchange = headers.name(EXCHANGE);
        String routingKey = headers.name(ROUTING_KEY);
        if (exchange == null || (exchange.isEmpty() && (routingKey == null || routingKey.isEmpty()))) {
            throw new Refusal(
                    "no_target", "x-exchange must name an exchange, or be empty with a queue in x-routing-key");
        }
        var message = new ScheduledMessage(
                sender,
                headers.text(KEY),
                headers.text(SUBJECT),
                exchange,
                routingKey == null ? "" : routingKey,
                deliverable(delivery.properties()),
                delivery.body(),
                due(headers),
                headers.has(EXPIRES_AT) ? headers.time(EXPIRES_AT) : null);
        return new ScheduleRequest(message, keeps(headers.text(ON_CONFLICT)));
    }

    private static ScheduledMessage.Due due(HeaderReader headers) throws Refusal {
        if (headers.has(DELIVER_AT) == headers.has(DELAY)) {
            throw new Refusal("invalid_time", "exactly one of x-deliver-at and x-delay must be given");
        }
        return headers.has(DELAY)
                ? new ScheduledMessage.Due.In(headers.delay(DELAY))
                : new ScheduledMessage.Due.At(headers.time(DELIVER_AT));
    }

    private static boolean keeps(@Nullable String onConflict) throws Refusal {
        return switch (onConflict) {
            case null -> false;
            case "replace" -> false;
            case "keep" -> true;
            default -> throw new Refusal("invalid_header", "x-on-conflict must be replace or keep");
        };
    }

    /** The properties as they were, less the headers that were for us; with an id, so that a repetition can be recognised. */
    private static AMQP.BasicProperties deliverable(AMQP.BasicProperties given) {
        AMQP.BasicProperties.Builder properties = given.builder();
        Map<String, Object> headers = given.getHeaders();
        if (headers != null) {
            var kept = new HashMap<>(headers);
            STRIPPED.forEach(kept::remove);
            properties.headers(kept);
        }
        if (given.getMessageId() == null) {
            properties.messageId(UUID.randomUUID().toString());
        }
        return properties.build();
    }
}
