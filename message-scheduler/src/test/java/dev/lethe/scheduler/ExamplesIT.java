package dev.lethe.scheduler;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.servers.LocalServers;
import dev.lethe.servers.RabbitServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every example does what it says, in whichever of the languages this machine has. */
class ExamplesIT {

    private static final long SECONDS = 30;
    private static final List<String> SCHEDULED_AND_RETRIED =
            List.of("scheduled replaced cancelled", "1 2 3 parked: attempts_exhausted 3");

    enum Example {
        JAVA("users", "java/Later.java", SCHEDULED_AND_RETRIED),
        SPRING("billing", "spring/LaterWithSpring.java", List.of("replaced cancelled")),
        PYTHON("viewing-history", "python/later.py", SCHEDULED_AND_RETRIED),
        RUBY("emailing", "ruby/later.rb", SCHEDULED_AND_RETRIED),
        NODE("frontend", "node/later.js", SCHEDULED_AND_RETRIED);

        /** Each its own: a key names a message among those of its user, and all examples use the same one. */
        private final String user;

        private final Path file;
        private final List<String> lines;

        Example(String user, String file, List<String> lines) {
            this.user = user;
            this.file = Path.of("../examples/scheduler").resolve(file);
            this.lines = lines;
        }

        /** What runs it, if that and its library are here. */
        Optional<List<String>> interpreter() throws IOException, InterruptedException {
            return switch (this) {
                case JAVA, SPRING ->
                    Optional.of(List.of(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            System.getProperty("java.class.path")));
                case PYTHON -> first(List.of("python3", "/usr/bin/python3"), "-c", "import pika");
                case RUBY -> first(List.of("ruby"), "-e", "require 'bunny'");
                case NODE -> first(List.of("node"), "-e", "require('amqplib')");
            };
        }

        private static Optional<List<String>> first(List<String> programs, String... check)
                throws InterruptedException {
            for (String program : programs) {
                try {
                    Process process = new ProcessBuilder(program, check[0], check[1])
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start();
                    if (process.waitFor() == 0) {
                        return Optional.of(List.of(program));
                    }
                } catch (IOException notThere) {
                    continue;
                }
            }
            return Optional.empty();
        }
    }

    private record Run(Process process, Path output) {}

    @TempDir
    static Path folder;

    private static final Map<Example, Run> RUNS = new HashMap<>();

    /** All at once: most of their time they wait. */
    @BeforeAll
    static void allOfThemRun() throws Exception {
        Service.start();
        RabbitServer rabbit = LocalServers.shared().rabbit();
        for (Example example : Example.values()) {
            Optional<List<String>> interpreter = example.interpreter();
            if (interpreter.isPresent()) {
                Path output = folder.resolve(example.name());
                List<String> line = new ArrayList<>(interpreter.get());
                line.add(example.file.toString());
                var command = new ProcessBuilder(line);
                String login = "//%s:%s@".formatted(example.user, rabbit.password(example.user));
                command.environment().put("AMQP_URL", rabbit.amqpUrl().replace("//", login) + "/%2F");
                command.redirectErrorStream(true).redirectOutput(output.toFile());
                RUNS.put(example, new Run(command.start(), output));
            }
        }
    }

    @AfterAll
    static void noneRunsOn() {
        RUNS.values().forEach(run -> run.process().destroyForcibly());
    }

    @ParameterizedTest
    @EnumSource
    void itDoesWhatItSays(Example example) throws Exception {
        Run run = RUNS.get(example);
        Assumptions.assumeTrue(
                run != null,
                () -> example.file.getFileName() + " needs an interpreter and a library"
                        + " that are not here; its first line names them");

        assertThat(run.process().waitFor(SECONDS, TimeUnit.SECONDS))
                .as("%s ended within %d s".formatted(example.file, SECONDS))
                .isTrue();
        List<String> output = Files.readString(run.output(), UTF_8).lines().toList();
        assertThat(output).containsSubsequence(example.lines);
        assertThat(run.process().exitValue()).isZero();
    }
}
