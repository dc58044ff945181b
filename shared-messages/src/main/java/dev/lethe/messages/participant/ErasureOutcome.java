package dev.lethe.messages.participant;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What a participant can say of an erasure. */
public enum ErasureOutcome {
    @JsonProperty("erased")
    ERASED,
    /** As good as erased: a participant that is asked again after it erased finds nothing. */
    @JsonProperty("nothing_found")
    NOTHING_FOUND,
    /** Kept, wholly or in part, because a law says so. */
    @JsonProperty("retained")
    RETAINED,
    @JsonProperty("failed")
    FAILED;

    /** Whether nothing about the subject is left with the participant. */
    public boolean isForgotten() {
        return this == ERASED || this == NOTHING_FOUND;
    }
}
