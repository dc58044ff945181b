package dev.lethe.requests.access.report;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpoolTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1_024, 262_143, 262_144, 262_145, 1_000_000})
    void whatWasWrittenIsReadFromAnywhere(int size) throws Exception {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        try (var spool = new WorkSpace(folder).spool()) {
            for (int from = 0; from < size; from += 9_999) {
                spool.write(bytes, from, Math.min(9_999, size - from));
            }

            assertThat(spool.size()).isEqualTo(size);
            assertThat(spool.read(0, size).readAllBytes()).isEqualTo(bytes);
            assertThat(spool.read(size / 3, size / 2).readAllBytes())
                    .isEqualTo(java.util.Arrays.copyOfRange(bytes, size / 3, size / 3 + size / 2));
        }
    }

    @Test
    void nothingOfItHasANameAndOnlyItsProcessCanReadIt() throws Exception {
        var space = new WorkSpace(folder);
        try (var spool = space.spool()) {
            spool.write("lovelace".repeat(100_000).getBytes(US_ASCII));

            assertThat(folder).isEmptyDirectory();
            Path open = openFiles();
            assertThat(open).isNotNull();
            assertThat(new String(Files.readAllBytes(open), US_ASCII))
                    .hasSizeGreaterThan(100_000)
                    .doesNotContain("lovelace");
        }
        assertThat(openFiles()).isNull();
    }

    /** A file of this process that was in the folder, as Linux shows it; null if there is none. */
    private Path openFiles() throws IOException {
        try (var all = Files.list(Path.of("/proc/self/fd"))) {
            return all.filter(descriptor -> {
                        try {
                            return Files.readSymbolicLink(descriptor)
                                    .toString()
                                    .startsWith(folder.toRealPath().toString());
                        } catch (IOException gone) {
                            return false;
                        }
                    })
                    .findFirst()
                    .orElse(null);
        }
    }

    @Test
    void aFolderThatIsNotThereIsToldWhenItIsNeeded() throws Exception {
        try (var spool = new WorkSpace(folder.resolve("gone")).spool()) {
            spool.write(1);
            assertThat(spool.read(0, 1).read()).isEqualTo(1);
            assertThatThrownBy(() -> spool.write(new byte[1 << 20])).isInstanceOf(IOException.class);
        }
    }

    @Test
    void withoutMemoryThereIsTheFolder() throws Exception {
        var space = new WorkSpace(folder);
        space.takeMemoryAnyway(Integer.MAX_VALUE);
        space.takeMemoryAnyway(Integer.MAX_VALUE);
        space.takeMemoryAnyway(Integer.MAX_VALUE);
        space.takeMemoryAnyway(Integer.MAX_VALUE);
        try (var spool = space.spool()) {
            spool.write(ByteBuffer.allocate(100_000).putInt(50_000, 7).array());
            assertThat(openFiles()).isNotNull();
            assertThat(ByteBuffer.wrap(spool.read(50_000, 4).readAllBytes()).getInt())
                    .isEqualTo(7);
        }
    }
}
