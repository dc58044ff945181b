package dev.lethe.outbox;

import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Carries the W3C {@code traceparent} of the message at hand to the messages that are sent because of it. */
final class Trace {

    private static final Pattern TRACEPARENT = Pattern.compile("00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}");
    static final ScopedValue<String> CURRENT = ScopedValue.newInstance();

    private Trace() {}

    /** The one that came in, if it is one; otherwise the beginning of a new trace. */
    static String orNew(@Nullable Object traceparent) {
        String text = String.valueOf(traceparent);
        return TRACEPARENT.matcher(text).matches() ? text : "00-%s-%s-01".formatted(random(16), random(8));
    }

    static String current() {
        return CURRENT.isBound() ? CURRENT.get() : orNew(null);
    }

    private static String random(int bytes) {
        var random = new byte[bytes];
        ThreadLocalRandom.current().nextBytes(random);
        return HexFormat.of().formatHex(random);
    }
}
