package dev.lethe.scheduler.intake;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.rabbitmq.client.LongString;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Date;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads typed values out of AMQP headers, whatever type the sender's client library made of them. */
final class HeaderReader {

    private static final Pattern CONTROL_CHARACTERS = Pattern.compile("\\p{Cntrl}");
    private static final Pattern DIGITS = Pattern.compile("-?\\d{1,18}");
    private static final int MAX_TEXT = 256;
    private static final int MAX_NAME_BYTES = 255;
    private static final Duration LONGEST_DELAY = Duration.ofDays(366L * 100);
    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

    private final Map<String, Object> headers;

    HeaderReader(@Nullable Map<String, Object> headers) {
        this.headers = headers == null ? Map.of() : headers;
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
        if (!(value instanceof CharSequence || value instanceof LongString)) {
            throw new Refusal("invalid_header", name + " must be a string");
        }
        String text = value.toString();
        if (text.length() > MAX_TEXT) {
            throw new Refusal("invalid_header", name + " must not be longer than " + MAX_TEXT + " characters");
        }
        if (CONTROL_CHARACTERS.matcher(text).find()) {
            throw new Refusal("invalid_header", name + " must not hold control characters");
        }
        return text;
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
            if (time.isBefore(Instant.EPOCH) || time.isAfter(LATEST)) {
                throw new Refusal("invalid_time", name + " must lie between the years 1970 and 9999");
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
