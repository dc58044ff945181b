package dev.lethe.requests.api;

import dev.lethe.messages.InvalidMessage;
import java.util.Arrays;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.annotation.Order;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.TransactionException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** What we refuse or fail at, as problem details. None repeats what was asked for, and none of that is logged. */
@RestControllerAdvice(assignableTypes = RequestsController.class)
@Order(1)
class RequestProblems {

    private static final Logger log = LoggerFactory.getLogger(RequestProblems.class);

    private static final String RETRY_AFTER_SECONDS = "5";

    @ExceptionHandler
    ResponseEntity<Problem> refused(Refused refused) {
        return refused.problem().toResponse(HttpHeaders.EMPTY);
    }

    @ExceptionHandler
    ResponseEntity<Problem> invalid(InvalidMessage invalid) {
        return Problem.of(HttpStatus.BAD_REQUEST, invalid.reason(), invalid.detail())
                .toResponse(HttpHeaders.EMPTY);
    }

    @ExceptionHandler
    ResponseEntity<Problem> tooSlow(QueryTimeoutException timeout) {
        return unavailable("the database was stopped after five seconds; say more about what you look for");
    }

    @ExceptionHandler({DataAccessException.class, TransactionException.class})
    ResponseEntity<Problem> noDatabase(RuntimeException failure) {
        log.atWarn()
                .addKeyValue("event.action", "outage")
                .addKeyValue("error.type", failure.getClass().getName())
                .log("the database did not do what was asked over HTTP");
        return unavailable("the database does not answer, or not as it should; try again later");
    }

    /** The message may be anything, so it is neither told nor logged. */
    @ExceptionHandler
    ResponseEntity<Problem> failed(RuntimeException failure) {
        log.atError()
                .addKeyValue("event.action", "api-failed")
                .addKeyValue("error.type", failure.getClass().getName())
                .log(
                        "unexpected, this is our bug: {} at {}",
                        failure.getClass().getName(),
                        Arrays.stream(failure.getStackTrace()).findFirst().orElse(null));
        return Problem.of(HttpStatus.INTERNAL_SERVER_ERROR, "failed", "this is our bug; the log says where it is")
                .toResponse(HttpHeaders.EMPTY);
    }

    private static ResponseEntity<Problem> unavailable(String detail) {
        var headers = new HttpHeaders();
        headers.set(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS);
        return Problem.of(HttpStatus.SERVICE_UNAVAILABLE, "unavailable", detail).toResponse(headers);
    }
}
