package dev.lethe.scheduler.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A host clock that is wrong and jumps, for one process, by libfaketime: the machine's own, or Debian's, unpacked into a folder. */
final class FakeTime {

    private static final String LIBRARY = "libfaketimeMT.so.1";

    private final Path library;
    private final Path clock;

    private FakeTime(Path library, Path clock) {
        this.library = library;
        this.clock = clock;
    }

    /** Empty where there is no such library and none can be fetched. */
    static Optional<FakeTime> in(Path folder) throws IOException, InterruptedException {
        Optional<Path> library = findBelow(Path.of("/usr/lib"));
        if (library.isEmpty() && fetch(folder)) {
            library = findBelow(folder);
        }
        return library.map(found -> new FakeTime(found, folder.resolve("clock")));
    }

    /** Into the folder and nowhere else; needs neither rights nor the library to be installed. */
    private static boolean fetch(Path folder) throws IOException, InterruptedException {
        Process fetching = new ProcessBuilder(
                        "/bin/sh", "-c", "apt-get download libfaketime && dpkg -x libfaketime_*.deb .")
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (!fetching.waitFor(30, TimeUnit.SECONDS)) {
            fetching.destroyForcibly();
        }
        return !fetching.isAlive() && fetching.exitValue() == 0;
    }

    private static Optional<Path> findBelow(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return Optional.empty();
        }
        try (Stream<Path> files = Files.find(folder, 6, (path, attributes) -> path.endsWith(LIBRARY))) {
            return files.findFirst();
        } catch (java.io.UncheckedIOException unreadable) {
            return Optional.empty();
        }
    }

    /** Takes effect within a second, also in a process that runs. */
    void shift(String offset) throws IOException {
        Files.writeString(clock, offset + "\n");
    }

    /** What never jumps on a real host, the clock that only counts, does not jump here. */
    Map<String, String> environment() {
        return Map.of(
                "LD_PRELOAD", library.toString(),
                "FAKETIME_TIMESTAMP_FILE", clock.toString(),
                "FAKETIME_CACHE_DURATION", "1",
                "FAKETIME_DONT_FAKE_MONOTONIC", "1",
                // Or waits that are measured by that clock end at once
                "FAKETIME_FORCE_MONOTONIC_FIX", "0");
    }
}
