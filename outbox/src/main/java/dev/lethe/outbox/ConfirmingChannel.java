package dev.lethe.outbox;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** A channel in confirm mode that tells each publication what became of it. One thread publishes; the client's thread answers. */
final class ConfirmingChannel {

    /** What is published there the broker returns as unroutable, although it delivers it to whoever still waits for it. */
    private static final String DIRECT_REPLY = "amq.rabbitmq.reply-to.";

    private record InFlight(String routingKey, AMQP.BasicProperties properties, Pending pending) {}

    private final Channel channel;
    private final String exchange;
    /** In the order of their numbers; guarded by itself. */
    private final Map<Long, InFlight> unconfirmed = new LinkedHashMap<>();
    /** As the broker counts. The channel's own count also has the messages that the client library refuses to write. */
    private long published;

    ConfirmingChannel(Channel channel, String exchange) throws IOException {
        this.channel = channel;
        this.exchange = exchange;
        channel.addConfirmListener(
                (tag, multiple) -> settle(tag, multiple, new Outcome.Confirmed(System.nanoTime())),
                (tag, multiple) -> settle(tag, multiple, new Outcome.Failed("nacked")));
        channel.addReturnListener(returned -> markReturned(returned.getRoutingKey(), returned.getProperties()));
        channel.addShutdownListener(this::closed);
        channel.confirmSelect();
    }

    boolean isOpen() {
        return channel.isOpen();
    }

    Pending publish(String routingKey, AMQP.BasicProperties properties, byte[] body) throws IOException {
        var pending = new Pending();
        boolean mandatory = !(exchange.isEmpty() && routingKey.startsWith(DIRECT_REPLY));
        long number = published + 1;
        synchronized (unconfirmed) {
            unconfirmed.put(number, new InFlight(routingKey, properties, pending));
        }
        try {
            channel.basicPublish(exchange, routingKey, mandatory, false, properties, body);
        } catch (IllegalArgumentException unpublishable) {
            synchronized (unconfirmed) {
                unconfirmed.remove(number);
            }
            throw unpublishable;
        }
        published = number;
        if (!channel.isOpen()) {
            // It closed between the two lines above, and its listener may have run before this message was entered
            closed(channel.getCloseReason());
        }
        return pending;
    }

    private void settle(long tag, boolean multiple, Outcome outcome) {
        synchronized (unconfirmed) {
            if (!multiple) {
                InFlight settled = unconfirmed.remove(tag);
                if (settled != null) {
                    settled.pending().resolve(outcome);
                }
                return;
            }
            var oldest = unconfirmed.entrySet().iterator();
            while (oldest.hasNext()) {
                Map.Entry<Long, InFlight> each = oldest.next();
                if (each.getKey() > tag) {
                    return;
                }
                each.getValue().pending().resolve(outcome);
                oldest.remove();
            }
        }
    }

    /**
     * The broker returns a message without its number, but before its confirm, and the oldest first. Two in flight with the same id
     * and routing key are the same message twice, and what holds for one holds for the other.
     */
    private void markReturned(String routingKey, AMQP.BasicProperties properties) {
        synchronized (unconfirmed) {
            unconfirmed.values().stream()
                    .filter(each -> !each.pending().isResolved()
                            && each.routingKey().equals(routingKey)
                            && Objects.equals(each.properties().getMessageId(), properties.getMessageId()))
                    .findFirst()
                    .ifPresent(each -> each.pending().resolve(new Outcome.Failed("no_route")));
        }
    }

    private void closed(ShutdownSignalException cause) {
        Outcome outcome = Outcome.fromChannelClose(cause);
        synchronized (unconfirmed) {
            unconfirmed.values().forEach(each -> each.pending().resolve(outcome));
            unconfirmed.clear();
        }
    }
}
