package dev.lethe.requests.access.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class MasterKeysTest {

    private static final UUID REQUEST = UUID.fromString("8f5b1a2e-0000-4000-8000-000000000001");
    private static final byte[] KEY = "0123456789abcdef0123456789abcdef".getBytes();
    private static final String OLD = "old:" + key('o');
    private static final String NEW = "new:" + key('n');

    private static String key(char c) {
        return Base64.getEncoder().encodeToString(String.valueOf(c).repeat(32).getBytes());
    }

    private static MasterKeys keys(@Nullable String list) throws IOException {
        return new MasterKeys(new ReportProperties(list, null, "postgres", null));
    }

    @Test
    void whatTheFirstKeyWrapsAllUnwrapInWhateverOrder() throws IOException {
        byte[] wrapped = keys(OLD).wrap(KEY, REQUEST, 3);

        assertThat(keys(NEW + "," + OLD).unwrap(wrapped, REQUEST, 3)).isEqualTo(KEY);
        assertThat(new String(wrapped, java.nio.charset.StandardCharsets.ISO_8859_1))
                .startsWith("\u0003old")
                .doesNotContain(new String(KEY));
        assertThat(keys(NEW + ", " + OLD).first()).isEqualTo("new");
    }

    @Test
    void aWrappedKeyIsOfNoUseForAnotherReportOrAnotherEpoch() throws IOException {
        MasterKeys keys = keys(OLD);
        byte[] wrapped = keys.wrap(KEY, REQUEST, 3);

        assertThatIOException().isThrownBy(() -> keys.unwrap(wrapped, REQUEST, 4));
        assertThatIOException().isThrownBy(() -> keys.unwrap(wrapped, UUID.randomUUID(), 3));
    }

    @Test
    void aMissingMasterKeyIsToldByItsName() throws IOException {
        byte[] wrapped = keys(OLD).wrap(KEY, REQUEST, 3);

        assertThatIOException()
                .isThrownBy(() -> keys(NEW).unwrap(wrapped, REQUEST, 3))
                .withMessageContaining("'old'")
                .withMessageContaining("[new]")
                .withMessageContaining("lethe.reports.master-keys");
    }

    @Test
    void anotherKeyOfTheSameNameOpensNothing() throws IOException {
        byte[] wrapped = keys(OLD).wrap(KEY, REQUEST, 3);

        assertThatIOException().isThrownBy(() -> keys("old:" + key('x')).unwrap(wrapped, REQUEST, 3));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4, 5})
    void aDamagedWrappedKeyIsNoCrash(int length) throws IOException {
        byte[] wrapped = java.util.Arrays.copyOf(keys(OLD).wrap(KEY, REQUEST, 3), length);

        assertThatIOException().isThrownBy(() -> keys(OLD).unwrap(wrapped, REQUEST, 3));
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", " , "})
    void withoutAKeyTheServiceSaysHowToMakeOne(@Nullable String none) {
        assertThatIllegalStateException()
                .isThrownBy(() -> keys(none))
                .withMessageContaining("lethe.reports.master-keys")
                .withMessageContaining("openssl rand -base64 32");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "c2VjcmV0LXNlY3JldC1zZWNyZXQ=",
                "a:c2VjcmV0",
                "a:not-base64-secret!",
                "a b:c2VjcmV0",
                ":c2VjcmV0",
                "a:"
            })
    void anUnusableKeyIsRefusedAndNotShown(String list) {
        assertThatIllegalStateException()
                .isThrownBy(() -> keys(list))
                .withMessageContaining("openssl rand -base64 32")
                .withMessageNotContaining("c2VjcmV0")
                .withMessageNotContaining("secret");
    }

    @Test
    void twoKeysOfOneNameAreRefused() {
        assertThatIllegalStateException()
                .isThrownBy(() -> keys(OLD + "," + OLD))
                .withMessageContaining("'old'");
    }

    @Test
    void keysCanStandInAFileAndThenNowhereElse(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("keys"), "# since May\n" + NEW + "\n\n" + OLD + "\n");

        assertThat(new MasterKeys(new ReportProperties(null, file, "postgres", null)).first())
                .isEqualTo("new");
        assertThatIllegalStateException()
                .isThrownBy(() -> new MasterKeys(new ReportProperties(OLD, file, "postgres", null)))
                .withMessageContaining("keep one");
    }

    @Test
    void propertiesDoNotShowKeys() {
        var s3 = new ReportProperties.S3("bucket", null, "us-east-1", "reports/", true, "access", "topsecret");

        assertThat(new ReportProperties(OLD, null, "s3", s3).toString())
                .doesNotContain(key('o'))
                .doesNotContain("topsecret")
                .contains("bucket");
    }
}
