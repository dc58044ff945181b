package dev.lethe.requests.access.source.file;

import dev.lethe.files.InvalidFile;
import dev.lethe.requests.access.source.About;
import dev.lethe.requests.access.source.Secrets;
import dev.lethe.requests.access.source.file.SourcesFile.Configured;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Tells what is wrong with a {@code sources.yaml}, or what was understood, without starting the service and asking any source. */
public final class CheckSources {

    public static final String NAME = "check-sources";

    private static final String USAGE = """
            check-sources FILE [--no-secrets] [--allow-private]

            Reads FILE as requests-manager does when it starts, and asks no source. Ends with 0 and a table of what was
            understood, or with 2 and everything that is wrong, a line each: file, line, key, what to write instead.

              --no-secrets      takes it that every secret is there: looks up no environment variable and no file
              --allow-private   takes it that the service runs with LETHE_ACCESS_HTTP_ALLOW_PRIVATE=true
            """;

    private static final int OK = 0;
    private static final int WRONG = 2;

    private static final Secrets ALL_THERE = new Secrets() {
        @Override
        public String ofEnvironment(String variable) {
            return "not-looked-up";
        }

        @Override
        public String ofFile(String path) {
            return "not-looked-up";
        }
    };

    private CheckSources() {}

    /**
     * @param arguments what follows the command's name
     * @return what the process ends with
     */
    public static int run(List<String> arguments, PrintStream out, PrintStream err) {
        if (arguments.contains("--help") || arguments.contains("-h")) {
            out.print(USAGE);
            return OK;
        }
        List<String> files =
                arguments.stream().filter(word -> !word.startsWith("--")).toList();
        Set<String> options =
                arguments.stream().filter(word -> word.startsWith("--")).collect(Collectors.toCollection(TreeSet::new));
        boolean noSecrets = options.remove("--no-secrets");
        boolean allowPrivate = options.remove("--allow-private");
        if (files.size() != 1 || !options.isEmpty()) {
            err.printf(
                    "check-sources: expected one file%s%n%n%s",
                    options.isEmpty() ? "" : ", found the unknown " + String.join(", ", options), USAGE);
            return WRONG;
        }
        String yaml = text(files.getFirst());
        if (yaml == null) {
            err.printf("check-sources: cannot read the file %s as text in UTF-8%n", files.getFirst());
            return WRONG;
        }
        try {
            var sources =
                    SourcesFile.read(files.getFirst(), yaml, noSecrets ? ALL_THERE : new ActualSecrets(), allowPrivate);
            table(sources).forEach(out::println);
            sources.forEach(source -> Sources.close(source.source()));
            return OK;
        } catch (InvalidFile e) {
            err.println(e.getMessage());
            return WRONG;
        }
    }

    private static @Nullable String text(String file) {
        try {
            return Files.readString(Path.of(file));
        } catch (IOException | InvalidPathException unreadable) {
            // Which the caller tells
            return null;
        }
    }

    private static List<String> table(List<Configured> sources) {
        var rows = new ArrayList<List<String>>();
        rows.add(List.of("NAME", "KIND", "ASKS BY", "PARALLEL", "YIELDS"));
        for (Configured configured : sources) {
            About about = configured.source().about();
            rows.add(List.of(
                    about.name(),
                    configured.kind(),
                    String.join(", ", new TreeSet<>(configured.source().asksBy())),
                    Integer.toString(about.parallel()),
                    about.identities().isEmpty()
                            ? "-"
                            : String.join(", ", new TreeSet<>(about.identities().keySet()))));
        }
        int[] widths = new int[rows.getFirst().size()];
        for (List<String> row : rows) {
            Arrays.setAll(widths, i -> Math.max(widths[i], row.get(i).length()));
        }
        return rows.stream().map(row -> line(row, widths)).toList();
    }

    private static String line(List<String> row, int[] widths) {
        var line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            line.append(row.get(i)).repeat(' ', widths[i] - row.get(i).length() + 2);
        }
        return line.toString().stripTrailing();
    }
}
