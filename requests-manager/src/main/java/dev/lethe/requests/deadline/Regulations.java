package dev.lethe.requests.deadline;

import java.time.Instant;
import java.time.Period;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The regulations that requests may name, as a table in the configuration.
 *
 * @param regulations code to what the law says
 */
@ConfigurationProperties("lethe")
public record Regulations(@DefaultValue Map<String, Regulation> regulations) {

    /** @param answerWithin a calendar period, such as P1M (GDPR Art. 12(3)) or P45D (CCPA 1798.130(a)(2)) */
    public record Regulation(Period answerWithin) {}

    /**
     * When a request that was submitted then must be answered: by calendar, in UTC, so that a month from 31 January ends
     * with February. Empty for a regulation that is not in the table.
     */
    public Optional<Instant> dueAt(String regulation, Instant submittedAt) {
        return Optional.ofNullable(regulations.get(regulation)).map(r -> submittedAt
                .atZone(ZoneOffset.UTC)
                .plus(r.answerWithin())
                .toInstant());
    }
}
