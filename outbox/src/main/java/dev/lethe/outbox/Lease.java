package dev.lethe.outbox;

import java.io.IOException;

/** What a batch may be published under: the locks on its rows, which end with the session that holds them. */
interface Lease {

    /** For what nobody else can send: it never ends. */
    Lease NONE = waited -> {};

    /**
     * Makes sure that the locks are still held.
     *
     * @param waited whether time has passed since the last call, in which the session may have been ended
     * @throws IOException if they are not, or if that cannot be known: nothing more may be published
     */
    void check(boolean waited) throws IOException;
}
