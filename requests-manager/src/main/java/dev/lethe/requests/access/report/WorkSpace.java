package dev.lethe.requests.access.report;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/** Where the parts of reports under way lie: as much memory as all of them together may have, and a folder for the rest. */
final class WorkSpace {

    /** Of the heap; small reports never need a file, however many workers there are, and large ones leave room for everything else. */
    private static final int PART_OF_HEAP = 6;

    private static final int KEY_BYTES = 32;

    private final Path folder;
    private final SecureRandom random = new SecureRandom();
    private final AtomicLong memoryLeft = new AtomicLong(Runtime.getRuntime().maxMemory() / PART_OF_HEAP);

    WorkSpace(Path folder) {
        this.folder = folder;
    }

    Spool spool() {
        return new Spool(this);
    }

    /** False if there is no more: then use the folder. */
    boolean takeMemory(int bytes) {
        if (memoryLeft.addAndGet(-bytes) >= 0) {
            return true;
        }
        memoryLeft.addAndGet(bytes);
        return false;
    }

    /** For what cannot be done without; others get less. */
    void takeMemoryAnyway(int bytes) {
        memoryLeft.addAndGet(-bytes);
    }

    void giveMemory(int bytes) {
        memoryLeft.addAndGet(bytes);
    }

    /** A file that nobody else can open, and that is gone when it is closed or this process ends. */
    FileChannel openNameless() throws IOException {
        byte[] name = new byte[KEY_BYTES];
        random.nextBytes(name);
        Path path = folder.resolve("lethe-" + java.util.HexFormat.of().formatHex(name));
        FileChannel channel = FileChannel.open(
                path,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            Files.delete(path);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        return channel;
    }

    SecretKey newKey() {
        byte[] key = new byte[KEY_BYTES];
        random.nextBytes(key);
        return new SecretKeySpec(key, "AES");
    }
}
