package dev.lethe.messages.request;

import dev.lethe.messages.Require;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** The erasure was fanned out; {@code participants} are frozen from here on. */
public record ErasureStarted(UUID requestId, Instant occurredAt, List<String> participants) implements Fact {
    public ErasureStarted {
        Require.present(requestId, "request_id");
        Require.time(occurredAt, "occurred_at");
        participants = Require.listOrEmpty(participants, "participants");
        participants.forEach(participant -> Require.token(participant, "participants"));
    }
}
