package dev.lethe.demo.fleet;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import org.springframework.util.FileSystemUtils;

/**
 * The built services, laid out so that they start quickly: unpacked, so that the JVM can share the classes that it has read
 * before. That makes the start of the fleet about half as long, which is most of what one waits for.
 */
final class Programs {

    private final Path root;
    private final Path unpacked;

    Programs(Path root) {
        this.root = root;
        this.unpacked = root.resolve(".lethe").resolve("services");
    }

    /** The command that runs a service. Unpacks it first, if its jar is newer than what is unpacked. */
    List<String> commandOf(Service service) throws IOException, InterruptedException {
        Path folder = unpack(service);
        return List.of(
                java(),
                // Small processes that start quickly: several of them share this machine
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-XX:+ExitOnOutOfMemoryError",
                // One for each core are few: a virtual thread that loads a class cannot leave the one that carries it
                "-Djdk.virtualThreadScheduler.parallelism=16",
                "-XX:+AutoCreateSharedArchive",
                "-XX:SharedArchiveFile=" + folder.resolve("classes.jsa"),
                "-Xlog:cds=off",
                "-Xlog:cds+dynamic=off",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-jar",
                folder.resolve(service.jar(root).getFileName()).toString());
    }

    /** Into a folder named after the very jar; of two that unpack the same at the same time one loses, and either is fine. */
    private Path unpack(Service service) throws IOException, InterruptedException {
        Path jar = service.jar(root);
        if (!Files.exists(jar)) {
            throw new IllegalStateException("%s is not there; build it with './lethe build'".formatted(jar));
        }
        Path folder = unpacked.resolve("%s-%08x-%d".formatted(service.label(), sumOf(jar), Files.size(jar)));
        if (Files.exists(folder)) {
            return folder;
        }
        Files.createDirectories(unpacked);
        deleteOlder(service, folder);
        Path temporary = Files.createTempDirectory(unpacked, "unpacking-");
        try {
            var command = List.of(
                    java(),
                    "-Djarmode=tools",
                    "-jar",
                    jar.toString(),
                    "extract",
                    "--force",
                    "--destination",
                    temporary.toString());
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException("could not unpack %s: %s".formatted(jar, said.strip()));
            }
            Files.move(temporary, folder, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            if (!Files.exists(folder)) {
                throw e;
            }
        } finally {
            FileSystemUtils.deleteRecursively(temporary);
        }
        return folder;
    }

    /** Builds are reproducible, down to the times of their files: only the content tells two of them apart. */
    private static long sumOf(Path jar) throws IOException {
        var sum = new CRC32C();
        try (var in = new CheckedInputStream(Files.newInputStream(jar), sum)) {
            in.transferTo(OutputStream.nullOutputStream());
        }
        return sum.getValue();
    }

    /** But not what another fleet runs from, which may have to start it again. */
    private void deleteOlder(Service service, Path wanted) throws IOException {
        String running = ProcessHandle.allProcesses()
                .map(process -> process.info().commandLine().orElse(""))
                .collect(Collectors.joining("\n"));
        try (Stream<Path> folders = Files.list(unpacked)) {
            for (Path old : folders.filter(
                            folder -> folder.getFileName().toString().startsWith(service.label() + "-"))
                    .filter(folder -> !folder.equals(wanted)
                            && !running.contains(folder.getFileName().toString()))
                    .toList()) {
                delete(old);
            }
        }
    }

    /** Another fleet that starts this moment may want the same. */
    private void delete(Path old) throws IOException {
        Path doomed = unpacked.resolve("deleting-" + UUID.randomUUID());
        try {
            Files.move(old, doomed, StandardCopyOption.ATOMIC_MOVE);
        } catch (NoSuchFileException somebodyElseDid) {
            return;
        }
        FileSystemUtils.deleteRecursively(doomed);
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }
}
