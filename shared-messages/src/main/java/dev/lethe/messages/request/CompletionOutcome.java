package dev.lethe.messages.request;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How a request ended. */
public enum CompletionOutcome {
    @JsonProperty("completed")
    COMPLETED,
    /** Something was kept, could not be erased, or is missing in the report; the exceptions say what and why. */
    @JsonProperty("completed_with_exceptions")
    COMPLETED_WITH_EXCEPTIONS
}
