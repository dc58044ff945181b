package dev.lethe.benchmarks.access;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.subtle.AesGcmHkdfStreaming;
import com.google.crypto.tink.subtle.AesGcmJce;
import java.io.IOException;
import java.io.OutputStream;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;

/**
 * Encrypts as requests-manager's storage does: Tink's AES256_GCM_HKDF_1MB with a new key for each report, wrapped by AES-256-GCM with a
 * master key.
 */
final class StorageCipher {

    private static final int KEY_BYTES = 32;
    private static final int SEGMENT = 1 << 20;
    private static final byte[] ASSOCIATED = new byte[48];

    private final SecureRandom random = new SecureRandom();
    private final Aead master;

    StorageCipher() throws GeneralSecurityException {
        master = new AesGcmJce(newKey());
    }

    /** With a key that nobody knows any more. Closing it writes the last segment. */
    OutputStream encrypting(OutputStream to) throws GeneralSecurityException, IOException {
        byte[] key = newKey();
        OutputStream encrypting =
                new AesGcmHkdfStreaming(key, "HmacSha256", KEY_BYTES, SEGMENT, 0).newEncryptingStream(to, ASSOCIATED);
        to.write(master.encrypt(key, ASSOCIATED));
        return encrypting;
    }

    private byte[] newKey() {
        var key = new byte[KEY_BYTES];
        random.nextBytes(key);
        return key;
    }
}
