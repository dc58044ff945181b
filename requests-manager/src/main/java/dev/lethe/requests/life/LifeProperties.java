package dev.lethe.requests.life;

import java.time.Duration;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What is kept of a person, and how long.
 *
 * @param pseudonymKey 32 bytes in Base64; makes a pseudonym of a subject's id. Never to be changed: what a person asked before is found
 *     by it
 * @param forgetAfter how long after a request has ended it is known who it was about
 */
@ConfigurationProperties("lethe.requests")
public record LifeProperties(
        @Nullable String pseudonymKey, @DefaultValue("30d") Duration forgetAfter) {

    private static final int KEY_BYTES = 32;

    public LifeProperties {
        if (pseudonymKey == null || !isKey(pseudonymKey)) {
            throw new IllegalArgumentException(
                    "lethe.requests.pseudonym-key (LETHE_REQUESTS_PSEUDONYM_KEY) is %s; write 32 bytes in Base64, as 'openssl rand -base64 32' makes them, and keep them"
                            .formatted(pseudonymKey == null ? "not set" : "something else"));
        }
        if (forgetAfter.isNegative()) {
            throw new IllegalArgumentException(
                    "lethe.requests.forget-after is %s; write a duration such as 30d".formatted(forgetAfter));
        }
    }

    byte[] key() {
        return Base64.getDecoder().decode(pseudonymKey);
    }

    private static boolean isKey(String text) {
        try {
            return Base64.getDecoder().decode(text).length == KEY_BYTES;
        } catch (IllegalArgumentException notBase64) {
            return false;
        }
    }

    /** Without the key. */
    @Override
    public String toString() {
        return "LifeProperties[forgetAfter=%s]".formatted(forgetAfter);
    }
}
