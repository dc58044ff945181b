package dev.lethe.scheduler.targets;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Which targets a sender reaches, by its broker-verified user:
 *
 * <ul>
 *   <li>exchanges whose name begins with its own and a dot;
 *   <li>through the default exchange its own queues, {@code participant.USER} and {@code USER.*}, so that it can retry;
 *   <li>what {@code lethe.scheduler.targets} adds.
 * </ul>
 */
@Component
public class AllowList {

    private static final String ANY = "*";

    private final TargetProperties properties;

    AllowList(TargetProperties properties) {
        this.properties = properties;
    }

    public boolean allows(String user, String exchange, String routingKey) {
        List<String> configured = properties.targets().getOrDefault(user, List.of());
        if (configured.contains(ANY)) {
            return true;
        }
        return exchange.isEmpty()
                ? isOwnQueue(user, routingKey)
                : isOwn(user, exchange) || configured.contains(exchange);
    }

    /** Whether an answer may go there: an answer can do harm too, if it is sent to somebody else. */
    public boolean allowsReply(@Nullable String user, String replyTo) {
        return replyTo.startsWith("amq.rabbitmq.reply-to") || (user != null && isOwn(user, replyTo));
    }

    /** Whether what a user wants forgotten about a person is all of it, and not only what that user scheduled. */
    public boolean forgetsForAll(String user) {
        return properties.forgetters().contains(user);
    }

    private static boolean isOwnQueue(String user, String queue) {
        return queue.equals("participant." + user) || isOwn(user, queue);
    }

    private static boolean isOwn(String user, String name) {
        return name.startsWith(user + ".");
    }
}
