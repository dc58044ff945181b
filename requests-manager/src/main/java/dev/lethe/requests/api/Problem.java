package dev.lethe.requests.api;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;

/**
 * Problem details (RFC 9457), without {@code instance}: that would repeat what was asked for.
 *
 * @param reason a code, for programs
 * @param state of the request that it is about, if there is one
 */
record Problem(
        String type,
        String title,
        int status,
        String detail,
        String reason,
        @Nullable String state) {

    static Problem of(HttpStatus status, String reason, String detail) {
        return of(status, reason, detail, null);
    }

    static Problem of(HttpStatus status, String reason, String detail, @Nullable String state) {
        return new Problem("about:blank", status.getReasonPhrase(), status.value(), detail, reason, state);
    }

    ResponseEntity<Problem> toResponse(HttpHeaders headers) {
        return ResponseEntity.status(status)
                .headers(headers)
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .body(this);
    }
}
