package dev.lethe.cancellation.plan;

import java.time.DateTimeException;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as people write them: {@code 3d}, {@code 15m}, {@code 200ms}, or in ISO-8601. */
final class DelayText {

    /** No law gives longer, and it fits every header and column that it goes through. */
    private static final Duration LONGEST = Duration.ofDays(365);

    private static final Pattern SHORT = Pattern.compile("([0-9]{1,15})(ms|s|m|h|d)");

    private DelayText() {}

    /** Empty unless it is a duration from nothing to 365 days. */
    static Optional<Duration> parse(String text) {
        try {
            Matcher matcher = SHORT.matcher(text);
            Duration duration = matcher.matches()
                    ? inUnits(Long.parseLong(matcher.group(1)), matcher.group(2))
                    : Duration.parse(text);
            return Optional.of(duration).filter(d -> !d.isNegative() && d.compareTo(LONGEST) <= 0);
        } catch (DateTimeException | ArithmeticException notOne) {
            return Optional.empty();
        }
    }

    private static Duration inUnits(long amount, String unit) {
        return switch (unit) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            case "h" -> Duration.ofHours(amount);
            default -> Duration.ofDays(amount);
        };
    }
}
