package dev.lethe.outbox;

import java.util.List;

/** What is done about many deliveries at once, in the order in which they came: all of it or, when it throws, nothing. */
@FunctionalInterface
public interface BatchHandler {

    /** @return those that are to be parked, and why */
    List<Refused> handle(List<Delivery> deliveries);

    /** A delivery that cannot be handled, however often it is tried. */
    record Refused(Delivery delivery, String reason, String detail) {}
}
