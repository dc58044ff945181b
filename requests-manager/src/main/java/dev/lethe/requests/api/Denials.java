package dev.lethe.requests.api;

import dev.lethe.messages.MessageJson;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.access.AccessDeniedHandler;
import org.springframework.security.web.authentication.AuthenticationFailureHandler;
import org.springframework.security.web.firewall.RequestRejectedException;
import org.springframework.security.web.firewall.RequestRejectedHandler;

/** What is said at the door, as problem details: who is not known is told how to be, and the log that somebody tried. */
final class Denials
        implements AuthenticationEntryPoint, AuthenticationFailureHandler, AccessDeniedHandler, RequestRejectedHandler {

    private static final Logger log = LoggerFactory.getLogger(Denials.class);

    static final String HOW_TO_OPEN =
            "lethe.api.keys.NAME.sha256 and .may, or spring.security.oauth2.resourceserver.jwt.issuer-uri";

    private final boolean takesKeys;
    private final boolean takesTokens;

    Denials(boolean takesKeys, boolean takesTokens) {
        this.takesKeys = takesKeys;
        this.takesTokens = takesTokens;
    }

    @Override
    public void commence(HttpServletRequest request, HttpServletResponse response, AuthenticationException unknown)
            throws IOException {
        boolean tried =
                request.getHeader(ApiKeyFilter.HEADER) != null || request.getHeader(HttpHeaders.AUTHORIZATION) != null;
        if (tried) {
            logged(request, "unauthenticated", "somebody's key or token for /requests was refused");
        }
        if (takesKeys || !takesTokens) {
            response.addHeader(HttpHeaders.WWW_AUTHENTICATE, "ApiKey realm=\"requests\"");
        }
        if (takesTokens) {
            response.addHeader(
                    HttpHeaders.WWW_AUTHENTICATE,
                    "Bearer realm=\"requests\""
                            + (request.getHeader(HttpHeaders.AUTHORIZATION) == null
                                    ? ""
                                    : ", error=\"invalid_token\""));
        }
        write(response, Problem.of(HttpStatus.UNAUTHORIZED, "unauthenticated", howToComeIn()));
    }

    private String howToComeIn() {
        if (!takesKeys && !takesTokens) {
            return "closed: nobody may come in as long as nothing of this is configured: " + HOW_TO_OPEN;
        }
        String key = "a known key in the one header " + ApiKeyFilter.HEADER;
        String token = "a valid token in the one header Authorization: Bearer";
        return "show " + (takesKeys && takesTokens ? key + ", or " + token + ", not both" : takesKeys ? key : token);
    }

    @Override
    public void onAuthenticationFailure(
            HttpServletRequest request, HttpServletResponse response, AuthenticationException failure)
            throws IOException {
        if (!(failure instanceof AuthenticationServiceException)) {
            commence(request, response, failure);
            return;
        }
        log.atWarn()
                .addKeyValue("event.action", "outage")
                .addKeyValue("error.type", failure.getClass().getName())
                .log("a token cannot be checked: the authorization server's keys cannot be had");
        write(
                response,
                Problem.of(
                        HttpStatus.SERVICE_UNAVAILABLE,
                        "unavailable",
                        "the token cannot be checked now, since the authorization server does not answer; try again later"));
    }

    @Override
    public void handle(HttpServletRequest request, HttpServletResponse response, AccessDeniedException denied)
            throws IOException {
        logged(request, "forbidden", "somebody is known and may not do what they tried");
        write(
                response,
                Problem.of(
                        HttpStatus.FORBIDDEN,
                        "forbidden",
                        "you are known, and may not do this; a key needs submit, read or operate in its 'may', a token the"
                                + " scope requests:submit, requests:read or requests:operate"));
    }

    /** Of a path or a header that only an attack has. */
    @Override
    public void handle(HttpServletRequest request, HttpServletResponse response, RequestRejectedException rejected)
            throws IOException {
        write(
                response,
                Problem.of(
                        HttpStatus.BAD_REQUEST,
                        "invalid_request",
                        "expected a path without ';', '//', '..' and encoded slashes, and headers of plain characters"));
    }

    private static void logged(HttpServletRequest request, String reason, String what) {
        log.atWarn()
                .addKeyValue("event.action", "api-login")
                .addKeyValue("event.outcome", "failure")
                .addKeyValue("event.reason", reason)
                .addKeyValue("source.ip", request.getRemoteAddr())
                .log(what);
    }

    private static void write(HttpServletResponse response, Problem problem) throws IOException {
        byte[] json = MessageJson.write(problem);
        response.setStatus(problem.status());
        response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
        response.setContentLength(json.length);
        response.getOutputStream().write(json);
    }
}
