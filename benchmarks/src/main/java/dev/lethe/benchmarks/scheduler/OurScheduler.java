package dev.lethe.benchmarks.scheduler;

import dev.lethe.servers.Guard;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Ours: the built jar as a process of its own, with nothing configured but its addresses. */
final class OurScheduler implements Contender {

    /** The image's flags, and the heap that it gets in a container of 430 MB; there, too, the JVM chooses the serial collector. */
    static final List<String> JVM = List.of(
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-Djdk.virtualThreadScheduler.parallelism=16",
            "-XX:+ExitOnOutOfMemoryError",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow");

    private static final String USER = "message-scheduler";

    private final Servers servers;
    private final String name;
    private final String database;
    private final int future;
    private final Path root;
    private final Path log;
    private final Rows rows;
    private @Nullable Process process;
    private Instant due = Instant.EPOCH;

    /**
     * @param root where the project is, with its built jar
     * @param future rows that are never due
     */
    OurScheduler(Servers servers, Path root, Path logs, String name, String database, int future) {
        this.servers = servers;
        this.root = root;
        this.name = name;
        this.database = database;
        this.future = future;
        this.log = logs.resolve(database + ".log");
        this.rows = new Rows(servers, database);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String configuration() {
        return "default configuration, JVM with " + String.join(" ", JVM.subList(0, 2));
    }

    @Override
    public int rows(Scale scale) {
        return scale.rows();
    }

    @Override
    public int repeats(Scale scale) {
        return scale.repeats();
    }

    Rows rows() {
        return rows;
    }

    @Override
    public void open() throws Exception {
        servers.createDatabase(database);
        launch();
        rows.learn();
        rows.future(future);
    }

    /** As {@link #open()}, with rows that look like the other's: two that run side by side share what comes over AMQP. */
    void openLike(OurScheduler other) throws Exception {
        servers.createDatabase(database);
        launch();
        rows.learnFrom(other.rows);
        rows.future(future);
    }

    private void launch() throws IOException, InterruptedException {
        Path jar = root.resolve("message-scheduler/target/message-scheduler-app.jar");
        if (!Files.exists(jar)) {
            throw new IllegalStateException(
                    "%s is not there; './lethe bench' builds it".formatted(root.relativize(jar)));
        }
        // A copy: whoever builds meanwhile must not pull it from under the running process
        Path copy = servers.folder().resolve(jar.getFileName());
        if (!Files.exists(copy)) {
            Files.copy(jar, copy);
        }
        int port = freePort();
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JVM);
        command.addAll(List.of("-jar", copy.toString()));
        var builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment()
                .putAll(Map.of(
                        "SERVER_ADDRESS",
                        "127.0.0.1",
                        "SERVER_PORT",
                        String.valueOf(port),
                        "SERVER_TOMCAT_BASEDIR",
                        log.resolveSibling("tomcat-" + database).toString(),
                        "SPRING_DATASOURCE_URL",
                        servers.postgres().jdbcUrl(database),
                        "SPRING_DATASOURCE_USERNAME",
                        servers.postgres().user(),
                        "SPRING_DATASOURCE_PASSWORD",
                        servers.postgres().password(),
                        "SPRING_RABBITMQ_ADDRESSES",
                        servers.rabbit().amqpUrl(),
                        "SPRING_RABBITMQ_USERNAME",
                        USER,
                        "SPRING_RABBITMQ_PASSWORD",
                        servers.rabbit().password(USER)));
        Process started = Guard.start(builder);
        process = started;
        awaitReady(started, URI.create("http://127.0.0.1:" + port + "/actuator/health/readiness"));
    }

    private void awaitReady(Process started, URI readiness) throws InterruptedException, IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(90);
        try (HttpClient client = HttpClient.newHttpClient()) {
            while (!answers(client, readiness)) {
                if (!started.isAlive() || System.nanoTime() > end) {
                    throw new IllegalStateException(
                            "message-scheduler did not become ready; its log ends:%n%s".formatted(endOf(log)));
                }
                started.waitFor(50, TimeUnit.MILLISECONDS);
            }
        }
    }

    private static boolean answers(HttpClient client, URI readiness) throws InterruptedException {
        try {
            var request = HttpRequest.newBuilder(readiness)
                    .timeout(Duration.ofSeconds(2))
                    .build();
            return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    static String endOf(Path log) throws IOException {
        List<String> lines = Files.exists(log) ? Files.readAllLines(log) : List.of();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 12), lines.size()));
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** It works all the time: nothing is due before everything is stored and the tables are tidy. */
    @Override
    public void load(int number) throws Exception {
        due = rows.dueAfterStoring(number);
        rows.due("'%s'::timestamptz".formatted(due), number);
    }

    @Override
    public boolean isReady() {
        boolean ready = Instant.now().isBefore(due);
        if (!ready) {
            rows.plannedTooShort();
        }
        return ready;
    }

    @Override
    public void start() throws InterruptedException {
        Thread.sleep(Duration.between(Instant.now(), due));
    }

    @Override
    public String isDone() {
        return rows.isDone();
    }

    /** It goes on; there is nothing to do for it. */
    @Override
    public void stop() {}

    @Override
    public String database() {
        return database;
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
