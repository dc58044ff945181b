package dev.lethe.messages.request;

import dev.lethe.messages.Require;
import dev.lethe.messages.participant.ErasureOutcome;
import java.time.Instant;
import java.util.UUID;

/** A participant answered for good. */
public record ParticipantDone(UUID requestId, Instant occurredAt, String participant, ErasureOutcome outcome)
        implements Fact {
    public ParticipantDone {
        Require.present(requestId, "request_id");
        Require.time(occurredAt, "occurred_at");
        Require.token(participant, "participant");
        Require.present(outcome, "outcome");
    }
}
