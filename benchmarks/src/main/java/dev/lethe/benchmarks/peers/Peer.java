package dev.lethe.benchmarks.peers;

/**
 * Somebody else's way of getting due rows into a queue. Whatever it is, a row counts as done only after the broker has
 * confirmed its message, and messages are persistent and mandatory.
 */
interface Peer extends AutoCloseable {

    /** What was set, for whoever wants to do the same. */
    String configuration();

    /**
     * Stores rows while nothing is being sent, and gets ready to send; what was left over from the time before is gone.
     *
     * @param due due as soon as {@link #start()} returns, numbered from 0
     * @param future due in a day at the earliest; stored only if there are none yet
     */
    void load(int due, int future) throws Exception;

    /** Begins to send; from now on the clock runs. */
    void start() throws Exception;

    /** Sends no more, and holds no connections to the database while others are measured. */
    void stop() throws Exception;

    /** A query that is true as soon as no due row is left. */
    String isDone();

    @Override
    default void close() throws Exception {}
}
