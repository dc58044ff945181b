package dev.lethe.messages.request;

import dev.lethe.messages.Require;
import dev.lethe.messages.Subject;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A person asks for a report or for erasure; the message's type says which.
 *
 * @param requestId of the caller's making; the same id with the same body again does nothing
 * @param regulation the law that the request rests on, such as {@code gdpr}; it sets the deadline
 * @param submittedAt when the person asked
 * @param locale language of the person, as a BCP 47 tag
 */
public record SubmitRequest(
        UUID requestId,
        Subject subject,
        String regulation,
        Instant submittedAt,
        @Nullable String locale) {
    public SubmitRequest {
        Require.present(requestId, "request_id");
        Require.present(subject, "subject");
        Require.token(regulation, "regulation");
        Require.time(submittedAt, "submitted_at");
        Require.optionalText(locale, "locale", 35);
    }
}
