package dev.lethe.benchmarks.scheduler;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lethe.benchmarks.servers.Servers;
import dev.lethe.benchmarks.servers.ServiceProcess;
import dev.lethe.servers.Guard;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A peer in a process of its own, in whatever language: it takes commands and gives answers, a line each. */
final class PeerProcess implements Contender {

    static final String LOG_FOLLOWS = "; its log ends:";
    private static final String END = "@failed its process has ended";

    private final Servers servers;
    private final PeerKind kind;
    private final int future;
    private final Path log;
    private final Path node;
    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
    private @Nullable Process process;
    private String configuration = "";
    private String isDone = "";

    /** @param node where Node and its packages are installed if they are needed */
    PeerProcess(Servers servers, PeerKind kind, Path logs, Path node, int future) {
        this.servers = servers;
        this.kind = kind;
        this.future = future;
        this.node = node;
        this.log = logs.resolve(database() + ".log");
    }

    @Override
    public String name() {
        return kind.figure();
    }

    @Override
    public String configuration() {
        return configuration;
    }

    @Override
    public int rows(Scale scale) {
        return kind.rows(scale);
    }

    @Override
    public int repeats(Scale scale) {
        return kind.repeats(scale);
    }

    @Override
    public boolean beginsWithFirstMessage() {
        return kind.publishesOnly();
    }

    @Override
    public void open() throws Exception {
        servers.createDatabase(database());
        var builder = new ProcessBuilder(kind.isNode() ? NodePeers.command(node, kind.peer()) : javaCommand())
                .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment()
                .putAll(Map.of(
                        "BENCH_JDBC_URL",
                        servers.postgres().jdbcUrl(database()),
                        "BENCH_DATABASE_PORT",
                        String.valueOf(servers.postgres().port()),
                        "BENCH_DATABASE",
                        database(),
                        "BENCH_DATABASE_USER",
                        servers.postgres().user(),
                        "BENCH_DATABASE_PASSWORD",
                        servers.postgres().password(),
                        "BENCH_AMQP_URL",
                        servers.amqpUrlWithUser(),
                        "BENCH_QUEUE",
                        BenchQueue.NAME,
                        "BENCH_SETTINGS",
                        kind.best() ? "best" : "default"));
        Process started = Guard.start(builder);
        process = started;
        Thread.ofPlatform().daemon().start(() -> read(started));
        configuration = answer(60);
        isDone = answer(10);
    }

    private List<String> javaCommand() {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx1g", "-cp", System.getProperty("java.class.path")));
        command.addAll(List.of("dev.lethe.benchmarks.peers.PeerMain", kind.peer()));
        return command;
    }

    private void read(Process started) {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(started.getInputStream(), UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("@")) {
                    answers.add(line);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read what a peer answers", e);
        } finally {
            answers.add(END);
        }
    }

    /** The next answer, without its sign. */
    private String answer(long seconds) throws InterruptedException, IOException {
        String answer = answers.poll(seconds, TimeUnit.SECONDS);
        if (answer == null) {
            throw new IllegalStateException("%s did not answer within %d s".formatted(name(), seconds));
        }
        if (answer.equals(END)) {
            answers.add(END);
        }
        if (answer.startsWith("@failed")) {
            throw new IllegalStateException(
                    "%s: %s%s%n%s".formatted(name(), answer.substring(1), LOG_FOLLOWS, ServiceProcess.endOf(log)));
        }
        return answer.substring(1);
    }

    private void tell(String command, long seconds) throws IOException, InterruptedException {
        Process running = process;
        if (running == null) {
            throw new IllegalStateException(name() + " was not started");
        }
        Writer out = running.outputWriter(UTF_8);
        out.write(command + "\n");
        out.flush();
        answer(seconds);
    }

    @Override
    public void load(int rows) throws Exception {
        tell("load %d %d".formatted(rows, future), 180);
    }

    @Override
    public void start() throws Exception {
        tell("start", 60);
    }

    @Override
    public void stop() throws Exception {
        tell("stop", 60);
    }

    @Override
    public String isDone() {
        return isDone;
    }

    @Override
    public String database() {
        return kind.figure().replaceAll("[^a-z]", "_");
    }

    @Override
    public long pid() {
        Process running = process;
        return running == null ? -1 : running.pid();
    }

    @Override
    public void close() {
        Process running = process;
        if (running != null) {
            running.destroyForcibly();
        }
    }
}
