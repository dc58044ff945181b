package dev.lethe.requests.api;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.filter.OncePerRequestFilter;

/** Knows callers by the key that they show. A key that is not known is refused, whatever else is shown. */
final class ApiKeyFilter extends OncePerRequestFilter {

    static final String HEADER = "X-API-Key";

    private record Known(byte[] hash, Authentication caller) {}

    private final List<Known> keys;
    private final Denials denials;

    ApiKeyFilter(ApiProperties properties, Denials denials) {
        this.denials = denials;
        this.keys = new ArrayList<>();
        properties
                .keys()
                .forEach((name, key) -> keys.add(new Known(
                        key.hash(),
                        UsernamePasswordAuthenticationToken.authenticated(
                                name,
                                null,
                                AuthorityUtils.createAuthorityList(
                                        key.may().stream().map(Right::authority).toList())))));
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        List<String> shown = Collections.list(request.getHeaders(HEADER));
        if (shown.isEmpty()) {
            chain.doFilter(request, response);
            return;
        }
        Authentication caller = shown.size() == 1 && request.getHeader(HttpHeaders.AUTHORIZATION) == null
                ? callerWith(shown.getFirst())
                : null;
        if (caller == null) {
            denials.commence(request, response, new BadCredentialsException("unknown key"));
            return;
        }
        var context = SecurityContextHolder.createEmptyContext();
        context.setAuthentication(caller);
        SecurityContextHolder.setContext(context);
        chain.doFilter(request, response);
    }

    /** Compares with every key, each in constant time, so that the time tells nothing. */
    private @Nullable Authentication callerWith(String key) {
        byte[] hash = sha256(key);
        Authentication caller = null;
        for (Known known : keys) {
            caller = MessageDigest.isEqual(known.hash(), hash) ? known.caller() : caller;
        }
        return caller;
    }

    private static byte[] sha256(String key) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
