package dev.lethe.servers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The processes of one server, for the next JVM in case that neither this one nor its {@link Guard} could end them. */
final class PidFile {
    private final Path file;

    PidFile(Path file) {
        this.file = file;
    }

    void write(List<Process> processes) throws IOException {
        Path whole = file.resolveSibling(file.getFileName() + ".new");
        Files.write(
                whole,
                processes.stream()
                        .map(each ->
                                each.pid() + " " + each.info().startInstant().orElse(Instant.EPOCH))
                        .toList());
        Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Kills those that still run. A process that merely got the same number, after a reboot say, began at another time. */
    void killLeftOvers() throws IOException {
        if (Files.exists(file)) {
            ProcessTree.kill(Files.readAllLines(file).stream()
                    .flatMap(line -> alive(line).stream())
                    .toList());
            Files.delete(file);
        }
    }

    private static Optional<ProcessHandle> alive(String line) {
        String[] pidAndStart = line.split(" ");
        Instant start = Instant.parse(pidAndStart[1]);
        return ProcessHandle.of(Long.parseLong(pidAndStart[0])).filter(process -> process.info()
                .startInstant()
                .filter(instant -> Duration.between(start, instant).abs().toSeconds() < 2)
                .isPresent());
    }
}
