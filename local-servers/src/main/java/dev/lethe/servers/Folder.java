package dev.lethe.servers;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Properties;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The folder below which the private servers live. It remembers their ports and passwords, so that the same folder again
 * means the same addresses, and belongs to one JVM at a time.
 */
final class Folder {
    private static final SecureRandom RANDOM = new SecureRandom();

    /** Several objects may stand for the same folder. */
    private static final Object FILES = new Object();

    private static final Set<Path> LOCKED_HERE = new HashSet<>();

    private final Path path;
    private @Nullable FileChannel lock;

    Folder(Path path) {
        this.path = path.toAbsolutePath().normalize();
    }

    Path resolve(String name) {
        return path.resolve(name);
    }

    /** The port remembered under this name; picked now if there is none. */
    int port(String name) {
        return Integer.parseInt(remembered("ports", name, () -> String.valueOf(newPort())));
    }

    /** Forgets the port of this name, which somebody else has taken, and picks another. */
    void replacePort(String name) {
        synchronized (FILES) {
            Properties ports = read("ports");
            ports.setProperty(name, String.valueOf(newPort()));
            write("ports", ports);
        }
    }

    private int newPort() {
        Properties ports = read("ports");
        return Ports.pick(port -> !ports.containsValue(String.valueOf(port)));
    }

    /** The password remembered under this name; made up now if there is none. */
    String password(String name) {
        return remembered("passwords", name, () -> {
            byte[] bytes = new byte[18];
            RANDOM.nextBytes(bytes);
            return Base64.getUrlEncoder().encodeToString(bytes);
        });
    }

    private String remembered(String kind, String name, Supplier<String> otherwise) {
        synchronized (FILES) {
            Properties all = read(kind);
            String value = all.getProperty(name);
            if (value == null) {
                value = otherwise.get();
                all.setProperty(name, value);
                write(kind, all);
            }
            return value;
        }
    }

    private Properties read(String kind) {
        Properties all = new Properties();
        Path file = resolve(kind + ".properties");
        if (Files.exists(file)) {
            try (Reader reader = Files.newBufferedReader(file)) {
                all.load(reader);
            } catch (IOException e) {
                throw new UncheckedIOException("cannot read " + file, e);
            }
        }
        return all;
    }

    private void write(String kind, Properties all) {
        Path file = resolve(kind + ".properties");
        try {
            Files.createDirectories(path);
            Path whole = Files.createTempFile(path, kind, ".new"); // for the owner's eyes only
            try (Writer writer = Files.newBufferedWriter(whole)) {
                all.store(writer, null);
            }
            Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    /**
     * Takes the folder for this JVM, until {@link #unlock()} or the JVM's end. No other code may open the lock's file: closing
     * it anywhere in the process would release the lock.
     */
    void lock() {
        synchronized (FILES) {
            if (lock != null) {
                return;
            }
            if (LOCKED_HERE.contains(path)) {
                throw inUse();
            }
            try {
                Files.createDirectories(path);
                FileChannel channel =
                        FileChannel.open(resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                if (channel.tryLock() == null) {
                    channel.close();
                    throw inUse();
                }
                Files.writeString(resolve("in-use-by"), ProcessHandle.current().pid() + "\n");
                lock = channel;
                LOCKED_HERE.add(path);
            } catch (IOException e) {
                throw new UncheckedIOException("cannot lock " + path, e);
            }
        }
    }

    private IllegalStateException inUse() {
        try {
            return new IllegalStateException("the servers in " + path + " belong to process "
                    + Files.readString(resolve("in-use-by")).strip()
                    + ", which still runs. End it, or use another folder.");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read who uses " + path, e);
        }
    }

    void unlock() {
        synchronized (FILES) {
            try {
                if (lock != null) {
                    LOCKED_HERE.remove(path);
                    lock.close();
                    lock = null;
                }
            } catch (IOException e) {
                throw new UncheckedIOException("cannot unlock " + path, e);
            }
        }
    }

    void delete() {
        delete(path);
    }

    static void delete(Path path) {
        if (!Files.exists(path)) {
            return;
        }
        try (Stream<Path> below = Files.walk(path)) {
            for (Path each : below.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + path, e);
        }
    }

    /** Writes a file that only its owner can read. */
    static void writeSecret(Path file, String content) throws IOException {
        Files.deleteIfExists(file);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, content);
    }
}
