package dev.lethe.messages.request;

import dev.lethe.messages.Require;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The person takes a request back; possible until something irreversible was done. */
public record WithdrawRequest(UUID requestId, @Nullable String reason) {
    public WithdrawRequest {
        Require.present(requestId, "request_id");
        Require.optionalText(reason, "reason", 1024);
    }

    /** Without the reason, which a person wrote. */
    @Override
    public String toString() {
        return "WithdrawRequest[requestId=%s]".formatted(requestId);
    }
}
