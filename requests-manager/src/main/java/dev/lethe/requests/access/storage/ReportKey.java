package dev.lethe.requests.access.storage;

import com.google.crypto.tink.subtle.AesGcmHkdfStreaming;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.SecureRandom;
import java.util.UUID;

/**
 * The key of one report: Tink's AES256_GCM_HKDF_1MB. What is stored is a row of segments of 1 MiB, each of which can only stand
 * where it stands, in its own report, and the last of which is known as the last.
 */
final class ReportKey {

    /** Of what is stored; the chunks of a store are as long, so that reading a piece touches no chunk in vain. */
    static final int SEGMENT = 1 << 20;

    private static final int BYTES = 32;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final byte[] bytes;
    private final byte[] associated;
    private final AesGcmHkdfStreaming cipher;

    private ReportKey(byte[] bytes, UUID requestId, int epoch) {
        this.bytes = bytes;
        this.associated = "lethe report %s %d".formatted(requestId, epoch).getBytes(StandardCharsets.US_ASCII);
        try {
            this.cipher = new AesGcmHkdfStreaming(bytes, "HmacSha256", BYTES, SEGMENT, 0);
        } catch (InvalidAlgorithmParameterException e) {
            throw new IllegalStateException("Tink refuses the parameters of its own AES256_GCM_HKDF_1MB", e);
        }
    }

    static ReportKey random(UUID requestId, int epoch) {
        var bytes = new byte[BYTES];
        RANDOM.nextBytes(bytes);
        return new ReportKey(bytes, requestId, epoch);
    }

    static ReportKey unwrap(MasterKeys keys, StoredReport report) throws IOException {
        byte[] bytes = keys.unwrap(report.wrappedKey(), report.requestId(), report.epoch());
        return new ReportKey(bytes, report.requestId(), report.epoch());
    }

    byte[] wrap(MasterKeys keys, UUID requestId, int epoch) {
        return keys.wrap(bytes, requestId, epoch);
    }

    /** Closing it writes the last segment and closes what it writes to. */
    OutputStream encrypting(OutputStream to) throws IOException {
        try {
            return cipher.newEncryptingStream(to, associated);
        } catch (GeneralSecurityException e) {
            throw new IOException("cannot encrypt a report", e);
        }
    }

    /** Reads throw when what is stored is not what was once encrypted. */
    SeekableByteChannel decrypting(SeekableByteChannel from) throws IOException {
        try {
            return cipher.newSeekableDecryptingChannel(from, associated);
        } catch (GeneralSecurityException e) {
            throw new IOException("cannot decrypt a report", e);
        }
    }

    /** How many bytes are stored for so many of a report. */
    long stored(long bytes) {
        return cipher.expectedCiphertextSize(bytes);
    }
}
