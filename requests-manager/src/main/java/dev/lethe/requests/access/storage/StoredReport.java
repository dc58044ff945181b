package dev.lethe.requests.access.storage;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is needed to read a report.
 *
 * @param bytes of the report itself, not of what is stored
 * @param wrappedKey the report's key, encrypted with a master key
 */
public record StoredReport(UUID requestId, int epoch, String location, long bytes, byte[] wrappedKey) {

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof StoredReport that && location.equals(that.location);
    }

    @Override
    public int hashCode() {
        return location.hashCode();
    }

    /** Without the key. */
    @Override
    public String toString() {
        return "StoredReport[%s, epoch %d, %d bytes]".formatted(requestId, epoch, bytes);
    }
}
