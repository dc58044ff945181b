package dev.lethe.messages.participant;

import dev.lethe.messages.Require;
import org.jspecify.annotations.Nullable;

/**
 * Something that a participant must keep.
 *
 * @param what in words for the person, such as "invoices"
 * @param legalBasis the law that demands it, such as GDPR Art. 17(3)(b) with a national tax law
 * @param until a date or time in RFC 3339, after which it goes
 */
public record Retained(
        String what, String legalBasis, @Nullable String until) {
    public Retained {
        Require.text(what, "retained.what", 256);
        Require.text(legalBasis, "retained.legal_basis", 256);
        Require.optionalText(until, "retained.until", 40);
    }
}
