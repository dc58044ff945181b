package dev.lethe.demo.compose;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/** The Dockerfile, as far as it can be followed without an engine: two stages, of which the first unpacks a jar. */
final class Dockerfile {

    private record Instruction(String word, String rest) {}

    private static final Pattern WORD_AND_REST = Pattern.compile("([A-Z]+)\\s+(.*)", Pattern.DOTALL);
    private static final String FROM_STAGE = "--from=";

    private final List<Instruction> instructions = new ArrayList<>();

    Dockerfile() throws IOException {
        var code = new StringBuilder();
        for (String line : Files.readAllLines(Project.ROOT.resolve("Dockerfile"))) {
            if (!line.startsWith("#")) {
                code.append(line).append('\n');
            }
        }
        code.toString()
                .replaceAll("\\\\\\n\\s*", "")
                .lines()
                .filter(line -> !line.isBlank())
                .forEach(line -> {
                    var parts = WORD_AND_REST.matcher(line);
                    if (!parts.matches()) {
                        throw new IllegalStateException("not an instruction of a Dockerfile: " + line);
                    }
                    instructions.add(
                            new Instruction(parts.group(1), parts.group(2).strip()));
                });
    }

    /** The images that the stages begin with. */
    List<String> bases() {
        return all("FROM").map(from -> from.split(" ")[0]).toList();
    }

    String user() {
        return all("USER").toList().getLast();
    }

    Map<String, String> environment() {
        var environment = new LinkedHashMap<String, String>();
        all("ENV")
                .flatMap(rest -> Stream.of(rest.split("\\s+")))
                .map(pair -> pair.split("=", 2))
                .forEach(pair -> environment.put(pair[0], pair[1]));
        return environment;
    }

    List<String> entrypoint() {
        return words(all("ENTRYPOINT").toList().getLast());
    }

    List<String> healthCheck() {
        String rest = all("HEALTHCHECK").toList().getLast();
        return words(rest.substring(rest.indexOf("CMD ") + "CMD ".length()));
    }

    /** The folders of the first stage that the second copies, in that order. */
    List<String> layers() {
        return copied().map(source -> Path.of(source).getFileName().toString()).toList();
    }

    private Stream<String> copied() {
        return all("COPY").filter(rest -> rest.startsWith(FROM_STAGE)).map(rest -> rest.split(" ")[1]);
    }

    /**
     * Makes the folder that the image would run this program in, out of its jar, by the very instructions.
     *
     * @param folder an empty one, for this image alone
     */
    Path build(String program, Path folder) throws IOException, InterruptedException {
        Path stage = folder.resolve("stage" + all("WORKDIR").toList().getFirst());
        Files.createDirectories(stage);
        String[] jar =
                all("COPY").toList().getFirst().replace("${SERVICE}", program).split(" ");
        Files.copy(jarOf(jar[0]), stage.resolve(jar[1]));
        run(all("RUN").toList().getFirst(), stage);

        Path app = Files.createDirectories(
                folder.resolve("image" + all("WORKDIR").toList().getLast()));
        for (String source : copied().toList()) {
            copy(folder.resolve("stage" + source), app);
        }
        return app;
    }

    /** The jar that is copied into the image; the build has made it before. */
    static Path jarOf(String source) {
        Path jar = Project.ROOT.resolve(source);
        if (!Files.exists(jar)) {
            throw new IllegalStateException(jar + " is not there; './lethe build' makes it");
        }
        return jar;
    }

    private static void run(String command, Path folder) throws IOException, InterruptedException {
        var builder = new ProcessBuilder("sh", "-ec", command)
                .directory(folder.toFile())
                .inheritIO();
        builder.environment().put("PATH", javaBin() + ":" + System.getenv("PATH"));
        int exit = builder.start().waitFor();
        if (exit != 0) {
            throw new IllegalStateException("'%s' ended with exit code %d".formatted(command, exit));
        }
    }

    /** The Java of this test, where an image has its own first on the path. */
    static String javaBin() {
        return Path.of(System.getProperty("java.home"), "bin").toString();
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path each : all.toList()) {
                Path copy = to.resolve(from.relativize(each).toString());
                if (Files.isDirectory(each)) {
                    Files.createDirectories(copy);
                } else {
                    Files.copy(each, copy);
                }
            }
        }
    }

    private Stream<String> all(String word) {
        return instructions.stream()
                .filter(instruction -> instruction.word().equals(word))
                .map(Instruction::rest);
    }

    private static List<String> words(String json) {
        return List.of(new JsonMapper().readValue(json, String[].class));
    }
}
