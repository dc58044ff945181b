package dev.lethe.servers;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/** Where unpacked programs are kept from run to run: in the user's cache, or root's, which other users may enter. */
final class Cache {
    private static final ReentrantLock WITHIN_THIS_JVM = new ReentrantLock();

    private Cache() {}

    private static Path folder() {
        if (Programs.root()) {
            return Path.of("/var/cache/lethe");
        }
        String given = System.getenv("XDG_CACHE_HOME");
        Path caches =
                given == null || given.isBlank() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(given);
        return caches.resolve("lethe");
    }

    /** The folder of this name, filled on first use. It is there whole or not at all, however many JVMs want it at once. */
    static Path folder(String name, Content content) throws IOException {
        Path wanted = folder().resolve(name);
        if (!Files.exists(wanted)) {
            exclusively(() -> {
                if (!Files.exists(wanted)) {
                    Path part = folder().resolve(name + ".part");
                    Folder.delete(part);
                    content.writeTo(Files.createDirectory(part));
                    letEverybodyRead(part);
                    Files.move(part, wanted, StandardCopyOption.ATOMIC_MOVE);
                }
            });
        }
        return wanted;
    }

    /** Whatever root's umask is: another user may have to run these programs. */
    private static void letEverybodyRead(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.filter(path -> !Files.isSymbolicLink(path)).toList()) {
                boolean enter = Files.isDirectory(each) || Files.isExecutable(each);
                Files.setPosixFilePermissions(each, PosixFilePermissions.fromString(enter ? "rwxr-xr-x" : "rw-r--r--"));
            }
        }
    }

    /** Runs this while no other JVM of this user does. */
    static void exclusively(Action action) throws IOException {
        Files.createDirectories(folder());
        if (Programs.root()) {
            Files.setPosixFilePermissions(folder(), PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        WITHIN_THIS_JVM.lock();
        try (FileChannel channel = FileChannel.open(
                        folder().resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            action.run();
        } finally {
            WITHIN_THIS_JVM.unlock();
        }
    }

    interface Content {
        void writeTo(Path folder) throws IOException;
    }

    interface Action {
        void run() throws IOException;
    }
}
