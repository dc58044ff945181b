package dev.lethe.messages.scheduling;

/**
 * The headers with which a message is handed to message-scheduler; it strips them and delivers the rest as it was.
 * Exactly one of {@link #DELIVER_AT} and {@link #DELAY} must be there.
 */
public final class ScheduleHeaders {

    /** Routing keys of the exchange {@code scheduler}. */
    public static final String SCHEDULE = "schedule";

    public static final String CANCEL = "cancel";

    /** When: RFC 3339, or milliseconds since the epoch. */
    public static final String DELIVER_AT = "x-deliver-at";
    /** When: milliseconds from now, by the clock of the scheduler's database. */
    public static final String DELAY = "x-delay";
    /** Where to; the empty string is the default exchange. */
    public static final String EXCHANGE = "x-exchange";

    public static final String ROUTING_KEY = "x-routing-key";
    /** Names the message among those of its sender, to replace or cancel it. */
    public static final String KEY = "x-key";
    /** What to do when the key is taken: {@code replace} (the default) or {@code keep}. */
    public static final String ON_CONFLICT = "x-on-conflict";
    /** The person the message is about; erasing that person deletes what is pending. */
    public static final String SUBJECT = "x-subject";
    /** Do not deliver after: RFC 3339, or milliseconds since the epoch. */
    public static final String EXPIRES_AT = "x-expires-at";

    private ScheduleHeaders() {}
}
