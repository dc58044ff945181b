package dev.lethe.outbox;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.ConcurrentSkipListMap;

/** A channel in confirm mode that tells each publication what became of it. One thread publishes; the client's thread answers. */
final class ConfirmingChannel {

    /** What is published there the broker returns as unroutable, although it delivers it to whoever still waits for it. */
    private static final String DIRECT_REPLY = "amq.rabbitmq.reply-to.";

    private record InFlight(String routingKey, AMQP.BasicProperties properties, Pending pending) {}

    private final Channel channel;
    private final String exchange;
    private final ConcurrentSkipListMap<Long, InFlight> unconfirmed = new ConcurrentSkipListMap<>();
    /** As the broker counts. The channel's own count also has the messages that the client library refuses to write. */
    private long published;

    ConfirmingChannel(Channel channel, String exchange) throws IOException {
        this.channel = channel;
        this.exchange = exchange;
        channel.addConfirmListener(
                (tag, multiple) -> settle(tag, multiple, Outcome.CONFIRMED),
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
        unconfirmed.put(number, new InFlight(routingKey, properties, pending));
        try {
            channel.basicPublish(exchange, routingKey, mandatory, false, properties, body);
        } catch (IllegalArgumentException unpublishable) {
            unconfirmed.remove(number);
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
        var settled = multiple ? unconfirmed.headMap(tag, true) : unconfirmed.subMap(tag, true, tag, true);
        settled.values().forEach(each -> each.pending().resolve(outcome));
        settled.clear();
    }

    /**
     * The broker returns a message without its number, but before its confirm. Two in flight with the same id and routing
     * key are the same message twice, and what holds for one holds for the other.
     */
    private void markReturned(String routingKey, AMQP.BasicProperties properties) {
        unconfirmed.values().stream()
                .filter(each -> each.routingKey().equals(routingKey)
                        && Objects.equals(each.properties().getMessageId(), properties.getMessageId()))
                .forEach(each -> each.pending().resolve(new Outcome.Failed("no_route")));
    }

    private void closed(ShutdownSignalException cause) {
        Outcome outcome = Outcome.fromChannelClose(cause);
        unconfirmed.values().forEach(each -> each.pending().resolve(outcome));
        unconfirmed.clear();
    }
}
