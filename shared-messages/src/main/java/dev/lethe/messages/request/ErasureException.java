package dev.lethe.messages.request;

import dev.lethe.messages.Require;
import dev.lethe.messages.participant.ErasureOutcome;
import dev.lethe.messages.participant.Retained;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A participant that did not do everything that was asked: did not erase, or did not hand out what it holds.
 *
 * @param outcome {@code retained} or {@code failed}; of an access request always {@code failed}
 * @param retained what was kept, on which legal basis and until when
 * @param reason the participant's words for a failure, or {@link #NO_ANSWER}
 */
public record ErasureException(
        String participant,
        ErasureOutcome outcome,
        List<Retained> retained,
        @Nullable String reason) {

    /** The reason of a participant that did not answer in time; its section of the access report says so too. */
    public static final String NO_ANSWER = "no_answer";

    public ErasureException {
        Require.token(participant, "exceptions.participant");
        Require.present(outcome, "exceptions.outcome");
        retained = Require.listOrEmpty(retained, "exceptions.retained");
        Require.optionalText(reason, "exceptions.reason", 1024);
    }
}
