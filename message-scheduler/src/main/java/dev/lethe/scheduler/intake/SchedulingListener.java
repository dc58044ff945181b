package dev.lethe.scheduler.intake;

import static dev.lethe.messages.Topology.SCHEDULE_QUEUE;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.rabbitmq.client.AMQP;
import dev.lethe.messages.MessageJson;
import dev.lethe.messages.Messages;
import dev.lethe.messages.scheduling.SchedulingReply;
import dev.lethe.messages.scheduling.SchedulingStatus;
import dev.lethe.outbox.BatchHandler;
import dev.lethe.outbox.Delivery;
import dev.lethe.outbox.Inbox;
import dev.lethe.outbox.Name;
import dev.lethe.outbox.Outbox;
import dev.lethe.outbox.Schedule;
import dev.lethe.outbox.ScheduledMessage;
import dev.lethe.outbox.ScheduledMessage.When;
import dev.lethe.scheduler.targets.AllowList;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Takes commands in, many in one transaction, and answers in the same. A command that the broker delivers to us again is known
 * by its message id and not carried out again, or it would undo what was said since; one without an id is.
 */
@Component
class SchedulingListener implements BatchHandler {

    private static final Logger log = LoggerFactory.getLogger(SchedulingListener.class);

    /** Nobody waits longer for an answer. */
    private static final Duration REPLY_IS_GOOD_FOR = Duration.ofMinutes(1);

    private final CommandReader reader;
    private final Schedule schedule;
    private final Outbox outbox;
    private final Inbox inbox;
    private final AllowList allowList;
    private final TransactionTemplate transaction;

    SchedulingListener(
            CommandReader reader,
            Schedule schedule,
            Outbox outbox,
            Inbox inbox,
            AllowList allowList,
            PlatformTransactionManager transactions) {
        this.reader = reader;
        this.schedule = schedule;
        this.outbox = outbox;
        this.inbox = inbox;
        this.allowList = allowList;
        this.transaction = new TransactionTemplate(transactions);
    }

    @Override
    public List<Refused> handle(List<Delivery> deliveries) {
        return Objects.requireNonNull(transaction.execute(status -> handleNew(deliveries.stream()
                .filter(delivery -> !delivery.redelivered() || isNew(delivery))
                .toList())));
    }

    private boolean isNew(Delivery delivery) {
        UUID identity = identityOf(delivery);
        return identity == null || !inbox.isInBatch(SCHEDULE_QUEUE, identity);
    }

    private List<Refused> handleNew(List<Delivery> deliveries) {
        var accepted = new ArrayList<UUID>();
        var refused = new ArrayList<Refused>();
        var runs = new Runs();
        var replies = new ArrayList<ScheduledMessage>();
        for (Delivery delivery : deliveries) {
            try {
                runs.add(delivery, reader.read(delivery));
                UUID identity = identityOf(delivery);
                if (identity != null) {
                    accepted.add(identity);
                }
            } catch (Refusal refusal) {
                log(delivery, refusal);
                refused.add(new Refused(delivery, refusal.reason(), refusal.detail()));
                reply(replies, delivery, rejected(refusal));
            }
        }
        for (Runs.Run run : runs.inOrder()) {
            carryOut(run, replies);
        }
        if (!replies.isEmpty()) {
            schedule.put(replies, false);
        }
        inbox.markBatch(SCHEDULE_QUEUE, accepted);
        return refused;
    }

    /** Ids are the senders' own, and some give a message and what they say about it later the same. */
    private static @Nullable UUID identityOf(Delivery delivery) {
        String id = delivery.properties().getMessageId();
        return id == null
                ? null
                : UUID.nameUUIDFromBytes(String.join("\0", String.valueOf(delivery.sender()), delivery.routingKey(), id)
                        .getBytes(UTF_8));
    }

    private void carryOut(Runs.Run run, List<ScheduledMessage> replies) {
        switch (run.first()) {
            case Command.Put put -> {
                List<ScheduledMessage> messages = run.messages();
                List<Schedule.Put> puts = schedule.put(messages, put.keep());
                for (int i = 0; i < puts.size(); i++) {
                    String key = messages.get(i).key();
                    reply(replies, run.deliveries().get(i), answer(statusOf(puts.get(i)), key));
                }
            }
            case Command.Retry retry -> schedule.put(run.messages(), false);
            case Command.Cancel cancel -> {
                List<Name> names = run.names();
                List<Schedule.Cancelled> cancelled = schedule.cancel(names);
                for (int i = 0; i < cancelled.size(); i++) {
                    String key = names.get(i).key();
                    reply(replies, run.deliveries().get(i), answer(statusOf(cancelled.get(i)), key));
                }
            }
            case Command.Forget(String subject, String owner) -> {
                int count = schedule.forget(subject, owner);
                log.atInfo()
                        .addKeyValue("event.action", "subject-forgotten")
                        .addKeyValue("lethe.messages", count)
                        .addKeyValue("user.name", run.deliveries().getFirst().sender())
                        .log("forgot {} messages about a person", count);
                reply(
                        replies,
                        run.deliveries().getFirst(),
                        new SchedulingReply(SchedulingStatus.FORGOTTEN, null, null, null, count));
            }
        }
    }

    private static void log(Delivery delivery, Refusal refusal) {
        log.atWarn()
                .addKeyValue("event.action", "schedule-refused")
                .addKeyValue("event.reason", refusal.reason())
                .addKeyValue("user.name", delivery.sender())
                .log("refused: {}", refusal.detail());
    }

    private void reply(List<ScheduledMessage> replies, Delivery delivery, SchedulingReply reply) {
        String replyTo = delivery.properties().getReplyTo();
        if (replyTo == null || !allowList.allowsReply(delivery.sender(), replyTo)) {
            return;
        }
        AMQP.BasicProperties properties = outbox.envelope(Messages.SCHEDULING_REPLY, UUID.randomUUID())
                .correlationId(correlationOf(delivery.properties()))
                .build();
        replies.add(new ScheduledMessage(
                "",
                null,
                null,
                "",
                replyTo,
                properties,
                MessageJson.write(reply),
                When.NOW,
                When.in(REPLY_IS_GOOD_FOR)));
    }

    private static @Nullable String correlationOf(AMQP.BasicProperties properties) {
        return Objects.requireNonNullElse(properties.getCorrelationId(), properties.getMessageId());
    }

    private static SchedulingReply answer(SchedulingStatus status, @Nullable String key) {
        return new SchedulingReply(status, key, null, null, null);
    }

    private static SchedulingReply rejected(Refusal refusal) {
        return new SchedulingReply(SchedulingStatus.REJECTED, null, refusal.reason(), refusal.detail(), null);
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
