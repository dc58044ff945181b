package dev.lethe.outbox;

/** Handles one delivery, wholly or not at all. */
@FunctionalInterface
public interface DeliveryHandler {

    /**
     * Returns once everything is committed; the message is then acknowledged.
     *
     * @throws Unacceptable to have it parked at once; any other exception has it tried again, then parked
     */
    void handle(Delivery delivery);
}
