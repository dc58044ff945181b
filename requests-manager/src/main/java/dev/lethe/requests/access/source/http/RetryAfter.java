package dev.lethe.requests.access.source.http;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What {@code Retry-After} says: seconds, or a date (RFC 9110, 10.2.3). */
final class RetryAfter {

    /** Longer than any server may hold up a report. */
    private static final Duration LONGEST = Duration.ofDays(7);

    private static final Pattern SECONDS = Pattern.compile("\\d{1,12}");

    private RetryAfter() {}

    /**
     * @param date what the server says the time is: its own clock is the one that it reckons with
     * @return from nothing to a week; empty if it says nothing that can be read
     */
    static Optional<Duration> of(@Nullable String retryAfter, @Nullable String date, Clock clock) {
        if (retryAfter == null) {
            return Optional.empty();
        }
        if (SECONDS.matcher(retryAfter).matches()) {
            return Optional.of(bounded(Duration.ofSeconds(Long.parseLong(retryAfter))));
        }
        return instant(retryAfter)
                .map(then -> bounded(Duration.between(
                        date == null ? clock.instant() : instant(date).orElseGet(clock::instant), then)));
    }

    private static Duration bounded(Duration wanted) {
        if (wanted.isNegative()) {
            return Duration.ZERO;
        }
        return wanted.compareTo(LONGEST) > 0 ? LONGEST : wanted;
    }

    private static Optional<Instant> instant(String httpDate) {
        try {
            return Optional.of(ZonedDateTime.parse(httpDate, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant());
        } catch (DateTimeException notOne) {
            return Optional.empty();
        }
    }
}
