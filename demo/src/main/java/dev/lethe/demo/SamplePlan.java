package dev.lethe.demo;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Objects;

/** The plan of the demo, which is also what {@code ./lethe up} takes when it is given none. */
final class SamplePlan {

    private static final String NAME = "participants.yaml";

    private SamplePlan() {}

    /** A copy in this folder, since services read it from a file. */
    static Path writeTo(Path folder) throws IOException {
        Path file = folder.resolve(NAME);
        try (InputStream plan = Objects.requireNonNull(SamplePlan.class.getResourceAsStream("/" + NAME))) {
            Files.copy(plan, file, StandardCopyOption.REPLACE_EXISTING);
        }
        return file;
    }
}
