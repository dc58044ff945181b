package dev.lethe.requests.access.source;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A source could not be read. The reason names what went wrong, never what was asked or answered. */
public final class SourceFailure extends Exception {

    private static final long serialVersionUID = 1L;

    private final String source;
    private final String reason;
    private final @Nullable Duration retryAfter;

    /** @param cause its type is told, its message is not: it may quote data */
    public SourceFailure(String source, String reason, @Nullable Throwable cause) {
        this(source, reason, cause, null);
    }

    /** @param retryAfter how long the source asked to be left alone; null if it did not say */
    public SourceFailure(String source, String reason, @Nullable Throwable cause, @Nullable Duration retryAfter) {
        super("source %s: %s".formatted(source, reason));
        this.source = source;
        this.retryAfter = retryAfter;
        this.reason = cause == null
                ? "source %s: %s".formatted(source, reason)
                : "source %s: %s (%s)"
                        .formatted(source, reason, cause.getClass().getSimpleName());
    }

    public String source() {
        return source;
    }

    public String reason() {
        return reason;
    }

    /** How long the source asked to be left alone, at most a week: to try again before is to be refused again. */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }
}
