package dev.lethe.demo.fleet;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;

/** The secret keys of a fleet: made when they are first needed, and kept with the data that is of no use without them. */
final class Keys {

    private static final int BYTES = 32;

    private final Path folder;

    Keys(Path fleet) {
        this.folder = fleet.resolve("keys");
    }

    /** 32 random bytes in Base64, the same for a name each time. */
    String of(String name) throws IOException {
        Path file = folder.resolve(name);
        if (!Files.exists(file)) {
            Files.createDirectories(folder);
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            var key = new byte[BYTES];
            new SecureRandom().nextBytes(key);
            Files.writeString(file, Base64.getEncoder().encodeToString(key));
        }
        return Files.readString(file);
    }
}
