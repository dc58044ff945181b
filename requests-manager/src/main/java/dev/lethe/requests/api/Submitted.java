package dev.lethe.requests.api;

import dev.lethe.messages.Require;
import dev.lethe.messages.Subject;
import dev.lethe.messages.request.RequestKind;
import dev.lethe.messages.request.SubmitRequest;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a frontend submits: the message {@code request.access} or {@code request.erasure}, with its type in a field and two things that
 * may be left to us.
 *
 * @param requestId of the caller's making, so that it can submit the same again when it does not know whether it arrived; made by us
 *     if absent
 * @param submittedAt when the person asked; now if absent
 */
record Submitted(
        @Nullable UUID requestId,
        RequestKind kind,
        Subject subject,
        String regulation,
        @Nullable Instant submittedAt,
        @Nullable String locale) {

    Submitted {
        Require.present(kind, "kind");
        Require.present(subject, "subject");
        Require.token(regulation, "regulation");
        Require.optionalText(locale, "locale", 35);
        if (submittedAt != null) {
            Require.time(submittedAt, "submitted_at");
        }
    }

    SubmitRequest as(UUID id, Instant asked) {
        return new SubmitRequest(id, subject, regulation, asked, locale);
    }
}
