package dev.lethe.outbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Named places at which a crash is interesting. Does nothing, unless the process was started with
 * {@code -Dlethe.crash-at=NAME}: then it ends there at once, as {@code kill -9} would end it; or with {@code -Dlethe.stop-at=NAME}:
 * then it stops there, the first time, as SIGSTOP would stop it, until somebody continues it. For tests only.
 */
public final class CrashPoint {

    private static final @Nullable String ARMED = System.getProperty("lethe.crash-at");

    private static final AtomicReference<@Nullable String> STOPS =
            new AtomicReference<>(System.getProperty("lethe.stop-at"));

    private CrashPoint() {}

    public static void reached(String name) {
        if (name.equals(ARMED)) {
            Runtime.getRuntime().halt(137);
        }
        if (name.equals(STOPS.get()) && STOPS.compareAndSet(STOPS.get(), null)) {
            stop();
        }
    }

    /** Returns when the whole process was stopped and has been continued. */
    private static void stop() {
        try {
            new ProcessBuilder(
                            "kill",
                            "-STOP",
                            Long.toString(ProcessHandle.current().pid()))
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot stop this process", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
