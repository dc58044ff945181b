package dev.lethe.scheduler.operators;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.transaction.TransactionException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/** Every error as problem details (RFC 9457). None repeats what was asked for, and none of that is logged. */
@RestControllerAdvice
class Problems extends ResponseEntityExceptionHandler {

    private static final Logger log = LoggerFactory.getLogger(Problems.class);

    @ExceptionHandler
    ProblemDetail refused(Refused refused) {
        return ProblemDetail.forStatusAndDetail(refused.status(), String.valueOf(refused.getMessage()));
    }

    @ExceptionHandler
    ProblemDetail tooSlow(QueryTimeoutException timeout) {
        return ProblemDetail.forStatusAndDetail(
                HttpStatus.SERVICE_UNAVAILABLE,
                "the database was stopped after five seconds; say more about what you look for, as owner and key together");
    }

    @ExceptionHandler({DataAccessException.class, TransactionException.class})
    ProblemDetail noDatabase(RuntimeException failure) {
        log.atWarn()
                .addKeyValue("event.action", "operator-request-failed")
                .addKeyValue("error.type", failure.getClass().getName())
                .log("the database did not do what an operator asked for");
        return ProblemDetail.forStatusAndDetail(
                HttpStatus.SERVICE_UNAVAILABLE, "the database does not answer, or not as it should; try again later");
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleHttpMessageNotReadable(
            HttpMessageNotReadableException exception, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(
                status,
                "expected JSON with state, filter, limit, after; in the filter key, key_prefix, owner, subject, exchange,"
                        + " routing_key, reason, due_after, due_before, the last two as 2026-01-31T12:00:00Z");
        return handleExceptionInternal(exception, problem, headers, status, request);
    }
}
