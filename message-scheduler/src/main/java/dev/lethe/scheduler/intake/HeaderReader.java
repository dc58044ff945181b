package dev.lethe.scheduler.intake;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.rabbitmq.client.LongString;
import dev.lethe.messages.scheduling.ScheduleHeaders;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads typed values out of AMQP headers, whatever type the sender's client library made of them. */
final class HeaderReader {

    private static final Pattern CONTROL_CHARACTERS = Pattern.compile("\\p{Cc}");
    private static final Pattern DIGITS = Pattern.compile("-?\\d{1,18}");
    private static final int MAX_TEXT = 256;
    private static final int MAX_NAME_BYTES = 255;
    private static final int MOST_ATTEMPTS = 1_000;
    private static final int MOST_LINES = 20;
    private static final int DEEPEST = 100;
    /** The default exchange has no name, and a routing key need not have one. */
    private static final Set<String> MAY_BE_EMPTY = Set.of(ScheduleHeaders.EXCHANGE, ScheduleHeaders.ROUTING_KEY);

    private static final Duration LONGEST_DELAY = Duration.ofDays(366L * 100);
    /** Seconds since 1970 that were meant as milliseconds fall before this. */
    private static final Instant EARLIEST = Instant.parse("2000-01-01T00:00:00Z");

    private final Map<String, Object> headers;
    private final Instant latest;

    HeaderReader(@Nullable Map<String, Object> headers, Instant now) {
        this.headers = headers == null ? Map.of() : headers;
        this.latest = now.plus(LONGEST_DELAY);
    }

    /** Whoever reads them next may have less room than we. */
    void requireShallow() throws Refusal {
        if (isDeeperThan(headers, DEEPEST)) {
            throw new Refusal("invalid_header", "headers must not be nested deeper than " + DEEPEST);
        }
    }

    private static boolean isDeeperThan(Object value, int levels) {
        Collection<?> parts = value instanceof Map<?, ?> table
                ? table.values()
                : value instanceof Collection<?> list ? list : List.of();
        return !parts.isEmpty()
                && (levels == 0 || parts.stream().anyMatch(part -> part != null && isDeeperThan(part, levels - 1)));
    }

    boolean has(String name) {
        return headers.get(name) != null;
    }

    @Nullable
    String text(String name) throws Refusal {
        Object value = headers.get(name);
        if (value == null) {
            return null;
        }
        String text = decoded(name, value);
        if (text.isEmpty() && !MAY_BE_EMPTY.contains(name)) {
            throw new Refusal("invalid_header", name + " must not be empty");
        }
        if (text.length() > MAX_TEXT) {
            throw new Refusal("invalid_header", name + " must not be longer than " + MAX_TEXT + " characters");
        }
        if (CONTROL_CHARACTERS.matcher(text).find()) {
            throw new Refusal("invalid_header", name + " must not hold control characters");
        }
        return text;
    }

    private static String decoded(String name, Object value) throws Refusal {
        try {
            return switch (value) {
                case LongString text ->
                    UTF_8.newDecoder().decode(ByteBuffer.wrap(text.getBytes())).toString();
                case CharSequence text -> text.toString();
                default -> throw new Refusal("invalid_header", name + " must be a string");
            };
        } catch (CharacterCodingException e) {
            throw new Refusal("invalid_header", name + " must be UTF-8");
        }
    }

    String textOr(String name, String absent) throws Refusal {
        String text = text(name);
        return text == null ? absent : text;
    }

    /** The name of an exchange or a queue, or a routing key: for those AMQP has room for 255 bytes. */
    @Nullable
    String name(String name) throws Refusal {
        String text = text(name);
        if (text != null && text.getBytes(UTF_8).length > MAX_NAME_BYTES) {
            throw new Refusal("invalid_header", name + " must not be longer than " + MAX_NAME_BYTES + " bytes");
        }
        return text;
    }

    /** A number, or a string of digits: not every client can send integers in headers. */
    Duration delay(String name) throws Refusal {
        Long millis = wholeNumber(headers.get(name));
        if (millis == null || millis < 0 || millis > LONGEST_DELAY.toMillis()) {
            throw new Refusal("invalid_time", name + " must be milliseconds, from 0 to 100 years");
        }
        return Duration.ofMillis(millis);
    }

    int countOr(String name, int absent) throws Refusal {
        if (!has(name)) {
            return absent;
        }
        Long count = wholeNumber(headers.get(name));
        if (count == null || count < 1 || count > MOST_ATTEMPTS) {
            throw new Refusal("invalid_header", "%s must be a number from 1 to %d".formatted(name, MOST_ATTEMPTS));
        }
        return count.intValue();
    }

    /** A list of short strings, as we wrote it ourselves. */
    List<String> lines(String name) throws Refusal {
        var lines = new ArrayList<String>();
        Object value = headers.getOrDefault(name, List.of());
        if (!(value instanceof List<?> list) || list.size() > MOST_LINES) {
            throw new Refusal("invalid_header", name + " must be handed back as it came");
        }
        for (Object line : list) {
            String text = line == null ? "" : decoded(name, line);
            if (text.length() > 2 * MAX_TEXT || CONTROL_CHARACTERS.matcher(text).find()) {
                throw new Refusal("invalid_header", name + " must be handed back as it came");
            }
            lines.add(text);
        }
        return lines;
    }

    /** RFC 3339, milliseconds since the epoch, or an AMQP timestamp. */
    Instant time(String name) throws Refusal {
        Object value = headers.get(name);
        Long millis = wholeNumber(value);
        try {
            Instant time = value instanceof Date date
                    ? date.toInstant()
                    : millis != null
                            ? Instant.ofEpochMilli(millis)
                            : OffsetDateTime.parse(String.valueOf(value)).toInstant();
            if (time.isBefore(EARLIEST)) {
                throw new Refusal(
                        "invalid_time", name + " lies before the year 2000: seconds instead of milliseconds?");
            }
            if (time.isAfter(latest)) {
                throw new Refusal("invalid_time", name + " must be no more than 100 years ahead");
            }
            return time;
        } catch (DateTimeException e) {
            throw new Refusal(
                    "invalid_time", name + " must be RFC 3339, as 2026-01-31T12:00:00Z, or milliseconds since 1970");
        }
    }

    private static @Nullable Long wholeNumber(@Nullable Object value) {
        if (value instanceof Long || value instanceof Integer || value instanceof Short || value instanceof Byte) {
            return ((Number) value).longValue();
        }
        String text = value instanceof LongString || value instanceof String ? value.toString() : "";
        return DIGITS.matcher(text).matches() ? Long.valueOf(text) : null;
    }
}
