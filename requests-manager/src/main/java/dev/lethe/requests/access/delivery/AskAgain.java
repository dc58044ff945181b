package dev.lethe.requests.access.delivery;

import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * What people are told whose link has run out.
 *
 * @param askAgainUrl where they can ask for their data again; none says "where you asked the first time"
 */
@ConfigurationProperties("lethe.access")
record AskAgain(@Nullable URI askAgainUrl) {

    AskAgain {
        if (askAgainUrl != null
                && !"https".equals(askAgainUrl.getScheme())
                && !"http".equals(askAgainUrl.getScheme())) {
            throw new IllegalArgumentException(
                    "lethe.access.ask-again-url is '%s'; write an address that begins with https://"
                            .formatted(askAgainUrl));
        }
    }
}
