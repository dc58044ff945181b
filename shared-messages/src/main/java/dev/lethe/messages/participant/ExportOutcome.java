package dev.lethe.messages.participant;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What a participant can say of an export. */
public enum ExportOutcome {
    @JsonProperty("exported")
    EXPORTED,
    @JsonProperty("nothing_found")
    NOTHING_FOUND,
    @JsonProperty("failed")
    FAILED
}
