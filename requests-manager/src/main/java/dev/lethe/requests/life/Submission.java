package dev.lethe.requests.life;

import dev.lethe.requests.request.jdbc.StoredRequest;

/** What came of a submission. */
public sealed interface Submission {

    /** A request was stored; its state may be that it was rejected, with the person told. */
    record Opened(StoredRequest request) implements Submission {}

    /** The same was submitted before; nothing happened. */
    record Repeated(StoredRequest request) implements Submission {}

    /** Nothing was stored. {@code reason} is a code, {@code detail} says what to do instead. */
    record Refused(String reason, String detail) implements Submission {}
}
