package dev.lethe.requests.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ApiPropertiesTest {

    private static final String HASH = "0a".repeat(32);

    @Test
    void whatKeepsNobodyOutOrLetsNobodyInIsRefusedWithWhatToWrite() {
        refused(Map.of("shop", new ApiProperties.Key(null, Set.of(Right.READ))), "shop.sha256 is not set", "sha256sum");
        refused(Map.of("shop", new ApiProperties.Key("planted", Set.of(Right.READ))), "shop.sha256 is something else");
        refused(Map.of("shop", new ApiProperties.Key(HASH, Set.of())), "shop.may is empty", "operate, read, submit");
        refused(Map.of("Sh op", new ApiProperties.Key(HASH, Set.of(Right.READ))), "lower case letters");
        refused(
                Map.of(
                        "shop", new ApiProperties.Key(HASH, Set.of(Right.READ)),
                        "other", new ApiProperties.Key(HASH.toUpperCase(), Set.of(Right.SUBMIT))),
                "have the same sha256");
        assertThatThrownBy(
                        () -> new ApiProperties(true, Map.of("shop", new ApiProperties.Key(HASH, Set.of(Right.READ)))))
                .hasMessageContaining("would keep nobody out");
    }

    private static void refused(Map<String, ApiProperties.Key> keys, String... words) {
        assertThatThrownBy(() -> new ApiProperties(false, keys))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("lethe.api.keys")
                .hasMessageContainingAll(words)
                .hasMessageNotContaining("planted");
    }

    @Test
    void aHashIsNotPrinted() {
        assertThat(new ApiProperties(false, Map.of("shop", new ApiProperties.Key(HASH, Set.of(Right.READ)))))
                .asString()
                .contains("shop", "READ")
                .doesNotContain(HASH);
    }
}
