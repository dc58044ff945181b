package dev.lethe.demo.compose;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The project's folder and the settings that an installation begins with. */
final class Project {

    static final Path ROOT = root();
    static final Path EXAMPLE = ROOT.resolve(".env.example");

    private Project() {}

    private static Path root() {
        Path here = Path.of(System.getProperty("basedir", "")).toAbsolutePath().normalize();
        return Files.exists(here.resolve("docker-compose.yml")) ? here : here.getParent();
    }

    /** What {@code .env.example} says: {@code NAME=value} lines without quotes, blank ones, comments, and nothing else. */
    static Map<String, String> example() throws IOException {
        var values = new LinkedHashMap<String, String>();
        for (String line : Files.readAllLines(EXAMPLE)) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            if (!line.matches("[A-Z][A-Z0-9_]*=[^\\s\"'$#\\\\]+")) {
                throw new IllegalStateException(
                        "a line of .env.example is no NAME=value that every reader understands" + " alike: " + line);
            }
            String[] nameAndValue = line.split("=", 2);
            if (values.put(nameAndValue[0], nameAndValue[1]) != null) {
                throw new IllegalStateException(".env.example says twice what " + nameAndValue[0] + " is");
            }
        }
        return values;
    }
}
