package dev.lethe.requests.access;

import dev.lethe.messages.Subject;
import dev.lethe.requests.access.export.Exported;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A worker's right to build one report.
 *
 * @param epoch counted up by PostgreSQL with every claim; what a worker writes under an older one changes nothing
 * @param attempt counts from 1
 * @param exports what participants were asked for this report, and what they have answered so far
 */
public record Claim(
        UUID requestId,
        int epoch,
        int attempt,
        Subject subject,
        String regulation,
        @Nullable String locale,
        Instant dueAt,
        List<Exported> exports) {

    public Claim withExports(List<Exported> known) {
        return new Claim(requestId, epoch, attempt, subject, regulation, locale, dueAt, known);
    }
}
