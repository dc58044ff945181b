package dev.lethe.outbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Named places at which a crash is interesting. Does nothing, unless the process was started with
 * {@code -Dlethe.crash-at=NAME}: then it ends there at once, as {@code kill -9} would end it; or with
 * {@code -Dlethe.stop-at=NAME,...}: then it stops at each of them, the first time, as SIGSTOP would stop it, until somebody continues
 * it. For tests only.
 */
public final class CrashPoint {

    private static final @Nullable String ARMED = System.getProperty("lethe.crash-at");

    /** Those that were not reached yet. */
    private static final Set<String> STOPS = ConcurrentHashMap.newKeySet();

    static {
        STOPS.addAll(List.of(System.getProperty("lethe.stop-at", "").split(",")));
    }

    private CrashPoint() {}

    public static void reached(String name) {
        if (name.equals(ARMED)) {
            Runtime.getRuntime().halt(137);
        }
        if (STOPS.remove(name)) {
            System.err.println("stopping at " + name);
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
