package dev.lethe.requests.request;

import java.util.Locale;

/** Whom or what a request waits for before it can go on. */
public enum WaitingFor {
    /** Participants that were asked for an export. */
    PARTICIPANTS,
    /** A source that could not be read; it is tried again by itself. */
    SOURCES,
    /** Somebody who looks at it: what went wrong does not mend itself, or the deadline has passed. */
    HUMAN,
    /** An access report of the same person, which would find nothing once the erasure has begun. */
    REPORT;

    /** Its name in the database and on the wire. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static WaitingFor of(String code) {
        return valueOf(code.toUpperCase(Locale.ROOT));
    }
}
