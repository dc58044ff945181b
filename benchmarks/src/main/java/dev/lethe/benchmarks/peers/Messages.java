package dev.lethe.benchmarks.peers;

/** The messages that all send: 300 bytes, and an id made of their number. */
final class Messages {

    /** In SQL: the message id of row {@code n}, a UUID. */
    static final String ID = "'00000000-0000-0000-0000-' || lpad(to_hex(n), 12, '0')";

    /** In SQL: the body of row {@code n}, text that any format can hold. */
    static final String BODY = "rpad('0000000000000000' || lpad(n::text, 16, '0'), 300, 'x')";

    private Messages() {}
}
