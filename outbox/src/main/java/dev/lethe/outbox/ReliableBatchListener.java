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
        try {
            List<BatchHandler.Refused> refused = handledTogether(
                    messages.stream().map(RawProperties::delivery).toList());
            if (refused == null) {
                for (Message message : messages) {
                    oneByOne.onMessage(message, channel);
                }
            } else if (areParked(refused)) {
                channel.basicAck(messages.getLast().getMessageProperties().getDeliveryTag(), true);
            }
        } catch (IOException e) {
            // The channel is gone, and with it what is not acknowledged: it comes again
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Null if nothing was done: one of them was delivered before, or it failed, for a message's fault or for an outage. */
    private @Nullable List<BatchHandler.Refused> handledTogether(List<Delivery> deliveries) {
        if (deliveries.stream().anyMatch(Delivery::redelivered)) {
            return null;
        }
        try {
            return handler.handle(deliveries);
        } catch (RuntimeException | StackOverflowError | LinkageError | AssertionError e) {
            log.atDebug()
                    .addKeyValue("event.action", "batch-failed")
                    .addKeyValue("error.type", e.getClass().getName())
                    .log("{} messages are handled one by one", deliveries.size());
            return null;
        }
    }

    /** False if we are stopping: then nothing is acknowledged, all come again, and what was handled is recognised. */
    private boolean areParked(List<BatchHandler.Refused> refused) throws InterruptedException {
        for (BatchHandler.Refused each : refused) {
            if (!oneByOne.park(each.delivery(), each.reason(), each.detail())) {
                return false;
            }
        }
        return true;
    }
}
