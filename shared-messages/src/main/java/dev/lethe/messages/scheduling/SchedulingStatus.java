package dev.lethe.messages.scheduling;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What message-scheduler answers. */
public enum SchedulingStatus {
    @JsonProperty("scheduled")
    SCHEDULED,
    @JsonProperty("replaced")
    REPLACED,
    /** The key was taken and {@code x-on-conflict} was {@code keep}. */
    @JsonProperty("kept")
    KEPT,
    @JsonProperty("rejected")
    REJECTED,
    /** It will never be sent. */
    @JsonProperty("cancelled")
    CANCELLED,
    /** It is being sent now. */
    @JsonProperty("in_flight")
    IN_FLIGHT,
    /** It was sent already, or never known. */
    @JsonProperty("gone")
    GONE,
    /** What was pending about a person is deleted; {@code count} says how much that was. */
    @JsonProperty("forgotten")
    FORGOTTEN
}
