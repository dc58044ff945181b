package dev.lethe.cancellation.erasure.jdbc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import dev.lethe.cancellation.erasure.Erasure;
import dev.lethe.cancellation.erasure.Erasure.Completed;
import dev.lethe.cancellation.erasure.Erasure.Erasing;
import dev.lethe.cancellation.erasure.Erasure.Noticed;
import dev.lethe.cancellation.erasure.Task;
import dev.lethe.messages.MessageJson;
import dev.lethe.messages.Subject;
import dev.lethe.messages.erasure.StartErasure;
import dev.lethe.messages.request.CompletionOutcome;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A row of the table {@code erasure}. */
record ErasureRow(
        UUID requestId,
        @Nullable String subject,
        String regulation,
        OffsetDateTime deadline,
        String state,
        @Nullable String outcome) {

    Erasure with(List<Task> tasks) {
        return switch (state) {
            case "erasing" -> new Erasing(order(), tasks);
            case "noticed" -> new Noticed(order(), tasks);
            case "completed" ->
                new Completed(requestId, Codes.read(CompletionOutcome.class, requireNonNull(outcome)), tasks);
            default ->
                throw new IllegalStateException(
                        "erasure %s is in state '%s', which this version does not know".formatted(requestId, state));
        };
    }

    private StartErasure order() {
        Subject who = MessageJson.read(requireNonNull(subject).getBytes(UTF_8), Subject.class);
        return new StartErasure(requestId, who, regulation, deadline.toInstant());
    }

    /** Without the subject. */
    @Override
    public String toString() {
        return "ErasureRow[%s, %s]".formatted(requestId, state);
    }
}
