package dev.lethe.requests.life;

import dev.lethe.messages.MessageJson;
import dev.lethe.messages.request.RequestKind;
import dev.lethe.messages.request.SubmitRequest;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;

/** Tells whether two submissions ask the same: white space, order of fields and fields we do not know make no difference. */
final class SubmissionHash {

    private SubmissionHash() {}

    static byte[] of(RequestKind kind, SubmitRequest request) {
        try {
            var sha256 = MessageDigest.getInstance("SHA-256");
            sha256.update(kind.name().toLowerCase(Locale.ROOT).getBytes(java.nio.charset.StandardCharsets.UTF_8));
            return sha256.digest(MessageJson.write(request));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
