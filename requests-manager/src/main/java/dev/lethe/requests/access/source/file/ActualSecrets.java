package dev.lethe.requests.access.source.file;

import dev.lethe.requests.access.source.Secrets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The secrets of this process. */
final class ActualSecrets implements Secrets {

    @Override
    public @Nullable String ofEnvironment(String variable) {
        return stripped(System.getenv(variable));
    }

    @Override
    public @Nullable String ofFile(String path) {
        try {
            return stripped(Files.readString(Path.of(path)));
        } catch (IOException | InvalidPathException unreadable) {
            // Which the file's reader tells, with line and key
            return null;
        }
    }

    private static @Nullable String stripped(@Nullable String text) {
        return text == null || text.isBlank() ? null : text.strip();
    }
}
