package dev.lethe.outbox.operations;

/** Where a message is. */
public enum MessageState {
    /** Stored, and to be sent when due. */
    PENDING,
    /** Being sent right now, or replaced or cancelled: somebody decides on it at this moment. */
    IN_FLIGHT,
    /** Given up after its last attempt; waits for a redrive. */
    UNDELIVERABLE,
    /** Not here any more: sent, cancelled, replaced, expired or forgotten. Only its failed attempts are still known. */
    GONE
}
