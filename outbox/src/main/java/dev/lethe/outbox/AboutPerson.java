package dev.lethe.outbox;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is pending about a person, without what it says.
 *
 * @param count of all
 * @param soonest those that are due first
 */
public record AboutPerson(int count, List<Planned> soonest) {

    /**
     * One message.
     *
     * @param type the AMQP property, which says what kind of message it is, if its sender said so
     */
    public record Planned(
            Instant dueAt,
            String exchange,
            String routingKey,
            @Nullable String type) {}
}
