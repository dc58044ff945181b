package dev.lethe.benchmarks.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import org.junit.jupiter.api.Test;

class StorageCipherTest {

    private static final int WRAPPED_KEY = 12 + 32 + 16;
    private static final int HEADER = 1 + 32 + 7;
    private static final int TAG = 16;

    private final StorageCipher cipher;

    StorageCipherTest() throws Exception {
        cipher = new StorageCipher();
    }

    private byte[] encrypted(int length) throws Exception {
        var to = new ByteArrayOutputStream();
        try (OutputStream out = cipher.encrypting(to)) {
            out.write(new byte[length]);
        }
        return to.toByteArray();
    }

    @Test
    void everySegmentOfAMebibyteHasATagOfItsOwn() throws Exception {
        assertThat(encrypted(1_000)).hasSize(WRAPPED_KEY + HEADER + 1_000 + TAG);
        assertThat(encrypted(5 << 19)).hasSize(WRAPPED_KEY + HEADER + (5 << 19) + 3 * TAG);
    }

    @Test
    void noTwoReportsHaveTheSameKey() throws Exception {
        assertThat(encrypted(1_000)).isNotEqualTo(encrypted(1_000));
    }
}
