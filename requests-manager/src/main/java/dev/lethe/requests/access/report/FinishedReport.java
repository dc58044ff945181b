package dev.lethe.requests.access.report;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A report that is whole and on disk, and that nobody can see before it is registered.
 *
 * @param file its name in the folder of reports
 * @param token what the link ends with; 256 random bits, kept nowhere else
 */
public record FinishedReport(UUID requestId, String file, long bytes, String sha256, String token) {

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof FinishedReport that && file.equals(that.file);
    }

    @Override
    public int hashCode() {
        return file.hashCode();
    }

    /** Without the token, which is a key. */
    @Override
    public String toString() {
        return "FinishedReport[%s, %d bytes]".formatted(requestId, bytes);
    }
}
