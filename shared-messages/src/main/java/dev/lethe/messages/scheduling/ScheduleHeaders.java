package dev.lethe.messages.scheduling;

/**
 * What one says to message-scheduler: the commands, which are the routing keys of its exchange, and the headers with which
 * a message is handed to it. It strips them and delivers the rest as it was.
 */
public final class ScheduleHeaders {

    /** Send this message later; exactly one of {@link #DELIVER_AT} and {@link #DELAY} says when. */
    public static final String SCHEDULE = "schedule";
    /** Do not send the message that I named so with {@link #KEY}. */
    public static final String CANCEL = "cancel";
    /** I failed to handle this message: bring it back to the queue {@link #ROUTING_KEY} after {@link #DELAY}. */
    public static final String RETRY = "retry";
    /** Delete what is pending about the person {@link #SUBJECT}. */
    public static final String FORGET = "forget";

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

    /** How {@link #DELAY} grows from retry to retry: {@code exponential} (doubles, the default) or {@code fixed}. */
    public static final String BACKOFF = "x-backoff";
    /** The longest an exponential delay grows, in milliseconds; default one hour. */
    public static final String MAX_DELAY = "x-max-delay";
    /** How often the message is delivered in all, the first time included, before it is parked; default 5. */
    public static final String MAX_ATTEMPTS = "x-max-attempts";
    /** Why the attempt failed, as a code; no personal data. */
    public static final String REASON = "x-reason";
    /** On a message that was brought back: which delivery this is, 2 for the first retry. Hand it back as it came. */
    public static final String ATTEMPT = "x-attempt";
    /** On a message that was brought back: its failed attempts, a list of strings {@code TIME REASON}. Hand it back as it came. */
    public static final String HISTORY = "x-attempts";

    private ScheduleHeaders() {}
}
