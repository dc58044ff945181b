package dev.lethe.participant;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.lethe.messages.MessageJson;
import dev.lethe.messages.MessageType;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An answer, ready to be sent.
 *
 * @param outcome as on the wire, for the log
 */
record Answer(
        MessageType<?> type,
        UUID messageId,
        UUID taskId,
        UUID requestId,
        @Nullable String traceparent,
        String outcome,
        byte[] body) {

    static <B> Answer to(
            Envelope question, MessageType<B> type, UUID taskId, UUID requestId, Enum<?> outcome, B answer) {
        byte[] body = MessageJson.write(answer);
        return new Answer(
                type,
                idOf(question, body),
                taskId,
                requestId,
                question.traceparent(),
                outcome.name().toLowerCase(Locale.ROOT),
                body);
    }

    /**
     * From the question's message id and the answer's bytes: the same answer to the same question is the same message,
     * however often it is made, so that an inbox drops it; another answer ("erased 7" before a crash, "nothing found" after
     * it), or the same one to the next attempt, is a message of its own and not taken for a duplicate with a changed body.
     */
    private static UUID idOf(Envelope question, byte[] body) {
        byte[] asked = question.messageId().toString().getBytes(US_ASCII);
        return UUID.nameUUIDFromBytes(ByteBuffer.allocate(asked.length + body.length)
                .put(asked)
                .put(body)
                .array());
    }

    boolean isLargerThan(long bytes) {
        return body.length > bytes;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }

    /** Without the body, which may be somebody's data. */
    @Override
    public String toString() {
        return "Answer[%s to task %s]".formatted(outcome, taskId);
    }
}
