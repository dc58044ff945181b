package dev.lethe.benchmarks.scheduler;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;
import java.util.UUID;

/** The bodies that all send: 300 characters, first when it was due (microseconds since the epoch), then its number. */
final class Bodies {

    static final int SIZE = 300;
    private static final int DIGITS = 16;

    /** What every message id begins with; its number follows in twelve hexadecimal digits. */
    static final String ID_PREFIX = "00000000-0000-0000-0000-";

    private Bodies() {}

    static String id(long number) {
        return new UUID(0, number).toString();
    }

    static int number(String id) {
        return Integer.parseInt(id.substring(ID_PREFIX.length()), 16);
    }

    static byte[] of(long dueMicros, long number) {
        byte[] body = new byte[SIZE];
        Arrays.fill(body, (byte) 'x');
        write(body, 0, dueMicros);
        write(body, DIGITS, number);
        return body;
    }

    private static void write(byte[] body, int at, long value) {
        long rest = value;
        for (int i = DIGITS - 1; i >= 0; i--) {
            body[at + i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
    }

    static long dueMicros(byte[] body) {
        return Long.parseLong(new String(body, 0, DIGITS, US_ASCII));
    }

    static int number(byte[] body) {
        return Integer.parseInt(new String(body, DIGITS, DIGITS, US_ASCII));
    }

    /** In SQL: the body of row {@code n} that is due at {@code due}. */
    static String sql(String due) {
        return "convert_to(rpad(lpad((extract(epoch from %s) * 1000000)::bigint::text, 16, '0') || lpad(n::text, 16, '0'), 300, 'x'), 'UTF8')"
                .formatted(due);
    }
}
