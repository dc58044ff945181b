package dev.lethe.messages.request;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What the law sets a time for. */
public enum DeadlineKind {
    /** What was asked must be done. */
    @JsonProperty("answer")
    ANSWER,
    /** The person must be told that the request has come (CCPA regulations, 11 CCR 7021: within 10 business days). */
    @JsonProperty("acknowledgement")
    ACKNOWLEDGEMENT
}
