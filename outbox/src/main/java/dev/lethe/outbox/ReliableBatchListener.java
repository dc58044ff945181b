package dev.lethe.outbox;

import com.rabbitmq.client.Channel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.rabbit.listener.api.ChannelAwareBatchMessageListener;

/**
 * Has deliveries handled many at a time, and acknowledges them together after that. When something is wrong with one of them,
 * or was before, they are handled one by one instead, each with the patience of a {@link ReliableListener}.
 */
final class ReliableBatchListener implements ChannelAwareBatchMessageListener {

    private static final Logger log = LoggerFactory.getLogger(ReliableBatchListener.class);

    private final BatchHandler handler;
    private final ReliableListener oneByOne;

    ReliableBatchListener(BatchHandler handler, ReliableListener oneByOne) {
        this.handler = handler;
        this.oneByOne = oneByOne;
    }

    /** A handler of single deliveries that does what the batch handler would do with each alone. */
    static DeliveryHandler single(BatchHandler handler) {
        return delivery -> {
            for (BatchHandler.Refused refused : handler.handle(List.of(delivery))) {
                throw new Unacceptable(refused.reason(), refused.detail());
            }
        };
    }

    @Override
    public void onMessageBatch(List<Message> messages, @Nullable Channel channel) {
        if (channel == null) {
            throw new IllegalStateException("a container without a channel; this is our bug");
        }
        List<Delivery> deliveries =
                messages.stream().map(RawProperties::delivery).toList();
        try {
            if (deliveries.stream().noneMatch(Delivery::redelivered) && handledTogether(deliveries)) {
                channel.basicAck(messages.getLast().getMessageProperties().getDeliveryTag(), true);
                return;
            }
            for (Message message : messages) {
                oneByOne.onMessage(message, channel);
            }
        } catch (IOException e) {
            // The channel is gone, and with it what is not acknowledged: it comes again
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** False if it failed and nothing was done: then one message, or an outage, is to be dealt with. */
    private boolean handledTogether(List<Delivery> deliveries) throws InterruptedException {
        List<BatchHandler.Refused> refused;
        try {
            refused = handler.handle(deliveries);
        } catch (RuntimeException e) {
            log.atDebug()
                    .addKeyValue("event.action", "batch-failed")
                    .addKeyValue("error.type", e.getClass().getName())
                    .log("{} messages are handled one by one", deliveries.size());
            return false;
        }
        for (BatchHandler.Refused each : refused) {
            oneByOne.park(each.delivery(), each.reason(), each.detail());
        }
        return true;
    }
}
