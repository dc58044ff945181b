package dev.lethe.scheduler.intake;

import static dev.lethe.messages.scheduling.ScheduleHeaders.ATTEMPT;
import static dev.lethe.messages.scheduling.ScheduleHeaders.BACKOFF;
import static dev.lethe.messages.scheduling.ScheduleHeaders.DELAY;
import static dev.lethe.messages.scheduling.ScheduleHeaders.HISTORY;
import static dev.lethe.messages.scheduling.ScheduleHeaders.MAX_ATTEMPTS;
import static dev.lethe.messages.scheduling.ScheduleHeaders.MAX_DELAY;
import static dev.lethe.messages.scheduling.ScheduleHeaders.REASON;

import dev.lethe.messages.Topology;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/**
 * What becomes of a message whose handling failed.
 *
 * @param attempt the delivery that failed, from 1
 * @param isLast whether that was the last
 * @param delay until the next; an exponential one is up to a quarter longer than its rule says, so that what failed together
 *     does not come back together
 * @param history a line for each failed attempt, the oldest first
 */
record Retry(int attempt, boolean isLast, Duration delay, List<String> history) {

    private static final int DEFAULT_ATTEMPTS = 5;
    private static final Duration DEFAULT_LONGEST = Duration.ofHours(1);
    private static final int LINES = 20;

    static Retry read(HeaderReader headers, Instant now) throws Refusal {
        if (!headers.has(DELAY)) {
            throw new Refusal("invalid_time", "x-delay must say how many milliseconds later to try again");
        }
        int attempt = headers.countOr(ATTEMPT, 1);
        var history = new ArrayList<>(headers.lines(HISTORY));
        history.add("%s %s".formatted(now.truncatedTo(ChronoUnit.MILLIS), headers.textOr(REASON, "failed")));
        Duration delay = backOff(headers, attempt);
        boolean isLast = attempt >= headers.countOr(MAX_ATTEMPTS, DEFAULT_ATTEMPTS);
        return new Retry(
                attempt,
                isLast,
                isLast ? Duration.ZERO : delay,
                List.copyOf(history.subList(Math.max(0, history.size() - LINES), history.size())));
    }

    private static Duration backOff(HeaderReader headers, int attempt) throws Refusal {
        Duration first = headers.delay(DELAY);
        Duration longest = headers.has(MAX_DELAY) ? headers.delay(MAX_DELAY) : DEFAULT_LONGEST;
        return switch (headers.textOr(BACKOFF, "exponential")) {
            case "fixed" -> first;
            case "exponential" -> {
                double millis = Math.min(longest.toMillis(), first.toMillis() * Math.pow(2, attempt - 1));
                yield Duration.ofMillis(
                        (long) (millis * ThreadLocalRandom.current().nextDouble(1, 1.25)));
            }
            default -> throw new Refusal("invalid_header", "x-backoff must be exponential or fixed");
        };
    }

    String target(String queue) {
        return isLast ? Topology.parkingLot(queue) : queue;
    }

    /** What the message carries on its way: for its next handler, or for whoever looks into the parking lot. */
    Map<String, Object> headers() {
        return isLast
                ? Map.of(
                        HISTORY,
                        history,
                        Topology.PARKED_REASON_HEADER,
                        "attempts_exhausted",
                        Topology.PARKED_DETAIL_HEADER,
                        "failed %d times, the last time: %s".formatted(attempt, history.getLast()))
                : Map.of(ATTEMPT, attempt + 1, HISTORY, history);
    }
}
