package dev.lethe.servers;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PidFileTest {
    @TempDir
    Path folder;

    private Process process;

    @BeforeEach
    void begun() throws Exception {
        process = new ProcessBuilder("sleep", "60").start();
    }

    @AfterEach
    void ended() {
        process.destroyForcibly();
    }

    @Test
    void aProcessThatOutlivedItsJvmIsKilled() throws Exception {
        new PidFile(folder.resolve("pids")).write(List.of(process));

        new PidFile(folder.resolve("pids")).killLeftOvers();

        assertThat(process.waitFor()).isEqualTo(128 + 9);
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void aProcessThatMerelyHasTheSameNumberIsSpared() throws Exception {
        Instant anotherTime = process.info().startInstant().orElseThrow().minusSeconds(3_600);
        Files.writeString(folder.resolve("pids"), process.pid() + " " + anotherTime + "\n");

        new PidFile(folder.resolve("pids")).killLeftOvers();

        assertThat(process.isAlive()).isTrue();
    }
}
