package dev.lethe.requests.api;

import java.util.Locale;

/** What somebody may do. None includes another. */
enum Right {
    /** Submit requests, and take them back. */
    SUBMIT,
    /** See every request, and find those of a person. */
    READ,
    /** Extend, hold, release, retry, reject, take back. */
    OPERATE;

    /** As Spring Security names it; a token has it by its scope {@code requests:submit} and so on. */
    String authority() {
        return "SCOPE_requests:" + name().toLowerCase(Locale.ROOT);
    }
}
