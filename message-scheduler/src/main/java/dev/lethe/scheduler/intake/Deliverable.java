package dev.lethe.scheduler.intake;

import static dev.lethe.messages.scheduling.ScheduleHeaders.ATTEMPT;
import static dev.lethe.messages.scheduling.ScheduleHeaders.BACKOFF;
import static dev.lethe.messages.scheduling.ScheduleHeaders.DELAY;
import static dev.lethe.messages.scheduling.ScheduleHeaders.DELIVER_AT;
import static dev.lethe.messages.scheduling.ScheduleHeaders.EXCHANGE;
import static dev.lethe.messages.scheduling.ScheduleHeaders.EXPIRES_AT;
import static dev.lethe.messages.scheduling.ScheduleHeaders.KEY;
import static dev.lethe.messages.scheduling.ScheduleHeaders.MAX_ATTEMPTS;
import static dev.lethe.messages.scheduling.ScheduleHeaders.MAX_DELAY;
import static dev.lethe.messages.scheduling.ScheduleHeaders.ON_CONFLICT;
import static dev.lethe.messages.scheduling.ScheduleHeaders.REASON;
import static dev.lethe.messages.scheduling.ScheduleHeaders.ROUTING_KEY;
import static dev.lethe.messages.scheduling.ScheduleHeaders.SUBJECT;

import com.rabbitmq.client.AMQP;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** What goes out of what came in: the properties as they were, less the headers that were for us. */
final class Deliverable {

    /**
     * Ours; and those with which a sender could reach more queues than it named, or lie about a message's past, which only the
     * broker may tell.
     */
    private static final Set<String> STRIPPED = Set.of(
            DELIVER_AT,
            DELAY,
            EXCHANGE,
            ROUTING_KEY,
            KEY,
            ON_CONFLICT,
            SUBJECT,
            EXPIRES_AT,
            BACKOFF,
            MAX_DELAY,
            MAX_ATTEMPTS,
            REASON,
            "CC",
            "BCC",
            "x-death",
            "x-first-death-exchange",
            "x-first-death-queue",
            "x-first-death-reason",
            "x-last-death-exchange",
            "x-last-death-queue",
            "x-last-death-reason",
            "x-delivery-count",
            "x-acquired-count");

    private Deliverable() {}

    /** With an id, so that a repetition can be recognised. */
    static AMQP.BasicProperties scheduled(AMQP.BasicProperties given) {
        AMQP.BasicProperties.Builder properties = given.builder();
        if (given.getHeaders() != null) {
            properties.headers(kept(given));
        }
        return withId(properties, given);
    }

    /** What is parked stays until somebody looks, however short it was good for, and begins anew when it is redriven. */
    static AMQP.BasicProperties retried(AMQP.BasicProperties given, Retry retry) {
        Map<String, Object> headers = kept(given);
        headers.remove(ATTEMPT);
        headers.putAll(retry.headers());
        AMQP.BasicProperties.Builder properties = given.builder().headers(headers);
        if (retry.isLast()) {
            properties.expiration(null);
        }
        return withId(properties, given);
    }

    private static Map<String, Object> kept(AMQP.BasicProperties given) {
        Map<String, Object> kept = given.getHeaders() == null ? new HashMap<>() : new HashMap<>(given.getHeaders());
        kept.keySet().removeAll(STRIPPED);
        return kept;
    }

    private static AMQP.BasicProperties withId(AMQP.BasicProperties.Builder properties, AMQP.BasicProperties given) {
        return (given.getMessageId() == null
                        ? properties.messageId(UUID.randomUUID().toString())
                        : properties)
                .build();
    }
}
