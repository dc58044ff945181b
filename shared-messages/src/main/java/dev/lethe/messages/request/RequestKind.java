package dev.lethe.messages.request;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What a person can ask: GDPR Art. 15 and 20, Art. 17; CCPA 1798.110, 1798.105. */
public enum RequestKind {
    @JsonProperty("access")
    ACCESS,
    @JsonProperty("erasure")
    ERASURE
}
