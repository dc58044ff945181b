package dev.lethe.requests.access.delivery;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Which bytes are asked for (RFC 9110, 14.2): all, a piece of them, or none that there are. */
sealed interface ByteRange {

    record Whole() implements ByteRange {}

    /** @param last inclusive */
    record Part(long first, long last) implements ByteRange {}

    record Beyond() implements ByteRange {}

    /** More digits than any report has, and still a long. */
    Pattern SINGLE = Pattern.compile("bytes=(\\d{0,18})-(\\d{0,18})");

    /**
     * What does not read as one range of bytes is no reason to refuse: then all of them are sent, as the RFC has it.
     *
     * @param ifRange if given, a range counts only for a report with this tag
     */
    static ByteRange of(@Nullable String range, @Nullable String ifRange, String tag, long size) {
        if (range == null || ifRange != null && !ifRange.strip().equals(tag)) {
            return new Whole();
        }
        Matcher matcher = SINGLE.matcher(range.strip());
        if (!matcher.matches() || matcher.group(1).isEmpty() && matcher.group(2).isEmpty()) {
            return new Whole();
        }
        if (matcher.group(1).isEmpty()) {
            long length = Long.parseLong(matcher.group(2));
            return length == 0 || size == 0 ? new Beyond() : new Part(Math.max(0, size - length), size - 1);
        }
        long first = Long.parseLong(matcher.group(1));
        long last = matcher.group(2).isEmpty() ? Long.MAX_VALUE : Long.parseLong(matcher.group(2));
        if (last < first) {
            return new Whole();
        }
        return first >= size ? new Beyond() : new Part(first, Math.min(last, size - 1));
    }
}
