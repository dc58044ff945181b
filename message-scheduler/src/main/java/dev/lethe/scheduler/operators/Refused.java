package dev.lethe.scheduler.operators;

import org.springframework.http.HttpStatus;

/** Why a request is not done, for who made it; becomes problem details. */
final class Refused extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final HttpStatus status;

    Refused(HttpStatus status, String detail) {
        super(detail);
        this.status = status;
    }

    HttpStatus status() {
        return status;
    }
}
