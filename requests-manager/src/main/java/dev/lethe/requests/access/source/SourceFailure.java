package dev.lethe.requests.access.source;

import org.jspecify.annotations.Nullable;

/** A source could not be read. The reason names what went wrong, never what was asked or answered. */
public final class SourceFailure extends Exception {

    private static final long serialVersionUID = 1L;

    private final String source;
    private final String reason;

    /** @param cause its type is told, its message is not: it may quote data */
    public SourceFailure(String source, String reason, @Nullable Throwable cause) {
        super("source %s: %s".formatted(source, reason));
        this.source = source;
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
}
