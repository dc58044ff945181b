package dev.lethe.requests.api;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/** What the web framework refuses by itself, as problem details that do not repeat the path or a value as its own would. */
@RestControllerAdvice
@Order(0)
class Problems extends ResponseEntityExceptionHandler {

    private static final Map<HttpStatus, String> WHAT_TO_DO = Map.of(
            HttpStatus.BAD_REQUEST, "expected a UUID of 36 characters in the path, and what /openapi.json says",
            HttpStatus.NOT_FOUND, "nothing is at this path; /openapi.json says what is where",
            HttpStatus.METHOD_NOT_ALLOWED, "this path knows other methods; the header Allow names them",
            HttpStatus.NOT_ACCEPTABLE, "the answer is application/json, or application/problem+json",
            HttpStatus.UNSUPPORTED_MEDIA_TYPE, "expected Content-Type: application/json");

    @Override
    protected @Nullable ResponseEntity<Object> handleExceptionInternal(
            Exception exception,
            @Nullable Object body,
            HttpHeaders headers,
            HttpStatusCode statusCode,
            WebRequest request) {
        HttpStatus status = HttpStatus.valueOf(statusCode.value());
        Problem problem = Problem.of(
                status,
                status.is4xxClientError() ? "invalid_request" : "failed",
                WHAT_TO_DO.getOrDefault(status, status.getReasonPhrase()));
        return super.handleExceptionInternal(
                exception, problem, problem.toResponse(headers).getHeaders(), statusCode, request);
    }
}
