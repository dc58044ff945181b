package dev.lethe.requests.api;

import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Who may use the HTTP interface.
 *
 * @param open whether everybody may do everything, for demonstrations only
 * @param keys name of a caller to the key that it shows; the name stands in the history of what it does
 */
@ConfigurationProperties("lethe.api")
record ApiProperties(
        @DefaultValue("false") boolean open, @DefaultValue Map<String, Key> keys) {

    private static final Pattern NAME = Pattern.compile("[a-z0-9-]{1,64}");
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

    /**
     * The key itself is known to the caller only.
     *
     * @param sha256 its SHA-256 in hex
     * @param may what the caller may do
     */
    record Key(@Nullable String sha256, @DefaultValue Set<Right> may) {

        Key {
            sha256 = sha256 == null ? null : sha256.toLowerCase(Locale.ROOT);
        }

        private boolean isHash() {
            return sha256 != null && SHA256.matcher(sha256).matches();
        }

        byte[] hash() {
            return HexFormat.of().parseHex(sha256);
        }

        /** Without the hash. */
        @Override
        public String toString() {
            return "Key[may=%s]".formatted(may);
        }
    }

    ApiProperties {
        keys.forEach(ApiProperties::check);
        var names = new LinkedHashMap<String, String>();
        keys.forEach((name, key) -> {
            String other = names.put(String.valueOf(key.sha256()), name);
            if (other != null) {
                throw new IllegalArgumentException(
                        "lethe.api.keys.%s and lethe.api.keys.%s have the same sha256; give each caller a key of its own"
                                .formatted(other, name));
            }
        });
        if (open && !keys.isEmpty()) {
            throw new IllegalArgumentException(
                    "lethe.api.open is true, so that lethe.api.keys would keep nobody out; remove one of them");
        }
    }

    private static void check(String name, Key key) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "lethe.api.keys has a name that is none; write lower case letters, digits and '-', at most 64");
        }
        if (!key.isHash()) {
            throw new IllegalArgumentException(
                    "lethe.api.keys.%s.sha256 is %s; write the 64 hex digits that 'printf %%s KEY | sha256sum' prints"
                            .formatted(name, key.sha256() == null ? "not set" : "something else"));
        }
        if (key.may().isEmpty()) {
            throw new IllegalArgumentException("lethe.api.keys.%s.may is empty; write some of %s"
                    .formatted(
                            name,
                            Set.of(Right.values()).stream()
                                    .map(right -> right.name().toLowerCase(Locale.ROOT))
                                    .sorted()
                                    .collect(Collectors.joining(", "))));
        }
    }
}
