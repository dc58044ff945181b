package dev.lethe.messages;

import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The rules that fields obey, by name. Each refuses with {@link InvalidMessage} and returns what it was given. */
public final class Require {

    private static final Pattern CONTROL_OR_LONE_SURROGATE = Pattern.compile("[\\p{Cntrl}\\p{Cs}]");
    private static final Pattern NUL_OR_LONE_SURROGATE = Pattern.compile("[\\x00\\p{Cs}]");
    private static final Pattern TOKEN = Pattern.compile("[a-z][a-z0-9_-]{0,63}");
    /** What a mail program or a fetcher can open; "[" and "]" only around an IPv6 address, as in RFC 3986. */
    private static final Pattern URL = Pattern.compile("(?i:https?)://[!-~&&[^/?#]]+([/?#][!-~&&[^\\[\\]]]*)?");

    private static final Instant EARLIEST = Instant.parse("1970-01-01T00:00:00Z");
    private static final Instant TOO_LATE =
            Instant.parse("9999-12-31T23:59:59Z").plusSeconds(1);

    private Require() {}

    public static <T> T present(@Nullable T value, String field) {
        if (value == null) {
            throw InvalidMessage.field(field, "is missing");
        }
        return value;
    }

    /** Text that people or databases may have made: present, not blank, no control characters (PostgreSQL has no NUL). */
    public static String text(@Nullable String value, String field, int maxLength) {
        String text = present(value, field);
        if (text.isBlank()) {
            throw InvalidMessage.field(field, "must not be blank");
        }
        // As JSON Schema and PostgreSQL count: an emoji is one character, in Java's length() it is two
        if (text.codePointCount(0, text.length()) > maxLength) {
            throw InvalidMessage.field(field, "must not be longer than " + maxLength + " characters");
        }
        if (CONTROL_OR_LONE_SURROGATE.matcher(text).find()) {
            throw InvalidMessage.field(field, "must not hold control characters or lone surrogates");
        }
        return text;
    }

    public static @Nullable String optionalText(@Nullable String value, String field, int maxLength) {
        return value == null ? null : text(value, field, maxLength);
    }

    /** A document's text: line breaks and tabs are welcome, NUL and lone surrogates can neither be stored nor written. */
    public static @Nullable String content(@Nullable String value, String field) {
        if (value != null && NUL_OR_LONE_SURROGATE.matcher(value).find()) {
            throw InvalidMessage.field(field, "must not hold NUL or lone surrogates");
        }
        return value;
    }

    /** A code such as {@code gdpr}: lower case letters, digits, hyphen, underscore. */
    public static String token(@Nullable String value, String field) {
        String token = present(value, field);
        if (!TOKEN.matcher(token).matches()) {
            throw InvalidMessage.field(field, "must be lower case letters, digits, '-' and '_', at most 64 of them");
        }
        return token;
    }

    /** An absolute {@code http} or {@code https} URL in ASCII, the rest percent-encoded. */
    public static URI url(@Nullable URI value, String field) {
        URI url = present(value, field);
        if (!URL.matcher(url.toString()).matches()) {
            throw InvalidMessage.field(field, "must be an absolute http or https URL, percent-encoded");
        }
        return url;
    }

    /** A time that any database can keep: years 1970 to 9999. */
    public static Instant time(@Nullable Instant value, String field) {
        Instant time = present(value, field);
        if (time.isBefore(EARLIEST) || !time.isBefore(TOO_LATE)) {
            throw InvalidMessage.field(field, "must lie between the years 1970 and 9999");
        }
        return time;
    }

    public static @Nullable Instant optionalTime(@Nullable Instant value, String field) {
        return value == null ? null : time(value, field);
    }

    /** What an older sender does not say yet, as it is meant when it is left out. */
    public static <T> T orElse(@Nullable T value, T meantWhenLeftOut) {
        return value == null ? meantWhenLeftOut : value;
    }

    public static <T> List<T> listOrEmpty(@Nullable List<T> values, String field) {
        if (values == null) {
            return List.of();
        }
        if (values.stream().anyMatch(Objects::isNull)) {
            throw InvalidMessage.field(field, "must not hold null");
        }
        return List.copyOf(values);
    }

    public static void that(boolean holds, String field, String rule) {
        if (!holds) {
            throw InvalidMessage.field(field, rule);
        }
    }
}
