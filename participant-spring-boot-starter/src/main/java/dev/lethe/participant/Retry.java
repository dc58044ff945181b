package dev.lethe.participant;

import com.rabbitmq.client.AMQP;
import dev.lethe.messages.scheduling.ScheduleHeaders;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.amqp.core.MessageDeliveryMode;
import org.springframework.amqp.core.MessageProperties;

/**
 * The properties with which a failed message is handed over: its own, and what message-scheduler is to do. Written by hand and
 * not by Spring's converter, which turns header values that it does not know into text and gives every message a delivery mode.
 */
final class Retry {

    /** Whoever sent the message may have set them; to a retry they say nothing, or are said by others. */
    private static final List<String> NOT_OF_A_RETRY = List.of(
            ScheduleHeaders.DELIVER_AT,
            ScheduleHeaders.EXCHANGE,
            ScheduleHeaders.KEY,
            ScheduleHeaders.ON_CONFLICT,
            ScheduleHeaders.EXPIRES_AT,
            ScheduleHeaders.MAX_DELAY,
            // Of this delivery, by the broker
            "x-delivery-count",
            "x-acquired-count");

    private Retry() {}

    static AMQP.BasicProperties of(MessageProperties given, RetryRules.Decision decision, String user) {
        MessageDeliveryMode mode = given.getReceivedDeliveryMode();
        int priority = given.getPriority() == null ? 0 : given.getPriority();
        return new AMQP.BasicProperties.Builder()
                .contentType(given.getContentType())
                .contentEncoding(given.getContentEncoding())
                .headers(headers(given, decision, user))
                .deliveryMode(mode == null ? null : MessageDeliveryMode.toInt(mode))
                .priority(priority == 0 ? null : priority)
                .correlationId(given.getCorrelationId())
                .replyTo(given.getReplyTo())
                .expiration(given.getExpiration())
                .messageId(given.getMessageId())
                .timestamp(given.getTimestamp())
                .type(given.getType())
                .userId(user)
                .appId(given.getAppId())
                .clusterId(given.getClusterId())
                .build();
    }

    private static Map<String, Object> headers(MessageProperties given, RetryRules.Decision decision, String user) {
        Map<String, Object> headers = new HashMap<>(given.getHeaders());
        // Spring takes it out of the headers; with an x-death it is the count of that instead
        if (given.getRetryCount() > 0 && given.getXDeathHeader() == null) {
            headers.put(MessageProperties.RETRY_COUNT, given.getRetryCount());
        }
        NOT_OF_A_RETRY.forEach(headers::remove);
        // What message-scheduler counted comes back under the verified name of whoever handed it over, which is us;
        // anybody else made it up, to have the message parked at its first failure, or never
        if (!user.equals(given.getReceivedUserId())) {
            headers.remove(ScheduleHeaders.ATTEMPT);
            headers.remove(ScheduleHeaders.HISTORY);
        }
        Backoff backoff = decision.backoff();
        headers.put(ScheduleHeaders.ROUTING_KEY, given.getConsumerQueue());
        headers.put(ScheduleHeaders.DELAY, backoff.delay().toMillis());
        headers.put(ScheduleHeaders.BACKOFF, backoff.isExponential() ? "exponential" : "fixed");
        if (backoff.maxDelay() != null) {
            headers.put(ScheduleHeaders.MAX_DELAY, backoff.maxDelay().toMillis());
        }
        headers.put(ScheduleHeaders.MAX_ATTEMPTS, backoff.attempts());
        headers.put(ScheduleHeaders.REASON, decision.failure().name());
        return headers;
    }
}
