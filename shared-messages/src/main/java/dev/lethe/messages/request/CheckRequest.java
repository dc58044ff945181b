package dev.lethe.messages.request;

import dev.lethe.messages.Require;
import java.util.UUID;

/**
 * Look whether something of this request is due: what requests-manager says to itself through message-scheduler. It only wakes the
 * reader, whose database says what is due; so one that comes twice, or too late, does no harm.
 */
public record CheckRequest(UUID requestId) {
    public CheckRequest {
        Require.present(requestId, "request_id");
    }
}
