package dev.lethe.scheduler.operators;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.stereotype.Component;

/** Tells who is not known how to be, and the log that somebody tried. */
@Component
class Unauthenticated implements AuthenticationEntryPoint {

    private static final Logger log = LoggerFactory.getLogger(Unauthenticated.class);

    private static final String PROBLEM = """
            {"type":"about:blank","title":"Unauthorized","status":401,"detail":"%s"}""";

    private final String detail;

    Unauthenticated(OperatorsProperties properties) {
        detail = properties.isOpen()
                ? "log in by HTTP Basic as user operator, with the password of lethe.operators.password"
                : "closed: no lethe.operators.password is configured";
    }

    @Override
    public void commence(
            HttpServletRequest request, HttpServletResponse response, AuthenticationException authenticationException)
            throws IOException {
        if (request.getHeader(HttpHeaders.AUTHORIZATION) != null) {
            log.atWarn()
                    .addKeyValue("event.action", "operator-login")
                    .addKeyValue("event.outcome", "failure")
                    .addKeyValue("source.ip", request.getRemoteAddr())
                    .log("somebody's login to /operators failed");
        }
        response.setStatus(HttpStatus.UNAUTHORIZED.value());
        response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Basic realm=\"operators\"");
        response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
        response.getWriter().write(PROBLEM.formatted(detail));
    }
}
