package dev.lethe.benchmarks.scheduler;

/** Who drains: ours or a peer, always in a process of its own. */
interface Contender extends AutoCloseable {

    /** As in the figures: {@code db-scheduler.best}. */
    String name();

    /** What was set, for the table; known once it is open. */
    String configuration();

    /** How many due rows it gets, and how often, so that all of this ends some day. */
    int rows(Scale scale);

    int repeats(Scale scale);

    /** Whether the measurement begins with the first message: for whoever is not ready to send when it is started. */
    default boolean beginsWithFirstMessage() {
        return false;
    }

    /** Starts its process and stores the future rows. */
    void open() throws Exception;

    /** Stores rows that are due when {@link #start()} returns. */
    void load(int rows) throws Exception;

    /** False if it sends already: storing took longer than planned, and all of it has to be done again. */
    default boolean isReady() {
        return true;
    }

    /** Returns when the clock is to start. */
    void start() throws Exception;

    /** A query to its database that is true as soon as no due row is left. */
    String isDone();

    void stop() throws Exception;

    String database();

    /** The process that does the work. */
    long pid();

    @Override
    void close();
}
