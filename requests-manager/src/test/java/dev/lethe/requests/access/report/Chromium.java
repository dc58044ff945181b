package dev.lethe.requests.access.report;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The machine's Chromium, which looks at a file and ends. */
final class Chromium {

    private static final List<String> NAMES = List.of("chromium", "chromium-browser", "google-chrome", "chrome");

    private final Path program;
    private final Path profiles;

    private Chromium(Path program, Path profiles) {
        this.program = program;
        this.profiles = profiles;
    }

    /** @param profiles a folder of the test for what the browser writes */
    static Optional<Chromium> find(Path profiles) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .flatMap(folder -> NAMES.stream().map(name -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst()
                .map(program -> new Chromium(program, profiles));
    }

    /** What a person sees, from top to bottom as far as the height goes. */
    void picture(Path page, int width, int height, Path png) throws Exception {
        run("--screenshot=" + png, "--window-size=%d,%d".formatted(width, height), "--hide-scrollbars", url(page));
    }

    void print(Path page, Path pdf) throws Exception {
        run("--print-to-pdf=" + pdf, "--no-pdf-header-footer", url(page));
    }

    /** The page's elements after its scripts have run, if it has any. */
    String elements(Path page) throws Exception {
        return run("--dump-dom", "--virtual-time-budget=60000", "--window-size=1280,2000", url(page));
    }

    private static String url(Path page) {
        return page.toUri().toString();
    }

    private String run(String... options) throws Exception {
        Path profile = Files.createTempDirectory(profiles, "profile");
        var command =
                new ArrayList<String>(List.of(program.toString(), "--headless", "--disable-gpu", "--no-first-run"));
        // Chromium's own sandbox wants no root; what it shows here is ours
        command.addAll(List.of("--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking"));
        command.add("--user-data-dir=" + profile);
        command.addAll(List.of(options));
        Path out = profile.resolve("out");
        Path log = profile.resolve("log");
        Process process = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(log.toFile())
                .start();
        try {
            if (!process.waitFor(120, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IOException(
                        "Chromium did not come to an end: " + Files.readString(log, StandardCharsets.ISO_8859_1));
            }
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        return Files.readString(out);
    }
}
