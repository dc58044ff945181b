package dev.lethe.scheduler.intake;

import dev.lethe.outbox.Name;
import dev.lethe.outbox.ScheduledMessage;
import org.jspecify.annotations.Nullable;

/** What somebody asks of the scheduler. */
sealed interface Command {

    /** @param keep whether a message that has the name already stays */
    record Put(ScheduledMessage message, boolean keep) implements Command {}

    /** A failed message on its way back, or to its parking lot. Nobody waits for an answer. */
    record Retry(ScheduledMessage message) implements Command {}

    record Cancel(Name name) implements Command {}

    /** @param owner whose messages; null for everybody's */
    record Forget(String subject, @Nullable String owner) implements Command {}

    /** The name of the one message that it is about, if it has one. */
    default @Nullable Name name() {
        return switch (this) {
            case Put(ScheduledMessage message, boolean keep)
            when message.key() != null -> new Name(message.owner(), message.key());
            case Cancel(Name name) -> name;
            default -> null;
        };
    }

    /** Whether one statement can do both, as far as their kind goes. */
    default boolean goesWith(Command other) {
        return switch (this) {
            case Put put -> other instanceof Put(ScheduledMessage message, boolean keep) && keep == put.keep();
            case Retry retry -> other instanceof Retry;
            case Cancel cancel -> other instanceof Cancel;
            case Forget forget -> false;
        };
    }
}
