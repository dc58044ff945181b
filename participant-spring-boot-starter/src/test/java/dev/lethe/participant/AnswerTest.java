package dev.lethe.participant;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.messages.Messages;
import dev.lethe.messages.participant.SubjectErased;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class AnswerTest {

    private final UUID task = UUID.randomUUID();
    private final Envelope firstAttempt = new Envelope(Messages.PARTICIPANT_ERASE, UUID.randomUUID(), null);
    private final Envelope secondAttempt = new Envelope(Messages.PARTICIPANT_ERASE, UUID.randomUUID(), null);

    @Test
    void theSameAnswerToTheSameQuestionIsTheSameMessage() {
        assertThat(idOf(firstAttempt, Erasure.erased(7))).isEqualTo(idOf(firstAttempt, Erasure.erased(7)));
    }

    @Test
    void anotherAnswerToTheSameQuestionIsAnotherMessage() {
        assertThat(idOf(firstAttempt, Erasure.erased(7)))
                .isNotEqualTo(idOf(firstAttempt, Erasure.nothingFound()))
                .isNotEqualTo(idOf(firstAttempt, Erasure.erased(8)));
    }

    @Test
    void theSameAnswerToTheNextAttemptIsAnotherMessage() {
        assertThat(idOf(firstAttempt, Erasure.failed("Locked", true)))
                .isNotEqualTo(idOf(secondAttempt, Erasure.failed("Locked", true)));
    }

    private UUID idOf(Envelope question, Erasure erasure) {
        SubjectErased answer = erasure.of(task);
        return Answer.to(question, Messages.PARTICIPANT_ERASED, task, UUID.randomUUID(), answer.outcome(), answer)
                .messageId();
    }
}
