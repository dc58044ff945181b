package dev.lethe.messages.erasure;

import dev.lethe.messages.Require;
import java.util.UUID;

/** Do not go on with this erasure, if nothing irreversible was done yet. */
public record StopErasure(UUID requestId) {
    public StopErasure {
        Require.present(requestId, "request_id");
    }
}
