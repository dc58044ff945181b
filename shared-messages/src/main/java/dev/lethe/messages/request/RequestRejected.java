package dev.lethe.messages.request;

import dev.lethe.messages.Require;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A request or a withdrawal was refused, {@code reason} is a code, {@code detail} says what to do instead. */
public record RequestRejected(
        UUID requestId,
        Instant occurredAt,
        String refused,
        String reason,
        @Nullable String detail) implements Fact {
    public RequestRejected {
        Require.present(requestId, "request_id");
        Require.time(occurredAt, "occurred_at");
        Require.text(refused, "refused", 64);
        Require.token(reason, "reason");
        Require.optionalText(detail, "detail", 1024);
    }
}
