package dev.lethe.requests.access.storage;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.subtle.AesGcmJce;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.regex.Pattern;
import org.springframework.stereotype.Component;

/**
 * The keys that encrypt the keys of reports, and what else is small and must not be read in the database. The first encrypts, all
 * decrypt, so that they can be exchanged one after the other.
 *
 * <p>What is wrapped is: one byte with the length of the master key's name, the name, and what AES-256-GCM makes of the secret with
 * an id and an epoch as associated data. The wrapped key of one report is therefore of no use for another.
 */
@Component
public class MasterKeys {

    private static final int BYTES = 32;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,32}");
    private static final String HOW = "; write NAME:KEY, where KEY is what this prints: openssl rand -base64 32";

    private final Map<String, Aead> keys = new LinkedHashMap<>();
    private final String first;

    MasterKeys(ReportProperties properties) throws IOException {
        List<String> entries = entries(properties).stream()
                .map(String::strip)
                .filter(entry -> !entry.isEmpty() && !entry.startsWith("#"))
                .toList();
        if (entries.isEmpty()) {
            throw new IllegalStateException(
                    "no master key for reports is set: expected one in lethe.reports.master-keys, or in the file that"
                            + " lethe.reports.master-keys-file names" + HOW);
        }
        for (int i = 0; i < entries.size(); i++) {
            add(i + 1, entries.get(i));
        }
        this.first = keys.keySet().iterator().next();
    }

    private static List<String> entries(ReportProperties properties) throws IOException {
        String listed = Objects.requireNonNullElse(properties.masterKeys(), "");
        if (properties.masterKeysFile() == null) {
            return List.of(listed.split(","));
        }
        if (!listed.isBlank()) {
            throw new IllegalStateException(
                    "both lethe.reports.master-keys and lethe.reports.master-keys-file are set; keep one");
        }
        return Files.readAllLines(properties.masterKeysFile());
    }

    /** Messages never show an entry: what is wrongly written may be the key. */
    private void add(int number, String entry) {
        int colon = entry.indexOf(':');
        String name = colon < 0 ? "" : entry.substring(0, colon).strip();
        if (!NAME.matcher(name).matches()) {
            throw new IllegalStateException(
                    "master key %d of reports has no name of up to 32 letters, digits, dots and hyphens"
                                    .formatted(number)
                            + HOW);
        }
        byte[] key;
        try {
            key = Base64.getDecoder().decode(entry.substring(colon + 1).strip());
        } catch (IllegalArgumentException notBase64) {
            key = new byte[0];
        }
        if (key.length != BYTES) {
            throw new IllegalStateException("master key '%s' of reports: expected %d bytes in base64, found %s"
                            .formatted(name, BYTES, key.length == 0 ? "something else" : key.length)
                    + HOW);
        }
        try {
            if (keys.putIfAbsent(name, new AesGcmJce(key)) != null) {
                throw new IllegalStateException(
                        "two master keys of reports are named '%s'; rename one".formatted(name));
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("master key '%s' of reports cannot be used".formatted(name), e);
        }
        Arrays.fill(key, (byte) 0);
    }

    /** What encrypts now. */
    String first() {
        return first;
    }

    /** How everything begins that is wrapped with the first key. */
    byte[] prefix() {
        return prefix(first);
    }

    private static byte[] prefix(String name) {
        byte[] text = name.getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(1 + text.length)
                .put((byte) text.length)
                .put(text)
                .array();
    }

    /**
     * Encrypts with the first key.
     *
     * @param id of what it belongs to: a request, or something else with an id that is nobody else's
     */
    public byte[] wrap(byte[] secret, UUID id, int epoch) {
        try {
            byte[] prefix = prefix();
            byte[] wrapped = aead(first).encrypt(secret, associated(id, epoch));
            return ByteBuffer.allocate(prefix.length + wrapped.length)
                    .put(prefix)
                    .put(wrapped)
                    .array();
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("master key '%s' of reports does not encrypt".formatted(first), e);
        }
    }

    /** @throws IOException if the master key is not configured any more, or this is not what it once wrapped for this id and epoch */
    public byte[] unwrap(byte[] wrapped, UUID id, int epoch) throws IOException {
        int length = wrapped.length == 0 ? 0 : wrapped[0] & 0xff;
        if (wrapped.length < 1 + length) {
            throw new IOException("what was wrapped for %s is cut short".formatted(id));
        }
        String name = new String(wrapped, 1, length, StandardCharsets.US_ASCII);
        try {
            return aead(name).decrypt(Arrays.copyOfRange(wrapped, 1 + length, wrapped.length), associated(id, epoch));
        } catch (GeneralSecurityException e) {
            throw new IOException(
                    "master key '%s' does not open what was wrapped for %s: expected the key it was wrapped with, found another of the same name, or a changed row"
                            .formatted(name, id),
                    e);
        }
    }

    private Aead aead(String name) throws IOException {
        Aead aead = keys.get(name);
        if (aead == null) {
            throw new IOException(
                    "expected master key '%s', found only %s; put it back into lethe.reports.master-keys until nothing needs it"
                            .formatted(NAME.matcher(name).matches() ? name : "?", keys.keySet()));
        }
        return aead;
    }

    private static byte[] associated(UUID id, int epoch) {
        return "lethe wrapped %s %d".formatted(id, epoch).getBytes(StandardCharsets.US_ASCII);
    }
}
