package dev.lethe.requests.life;

import dev.lethe.messages.Subject;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.springframework.stereotype.Component;

/** Names for people that tell who is the same and not who it is, to everybody without the key (GDPR Art. 4(5)). */
@Component
public class Pseudonyms {

    private static final String ALGORITHM = "HmacSHA256";

    private final SecretKeySpec key;

    Pseudonyms(LifeProperties properties) {
        this.key = new SecretKeySpec(properties.key(), ALGORITHM);
    }

    /** Of the id alone: an address or a number more makes nobody another person. 32 bytes. */
    public byte[] of(Subject subject) {
        return ofId(subject.id());
    }

    public byte[] ofId(String subjectId) {
        return of(subjectId.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Tells whether two bodies are the same, long after we have forgotten what was in them: a sum that everybody could make would tell
     * whoever guesses.
     */
    public byte[] of(byte[] body) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return mac.doFinal(body);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HMAC with SHA-256", e);
        }
    }
}
