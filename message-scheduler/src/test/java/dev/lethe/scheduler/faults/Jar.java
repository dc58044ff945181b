package dev.lethe.scheduler.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The service as it is shipped, unpacked as the launcher does it, because it starts in half the time. */
final class Jar {

    private static final String NAME = "message-scheduler-app.jar";

    private static Path unpacked = Path.of("");

    private Jar() {}

    static synchronized Path unpacked() throws IOException {
        if (Files.exists(unpacked.resolve(NAME))) {
            return unpacked.resolve(NAME);
        }
        Path jar = Path.of("target", NAME).toAbsolutePath();
        if (!Files.exists(jar)) {
            throw new IllegalStateException("%s is not there; build it with 'mvn package'".formatted(jar));
        }
        Path folder = Site.folder().resolve("service");
        Process unpacking = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Djarmode=tools",
                        "-jar",
                        jar.toString(),
                        "extract",
                        "--destination",
                        folder.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (unpacking.onExit().join().exitValue() != 0) {
            throw new IllegalStateException("could not unpack " + jar);
        }
        unpacked = folder;
        return folder.resolve(NAME);
    }
}
