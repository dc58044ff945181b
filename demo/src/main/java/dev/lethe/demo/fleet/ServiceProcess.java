package dev.lethe.demo.fleet;

import dev.lethe.servers.Guard;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One instance of a service, as a process of its own. What it says goes to its log file, as ECS JSON. */
public final class ServiceProcess {

    private static final Duration START_LIMIT = Duration.ofSeconds(90);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(25);
    private static final Duration PROBE_LIMIT = Duration.ofSeconds(2);
    private static final int LINES_OF_LOG = 15;
    private static final JsonMapper JSON = new JsonMapper();
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(PROBE_LIMIT).build();

    private final String name;
    private final List<String> command;
    private final Map<String, String> environment;
    private final int port;
    private final Path log;
    private volatile @Nullable Process process;
    private volatile boolean wanted;

    ServiceProcess(String name, List<String> command, Map<String, String> environment, int port, Path log) {
        this.name = name;
        this.command = command;
        this.environment = environment;
        this.port = port;
        this.log = log;
    }

    public String name() {
        return name;
    }

    public String url() {
        return "http://127.0.0.1:" + port;
    }

    /** -1 if it does not run. */
    public long pid() {
        Process running = process;
        return running != null && running.isAlive() ? running.pid() : -1;
    }

    /** Starts the process; it is not ready yet. {@code whenDead} is called if it ends without having been told to. */
    void launch(Runnable whenDead) throws IOException {
        wanted = true;
        var builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(environment);
        Process started = Guard.start(builder);
        process = started;
        started.onExit().thenRun(() -> {
            if (wanted) {
                whenDead.run();
            }
        });
    }

    /**
     * Returns when the service says that it is ready.
     *
     * @throws IllegalStateException if it ends before, or takes too long; with the end of its log
     */
    void awaitReady() throws InterruptedException {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (!isReady()) {
            Process running = process;
            if (running == null || !running.isAlive()) {
                throw new IllegalStateException("%s ended while it started%s".formatted(name, endOfLog()));
            }
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(
                        "%s is not ready after %d s%s".formatted(name, START_LIMIT.toSeconds(), endOfLog()));
            }
            running.waitFor(100, TimeUnit.MILLISECONDS);
        }
    }

    /** Whether it says so; another program that has taken its port meanwhile does not count. */
    public boolean isReady() throws InterruptedException {
        return pid() >= 0 && answers() && pid() >= 0;
    }

    private boolean answers() throws InterruptedException {
        try {
            HttpRequest probe = HttpRequest.newBuilder(URI.create(url() + "/actuator/health/readiness"))
                    .timeout(PROBE_LIMIT)
                    .build();
            return HTTP.send(probe, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    int exitValue() {
        Process ended = process;
        return ended == null || ended.isAlive() ? 0 : ended.exitValue();
    }

    /** SIGTERM, and SIGKILL if that does not help. */
    void stop() {
        wanted = false;
        Process running = process;
        if (running == null) {
            return;
        }
        running.destroy();
        try {
            if (!running.waitFor(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                running.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            running.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    /** SIGKILL, as a crash; whoever watches over it starts it again. */
    public void kill() {
        Process running = process;
        if (running != null) {
            running.destroyForcibly();
        }
    }

    String endOfLog() {
        try {
            List<String> lines = new ArrayList<>(Files.exists(log) ? Files.readAllLines(log) : List.of());
            String last = lines.subList(Math.max(0, lines.size() - LINES_OF_LOG), lines.size()).stream()
                    .map(ServiceProcess::inWords)
                    .collect(Collectors.joining("\n"));
            return "; its log, %s, ends:%n%s".formatted(log, last.indent(2).stripTrailing());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + log, e);
        }
    }

    /** A line as people want to read it: of an event in JSON what it says. */
    private static String inWords(String line) {
        try {
            JsonNode event = JSON.readTree(line);
            return event.path("message").isString()
                    ? "%s %s"
                            .formatted(
                                    event.path("log.level").asString(""),
                                    event.path("message").stringValue())
                    : line;
        } catch (JacksonException plainText) {
            return line;
        }
    }
}
