package dev.lethe.outbox;

import com.rabbitmq.client.Channel;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.rabbit.listener.api.ChannelAwareMessageListener;

/**
 * Has each delivery handled or parked, and acknowledges it after that and only then.
 *
 * <p>Never asks the broker to deliver again: whether that is counted differs between its versions. A message that was
 * delivered before is counted in the database before it is handled, so that one that kills the process is parked in the end.
 */
final class ReliableListener implements ChannelAwareMessageListener {

    private static final Logger log = LoggerFactory.getLogger(ReliableListener.class);

    private static final int TRIES = 3;
    private static final int DELIVERIES = 6;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    private final String queue;
    private final DeliveryHandler handler;
    private final Inbox inbox;
    private final ParkingLot parkingLot;
    private final BooleanSupplier active;

    ReliableListener(
            String queue, DeliveryHandler handler, Inbox inbox, ParkingLot parkingLot, BooleanSupplier active) {
        this.queue = queue;
        this.handler = handler;
        this.inbox = inbox;
        this.parkingLot = parkingLot;
        this.active = active;
    }

    @Override
    public void onMessage(Message message, @Nullable Channel channel) throws IOException, InterruptedException {
        Delivery delivery = RawProperties.delivery(message);
        if (settle(delivery)) {
            Objects.requireNonNull(channel)
                    .basicAck(message.getMessageProperties().getDeliveryTag(), false);
        }
    }

    /** False if we are stopping: the message then goes back to the queue with the channel. */
    private boolean settle(Delivery delivery) throws InterruptedException {
        var patience = new Patience();
        int failures = 0;
        boolean counted = !delivery.redelivered();
        while (active.getAsBoolean()) {
            try {
                if (!counted) {
                    if (isBegunTooOften(delivery)) {
                        return park(
                                delivery, "handling_never_ends", "begun %d times without an end".formatted(DELIVERIES));
                    }
                    counted = true;
                }
                handler.handle(delivery);
                forgetAttempts(delivery);
                return true;
            } catch (Unacceptable e) {
                return park(delivery, e.reason(), e.detail());
            } catch (RuntimeException | StackOverflowError | LinkageError | AssertionError e) {
                // Of those errors the container would never recover: it ends the consumer and starts no other
                if (Outages.isOutage(e)) {
                    patience.waitOut("handle messages of queue " + queue, e);
                } else if (++failures >= TRIES) {
                    logFailure(e);
                    return park(
                            delivery, "handling_failed", rootOf(e).getClass().getName());
                } else {
                    patience.pause();
                }
            }
        }
        return false;
    }

    /** The first delivery was not counted, so the count is how often handling was begun before. */
    private boolean isBegunTooOften(Delivery delivery) {
        return delivery.messageId()
                .map(id -> inbox.countAttempt(queue, id) >= DELIVERIES)
                .orElse(false);
    }

    private void forgetAttempts(Delivery delivery) {
        if (delivery.redelivered()) {
            delivery.messageId().ifPresent(id -> inbox.forgetAttempts(queue, id));
        }
    }

    /** False if we are stopping and it is not parked. */
    boolean park(Delivery delivery, String reason, String detail) throws InterruptedException {
        var patience = new Patience();
        while (active.getAsBoolean()) {
            try {
                forgetAttempts(delivery);
                parkingLot.park(delivery, reason, detail);
                return true;
            } catch (IOException | RuntimeException e) {
                patience.waitOut("park a message of queue " + queue, e);
            }
        }
        return false;
    }

    /** With the places in the code, but without the messages of the exceptions: they may quote what was handled. */
    private void logFailure(Throwable failure) {
        Throwable root = rootOf(failure);
        StackTraceElement[] stack = root.getStackTrace();
        log.atError()
                .addKeyValue("event.action", "handling-failed")
                .addKeyValue("error.type", root.getClass().getName())
                .addKeyValue("lethe.queue", queue)
                .log(
                        "could not handle a message of queue {}: {} at {}",
                        queue,
                        root.getClass().getName(),
                        stack.length == 0 ? "an unknown place" : stack[0]);
    }

    private static Throwable rootOf(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }

    /** Pauses that grow, and one line in the log for an outage however long it is. */
    private static final class Patience {

        private Duration pause = FIRST_PAUSE;
        private boolean told;

        void waitOut(String what, Throwable outage) throws InterruptedException {
            if (!told) {
                told = true;
                log.atWarn()
                        .addKeyValue("event.action", "outage")
                        .addKeyValue("error.type", rootOf(outage).getClass().getName())
                        .log(
                                "cannot {} now, waiting: {}",
                                what,
                                rootOf(outage).getClass().getSimpleName());
            }
            pause();
        }

        void pause() throws InterruptedException {
            Thread.sleep(pause);
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
        }
    }
}
