package dev.lethe.scheduler.intake;

import static dev.lethe.messages.scheduling.ScheduleHeaders.CANCEL;
import static dev.lethe.messages.scheduling.ScheduleHeaders.KEY;
import static dev.lethe.messages.scheduling.ScheduleHeaders.SCHEDULE;

import com.rabbitmq.client.AMQP;
import dev.lethe.messages.MessageJson;
import dev.lethe.messages.Messages;
import dev.lethe.messages.scheduling.SchedulingReply;
import dev.lethe.messages.scheduling.SchedulingStatus;
import dev.lethe.outbox.Delivery;
import dev.lethe.outbox.DeliveryHandler;
import dev.lethe.outbox.Outbox;
import dev.lethe.outbox.Schedule;
import dev.lethe.outbox.ScheduledMessage;
import dev.lethe.outbox.Unacceptable;
import dev.lethe.scheduler.targets.AllowList;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Takes messages in, takes them back, and answers. At least once: a message that the broker delivers to us twice may be
 * sent twice, with the same id; whoever names it by a key has it once.
 */
@Component
class SchedulingListener implements DeliveryHandler {

    private static final Logger log = LoggerFactory.getLogger(SchedulingListener.class);

    /** Nobody waits longer for an answer. */
    private static final Duration REPLY_IS_GOOD_FOR = Duration.ofMinutes(1);

    private final Schedule schedule;
    private final Outbox outbox;
    private final AllowList allowList;
    private final TransactionTemplate transaction;
    private final Clock clock;

    SchedulingListener(
            Schedule schedule,
            Outbox outbox,
            AllowList allowList,
            PlatformTransactionManager transactions,
            Clock clock) {
        this.schedule = schedule;
        this.outbox = outbox;
        this.allowList = allowList;
        this.transaction = new TransactionTemplate(transactions);
        this.clock = clock;
    }

    @Override
    public void handle(Delivery delivery) {
        try {
            String sender = delivery.sender();
            if (sender == null) {
                throw new Refusal("no_user_id", "the property user_id must name the sender's broker user");
            }
            switch (delivery.routingKey()) {
                case SCHEDULE -> schedule(delivery, sender);
                case CANCEL -> cancel(delivery, sender);
                default -> throw new Refusal("unknown_command", "the routing key must be schedule or cancel");
            }
        } catch (Refusal refusal) {
            refuse(delivery, refusal);
        }
    }

    private void schedule(Delivery delivery, String sender) throws Refusal {
        ScheduleRequest request = ScheduleRequest.read(delivery, sender);
        ScheduledMessage message = request.message();
        if (!allowList.allows(sender, message.exchange(), message.routingKey())) {
            throw new Refusal(
                    "target_not_allowed",
                    "user '%s' may not send to exchange '%s'; lethe.scheduler.targets allows more"
                            .formatted(sender, message.exchange()));
        }
        transaction.executeWithoutResult(status -> {
            Schedule.Put put = schedule.put(message, request.keep());
            reply(delivery, new SchedulingReply(statusOf(put), message.key(), null, null));
        });
    }

    private void cancel(Delivery delivery, String sender) throws Refusal {
        String key = new HeaderReader(delivery.properties().getHeaders()).text(KEY);
        if (key == null) {
            throw new Refusal("no_key", "x-key must name the message that is to be cancelled");
        }
        schedule.cancel(
                sender, key, cancelled -> reply(delivery, new SchedulingReply(statusOf(cancelled), key, null, null)));
    }

    private void refuse(Delivery delivery, Refusal refusal) {
        log.atWarn()
                .addKeyValue("event.action", "schedule-refused")
                .addKeyValue("event.reason", refusal.reason())
                .addKeyValue("user.name", delivery.sender())
                .log("refused: {}", refusal.detail());
        transaction.executeWithoutResult(status -> reply(
                delivery, new SchedulingReply(SchedulingStatus.REJECTED, null, refusal.reason(), refusal.detail())));
        throw new Unacceptable(refusal.reason(), refusal.detail());
    }

    private void reply(Delivery delivery, SchedulingReply reply) {
        String replyTo = delivery.properties().getReplyTo();
        if (replyTo == null || !allowList.allowsReply(delivery.sender(), replyTo)) {
            return;
        }
        AMQP.BasicProperties properties = outbox.envelope(Messages.SCHEDULING_REPLY, UUID.randomUUID())
                .correlationId(correlationOf(delivery.properties()))
                .build();
        outbox.send(new ScheduledMessage(
                "",
                null,
                null,
                "",
                replyTo,
                properties,
                MessageJson.write(reply),
                new ScheduledMessage.Due.In(Duration.ZERO),
                clock.instant().plus(REPLY_IS_GOOD_FOR)));
    }

    private static @Nullable String correlationOf(AMQP.BasicProperties properties) {
        return Objects.requireNonNullElse(properties.getCorrelationId(), properties.getMessageId());
    }

    private static SchedulingStatus statusOf(Schedule.Put put) {
        return switch (put) {
            case SCHEDULED -> SchedulingStatus.SCHEDULED;
            case REPLACED -> SchedulingStatus.REPLACED;
            case KEPT -> SchedulingStatus.KEPT;
        };
    }

    private static SchedulingStatus statusOf(Schedule.Cancelled cancelled) {
        return switch (cancelled) {
            case CANCELLED -> SchedulingStatus.CANCELLED;
            case IN_FLIGHT -> SchedulingStatus.IN_FLIGHT;
            case GONE -> SchedulingStatus.GONE;
        };
    }
}
