package dev.lethe.requests.life;

import java.util.UUID;

/** Who keeps something only as long as a request is open. */
@FunctionalInterface
public interface EndOfRequest {

    /** The request has ended, however it did; called in the transaction that ends it. */
    void ended(UUID requestId);
}
