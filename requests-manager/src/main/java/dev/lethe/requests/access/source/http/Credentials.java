package dev.lethe.requests.access.source.http;

import dev.lethe.requests.access.source.SourceFailure;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.jspecify.annotations.Nullable;

/** Says in a call who asks. */
record Credentials(Authentication authentication, @Nullable AccessTokens tokens) {

    /** As it is sent, with the key if that is where it goes. */
    String url(String page) {
        return authentication instanceof Authentication.QueryKey(String name, String value)
                ? Paging.with(page, name, value)
                : page;
    }

    /** @return the access token that was sent, if one was */
    @Nullable
    String sign(HttpUriRequestBase request, Deadline deadline) throws SourceFailure, InterruptedException {
        if (authentication instanceof Authentication.Header(String name, String value)) {
            request.setHeader(name, value);
        }
        if (tokens == null) {
            return null;
        }
        String token = tokens.token(deadline);
        var bearer = Authentication.bearer(token);
        request.setHeader(bearer.name(), bearer.value());
        return token;
    }

    /** Whether it makes sense to ask again: a new token will be fetched. */
    boolean renewAfter(@Nullable String refused) {
        if (tokens == null || refused == null) {
            return false;
        }
        tokens.refused(refused);
        return true;
    }

    @Override
    public String toString() {
        return authentication.toString();
    }
}
