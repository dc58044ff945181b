package dev.lethe.servers;

/**
 * One server: a process that this JVM starts, stops and hurts, or one that the environment names and that is only used.
 *
 * <p>Of a server that the environment names, {@link #start()} merely checks that it answers (within 10 s), {@link #stop()},
 * {@link #kill()}, {@link #pause()} and {@link #resume()} throw {@link UnsupportedOperationException}, and {@link #close()}
 * does nothing. Every method may be called from any thread; they wait for each other.
 */
public interface Server extends AutoCloseable {
    /** {@code postgres}, {@code redis}, {@code rabbitmq} or {@code elasticsearch}. */
    String name();

    /**
     * Returns when the server really accepts logins; at once if it already does. A paused server is resumed. After
     * {@link #stop()}, {@link #kill()} or a crash it starts on the data and on the port that it had.
     *
     * @throws IllegalStateException with the end of the server's log and what to do about it
     */
    void start();

    /** Shuts down cleanly and keeps the data; after 30 s without success, kills. Does nothing if it does not run. */
    void stop();

    /** SIGKILL to all of its processes; returns when they are gone. Does nothing if it does not run. */
    void kill();

    /** SIGSTOP to all of its processes; returns when they stand still. Connections stay open and nothing answers. */
    void pause();

    /** SIGCONT to all of its processes. */
    void resume();

    default void restart() {
        stop();
        start();
    }

    /** Whether its process lives, paused or not; of a server that the environment names, whether it answers. */
    boolean isRunning();

    /** The process that is the server, not a wrapper around it; -1 if it does not run or the environment named it. */
    long pid();

    @Override
    void close();
}
