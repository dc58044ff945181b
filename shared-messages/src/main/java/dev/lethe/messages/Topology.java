package dev.lethe.messages;

/** The names of exchanges, queues and headers. Who declares and who may use them is in {@code asyncapi.yaml}. */
public final class Topology {

    public static final String REQUESTS_EXCHANGE = "privacy.requests";
    public static final String EVENTS_EXCHANGE = "privacy.events";
    public static final String COMMANDS_EXCHANGE = "privacy.commands";
    public static final String PARTICIPANTS_EXCHANGE = "participants";
    public static final String SCHEDULER_EXCHANGE = "scheduler";
    /** Direct; the routing key is the queue that the message could not be handled from. */
    public static final String PARKING_EXCHANGE = "parking";

    public static final String REQUESTS_QUEUE = "requests-manager.requests";
    public static final String EVENTS_QUEUE = "requests-manager.events";
    /** Exports, for access reports, from the replies of every participant. */
    public static final String EXPORTS_QUEUE = "requests-manager.exports";

    /** What requests-manager has itself woken for, by message-scheduler through the default exchange. */
    public static final String CHECKS_QUEUE = "requests-manager.checks";

    public static final String COMMANDS_QUEUE = "cancellation-service.commands";
    public static final String REPLIES_QUEUE = "cancellation-service.replies";
    public static final String SCHEDULE_QUEUE = "message-scheduler.schedule";

    public static final String SCHEMA_VERSION_HEADER = "schema_version";
    public static final String TRACEPARENT_HEADER = "traceparent";
    /** On a parked message: why it could not be handled, as a code such as {@code not_json}. */
    public static final String PARKED_REASON_HEADER = "x-parked-reason";
    /** On a parked message: which part of it was at fault; names fields, never their content. */
    public static final String PARKED_DETAIL_HEADER = "x-parked-detail";

    private Topology() {}

    /** The queue on which a participant is asked. */
    public static String participantQueue(String participant) {
        return "participant." + participant;
    }

    /** The exchange on which a participant answers; nobody else may write to it. */
    public static String repliesExchange(String participant) {
        return "participant." + participant + ".replies";
    }

    /** The parking lot of a queue: what could not be handled, with the reason in {@link #PARKED_REASON_HEADER}. */
    public static String parkingLot(String queue) {
        return queue + ".parked";
    }
}
