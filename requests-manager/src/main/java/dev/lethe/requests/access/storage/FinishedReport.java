package dev.lethe.requests.access.storage;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A report that is whole in the storage and that nobody can see before it is registered.
 *
 * @param epoch of the claim that it was written under
 * @param location the store and the place in it
 * @param bytes of the report itself, not of what is stored
 * @param sha256 the same, as hexadecimal digits
 * @param wrappedKey the report's key, encrypted with a master key
 * @param token what the link ends with: 256 random bits in base64url, kept nowhere else
 */
public record FinishedReport(
        UUID requestId, int epoch, String location, long bytes, String sha256, byte[] wrappedKey, String token) {

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof FinishedReport that && location.equals(that.location);
    }

    @Override
    public int hashCode() {
        return location.hashCode();
    }

    /** Without the token and the key. */
    @Override
    public String toString() {
        return "FinishedReport[%s, epoch %d, %d bytes]".formatted(requestId, epoch, bytes);
    }
}
