package dev.lethe.demo.fleet;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.springframework.util.FileSystemUtils;

/** The folder that a fleet lives in. */
public final class FleetFolder {

    private static final List<String> WRITTEN_BY_FLEETS =
            List.of("servers", "logs", "keys", "reports", "tomcat", ServicePorts.FILE, "fleet.json");

    private FleetFolder() {}

    /**
     * Deletes what fleets have written there; the folder is the user's, and whatever else is in it stays.
     *
     * @throws IllegalStateException if a fleet runs in it
     */
    public static void forget(Path dir) throws IOException {
        if (isInUse(dir)) {
            throw new IllegalStateException(
                    "a fleet runs in %s; stop it, or use another folder, before its data is deleted".formatted(dir));
        }
        for (String name : WRITTEN_BY_FLEETS) {
            FileSystemUtils.deleteRecursively(dir.resolve(name));
        }
    }

    /** Whether another JVM has the lock of the private servers; not to be asked by the one that has it, which would lose it. */
    static boolean isInUse(Path dir) throws IOException {
        Path file = dir.resolve("servers").resolve("lock");
        if (!Files.exists(file)) {
            return false;
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            return lock == null;
        } catch (OverlappingFileLockException ours) {
            return true;
        }
    }
}
