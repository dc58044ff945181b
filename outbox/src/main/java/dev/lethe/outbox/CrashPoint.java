package dev.lethe.outbox;

import org.jspecify.annotations.Nullable;

/**
 * Named places at which a crash is interesting. Does nothing, unless the process was started with
 * {@code -Dlethe.crash-at=NAME}: then it ends there at once, as {@code kill -9} would end it. For tests only.
 */
public final class CrashPoint {

    private static final @Nullable String ARMED = System.getProperty("lethe.crash-at");

    private CrashPoint() {}

    public static void reached(String name) {
        if (name.equals(ARMED)) {
            Runtime.getRuntime().halt(137);
        }
    }
}
