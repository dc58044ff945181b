package dev.lethe.scheduler.intake;

import static dev.lethe.messages.scheduling.ScheduleHeaders.CANCEL;
import static dev.lethe.messages.scheduling.ScheduleHeaders.DELAY;
import static dev.lethe.messages.scheduling.ScheduleHeaders.DELIVER_AT;
import static dev.lethe.messages.scheduling.ScheduleHeaders.EXCHANGE;
import static dev.lethe.messages.scheduling.ScheduleHeaders.EXPIRES_AT;
import static dev.lethe.messages.scheduling.ScheduleHeaders.FORGET;
import static dev.lethe.messages.scheduling.ScheduleHeaders.KEY;
import static dev.lethe.messages.scheduling.ScheduleHeaders.ON_CONFLICT;
import static dev.lethe.messages.scheduling.ScheduleHeaders.RETRY;
import static dev.lethe.messages.scheduling.ScheduleHeaders.ROUTING_KEY;
import static dev.lethe.messages.scheduling.ScheduleHeaders.SCHEDULE;
import static dev.lethe.messages.scheduling.ScheduleHeaders.SUBJECT;

import dev.lethe.outbox.Delivery;
import dev.lethe.outbox.Name;
import dev.lethe.outbox.ScheduledMessage;
import dev.lethe.outbox.ScheduledMessage.When;
import dev.lethe.scheduler.targets.AllowList;
import java.time.Clock;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Reads what is asked for out of a delivery, and refuses what cannot be or may not be. */
@Component
class CommandReader {

    private static final int MAX_BODY_BYTES = 1024 * 1024;

    private final AllowList allowList;
    private final Clock clock;

    CommandReader(AllowList allowList, Clock clock) {
        this.allowList = allowList;
        this.clock = clock;
    }

    Command read(Delivery delivery) throws Refusal {
        String sender = delivery.sender();
        if (sender == null) {
            throw new Refusal("no_user_id", "the property user_id must name the sender's broker user");
        }
        if (delivery.body().length > MAX_BODY_BYTES) {
            throw new Refusal(
                    "too_large",
                    "expected a body of at most %d bytes, found %d".formatted(MAX_BODY_BYTES, delivery.body().length));
        }
        Instant now = clock.instant();
        var headers = new HeaderReader(delivery.properties().getHeaders(), now);
        headers.requireShallow();
        return switch (delivery.routingKey()) {
            case SCHEDULE -> new Command.Put(scheduled(delivery, headers, sender), keeps(headers.text(ON_CONFLICT)));
            case RETRY -> new Command.Retry(retried(delivery, headers, sender, now));
            case CANCEL -> new Command.Cancel(new Name(sender, required(headers, KEY, "no_key")));
            case FORGET ->
                new Command.Forget(
                        required(headers, SUBJECT, "no_subject"), allowList.forgetsForAll(sender) ? null : sender);
            default ->
                throw new Refusal("unknown_command", "the routing key must be schedule, cancel, retry or forget");
        };
    }

    private ScheduledMessage scheduled(Delivery delivery, HeaderReader headers, String sender) throws Refusal {
        String exchange = headers.name(EXCHANGE);
        String routingKey = headers.name(ROUTING_KEY);
        if (exchange == null || (exchange.isEmpty() && (routingKey == null || routingKey.isEmpty()))) {
            throw new Refusal(
                    "no_target", "x-exchange must name an exchange, or be empty with a queue in x-routing-key");
        }
        requireAllowed(sender, exchange, routingKey == null ? "" : routingKey);
        return new ScheduledMessage(
                sender,
                headers.text(KEY),
                headers.text(SUBJECT),
                exchange,
                routingKey == null ? "" : routingKey,
                Deliverable.scheduled(delivery.properties()),
                delivery.body(),
                due(headers),
                expires(headers));
    }

    private ScheduledMessage retried(Delivery delivery, HeaderReader headers, String sender, Instant now)
            throws Refusal {
        String queue = headers.name(ROUTING_KEY);
        if (queue == null || queue.isEmpty()) {
            throw new Refusal("no_target", "x-routing-key must name the queue that the message came from");
        }
        requireAllowed(sender, "", queue);
        Retry retry = Retry.read(headers, now);
        return new ScheduledMessage(
                sender,
                null,
                headers.text(SUBJECT),
                "",
                retry.target(queue),
                Deliverable.retried(delivery.properties(), retry),
                delivery.body(),
                When.in(retry.delay()),
                When.NEVER);
    }

    private void requireAllowed(String sender, String exchange, String routingKey) throws Refusal {
        if (!allowList.allows(sender, exchange, routingKey)) {
            throw new Refusal(
                    "target_not_allowed",
                    exchange.isEmpty()
                            ? "user '%s' may not send to that queue; its own are participant.%s and %s.*"
                                    .formatted(sender, sender, sender)
                            : "user '%s' may not send to exchange '%s'; lethe.scheduler.targets allows more"
                                    .formatted(sender, exchange));
        }
    }

    private static String required(HeaderReader headers, String name, String reason) throws Refusal {
        String text = headers.text(name);
        if (text == null) {
            throw new Refusal(reason, name + " is missing");
        }
        return text;
    }

    private static When due(HeaderReader headers) throws Refusal {
        if (headers.has(DELIVER_AT) == headers.has(DELAY)) {
            throw new Refusal("invalid_time", "exactly one of x-deliver-at and x-delay must be given");
        }
        return headers.has(DELAY) ? When.in(headers.delay(DELAY)) : When.at(headers.time(DELIVER_AT));
    }

    private static When expires(HeaderReader headers) throws Refusal {
        if (!headers.has(EXPIRES_AT)) {
            return When.NEVER;
        }
        Instant expires = headers.time(EXPIRES_AT);
        if (headers.has(DELIVER_AT) && !expires.isAfter(headers.time(DELIVER_AT))) {
            throw new Refusal("invalid_time", "x-expires-at must lie after x-deliver-at");
        }
        return When.at(expires);
    }

    private static boolean keeps(@Nullable String onConflict) throws Refusal {
        return switch (onConflict) {
            case null -> false;
            case "replace" -> false;
            case "keep" -> true;
            default -> throw new Refusal("invalid_header", "x-on-conflict must be replace or keep");
        };
    }
}
