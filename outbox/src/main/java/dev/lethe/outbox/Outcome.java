package dev.lethe.outbox;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Method;
import com.rabbitmq.client.ShutdownSignalException;
import org.jspecify.annotations.Nullable;

/** What became of one publication. */
sealed interface Outcome {

    /** With the broker for good, in at least one queue, since {@code atNanos} of {@link System#nanoTime()}. */
    record Confirmed(long atNanos) implements Outcome {}

    /** The broker would not have it, {@code reason} says why; trying again later may help. */
    record Failed(String reason) implements Outcome {}

    /** The connection broke, or no answer came: it may be there or not, so it is sent again, with the same id. */
    record Unknown(String reason) implements Outcome {}

    /** It was on a channel that the broker closed because of one of several messages. */
    record Suspect(String reason) implements Outcome {
        Failed convicted() {
            return new Failed(reason);
        }
    }

    Failed NO_SUCH_EXCHANGE = new Failed("no_such_exchange");
    /** The client library cannot write it: a short string of over 255 bytes, or headers that fill more than a frame. */
    Failed UNPUBLISHABLE = new Failed("unpublishable");

    /** Reads the cause from what closed the channel, if that was all that was closed. */
    static Outcome fromFailure(Throwable failure, Connection connection) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ShutdownSignalException signal && !signal.isHardError()) {
                return fromChannelClose(signal);
            }
            if (cause instanceof AlreadyClosedException closed && !closed.isHardError()) {
                return fromChannelClose(closed);
            }
        }
        return connection.isOpen() && failure instanceof IllegalArgumentException
                ? UNPUBLISHABLE
                : new Unknown("connection_lost");
    }

    static Outcome fromChannelClose(ShutdownSignalException signal) {
        if (signal.isHardError()) {
            return new Unknown("connection_lost");
        }
        return switch (replyCode(signal.getReason())) {
            case AMQP.NOT_FOUND -> NO_SUCH_EXCHANGE;
            case AMQP.ACCESS_REFUSED -> new Failed("access_refused");
            case AMQP.PRECONDITION_FAILED -> new Suspect("precondition_failed");
            case 0 -> new Unknown("channel_closed");
            default -> new Suspect("channel_closed_" + replyCode(signal.getReason()));
        };
    }

    private static int replyCode(@Nullable Method reason) {
        return reason instanceof AMQP.Channel.Close close ? close.getReplyCode() : 0;
    }
}
