package dev.lethe.messages.request;

import dev.lethe.messages.Require;
import dev.lethe.messages.participant.ErasureOutcome;
import dev.lethe.messages.participant.Retained;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A participant that did not erase everything.
 *
 * @param outcome {@code retained} or {@code failed}
 * @param retained what was kept, on which legal basis and until when
 * @param reason the participant's words for a failure
 */
public record ErasureException(
        String participant,
        ErasureOutcome outcome,
        List<Retained> retained,
        @Nullable String reason) {
    public ErasureException {
        Require.token(participant, "exceptions.participant");
        Require.present(outcome, "exceptions.outcome");
        retained = Require.listOrEmpty(retained, "exceptions.retained");
        Require.optionalText(reason, "exceptions.reason", 1024);
    }
}
