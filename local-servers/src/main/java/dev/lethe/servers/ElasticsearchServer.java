package dev.lethe.servers;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Elasticsearch 8 on a loopback port, one node without logins, with a heap of 512 MiB, on the JDK that runs this JVM; or the server of
 * {@code LETHE_ELASTICSEARCH_URL} ({@code http[s]://[user:password@]host:port}). It is the plain distribution that Elasticsearch's own
 * tests use: indices, data streams and searches, without scripts, ingest pipelines and most of what needs a licence.
 */
public final class ElasticsearchServer extends LocalServer {
    private static final String VARIABLE = "LETHE_ELASTICSEARCH_URL";
    private static final String LOOPBACK = "127.0.0.1";
    /** Between nodes, of which there is one; it wants a port nevertheless. */
    private static final String TRANSPORT = "elasticsearch-transport";

    private static final int TIMEOUT_MS = 5_000;
    private static final Path JDK = Path.of(System.getProperty("java.home"));

    /** What makes it light rather than fast: no second compiler, no threads that only collect, no memory before it is used. */
    private static final String JVM_OPTIONS = """
            -Xms512m
            -Xmx512m
            -XX:+UseSerialGC
            -XX:TieredStopAtLevel=1
            -XX:-AlwaysPreTouch
            -XX:+ExitOnOutOfMemoryError
            -Djava.io.tmpdir=${ES_TMPDIR}
            """;

    private static final String LOGGING = """
            appender.console.type = Console
            appender.console.name = console
            appender.console.layout.type = PatternLayout
            appender.console.layout.pattern = %d{ISO8601} %-5p %c{1.} %m%n
            rootLogger.level = info
            rootLogger.appenderRef.console.ref = console
            """;

    private final @Nullable GivenAddress given;
    private Path program = Path.of("");

    ElasticsearchServer(Folder folder, Map<String, String> environment, Consumer<String> progress) {
        super("elasticsearch", folder, given(environment), progress);
        this.given = given(environment);
    }

    private static @Nullable GivenAddress given(Map<String, String> environment) {
        return GivenAddress.from(
                environment, VARIABLE, List.of("http", "https"), "http[s]://[user:password@]host:port");
    }

    /** It stays the same once the server has started. */
    public int port() {
        return given == null ? folder.port(name()) : given.port(9200);
    }

    /** {@code http://127.0.0.1:port}, or what the environment says, without user and password. */
    public String url() {
        return given == null
                ? "http://" + LOOPBACK + ":" + port()
                : given.uri().getScheme() + "://" + given.host() + ":" + port();
    }

    /** Empty if there is none, as there is none for a private one. */
    public String user() {
        return given == null ? "" : given.user();
    }

    public String password() {
        return given == null ? "" : given.password();
    }

    @Override
    void prepare() throws IOException {
        program = Binaries.elasticsearch().resolve("bin/elasticsearch");
        // Its own user writes into all of them: what it keeps secret lies beside its settings
        for (Path each : List.of(config(), data(), logs(), temporary())) {
            Nobody.own(Files.createDirectories(each));
        }
        Files.writeString(config().resolve("jvm.options"), JVM_OPTIONS);
        Files.writeString(config().resolve("log4j2.properties"), LOGGING);
    }

    @Override
    void launch() throws IOException {
        Files.writeString(config().resolve("elasticsearch.yml"), """
                cluster.name: lethe
                node.name: lethe
                discovery.type: single-node
                network.host: %s
                http.port: %d
                transport.port: %d
                path.data: "%s"
                path.logs: "%s"
                xpack.security.enabled: false
                # The disk of a test machine is full sooner than these few documents matter
                cluster.routing.allocation.disk.threshold_enabled: false
                """.formatted(
                        LOOPBACK, port(), folder.port(TRANSPORT), data(), logs()));
        launch(
                Nobody.command("Elasticsearch", List.of(program.toString()), home, JDK),
                Map.of(
                        "ES_JAVA_HOME", JDK.toString(),
                        "ES_PATH_CONF", config().toString(),
                        "ES_TMPDIR", temporary().toString()));
    }

    private Path config() {
        return home.resolve("config");
    }

    private Path data() {
        return home.resolve("data");
    }

    private Path logs() {
        return home.resolve("logs");
    }

    private Path temporary() {
        return home.resolve("tmp");
    }

    /** The start script becomes a small JVM that starts the server, passes signals on and ends with it. */
    @Override
    long pidOf(Process launched) {
        return launched.toHandle()
                .children()
                .filter(ProcessHandle::isAlive)
                .mapToLong(ProcessHandle::pid)
                .findFirst()
                .orElse(-1);
    }

    /** A private one is known by its pid: it has no password, and another's would answer as well. */
    @Override
    void probe() throws IOException {
        if (given == null) {
            long found =
                    get("/_nodes/_local/process").at("/nodes").findPath("id").asLong(-1);
            if (found != pid()) {
                throw new IOException("expected process " + pid() + " to answer, found process " + found);
            }
        }
        // After a restart it answers before it has its indices back
        JsonNode health = get("/_cluster/health?wait_for_status=yellow&timeout=1s");
        if (health.path("timed_out").asBoolean(true)) {
            throw new IOException("its indices are not all there yet");
        }
    }

    private JsonNode get(String path) throws IOException {
        HttpURLConnection connection =
                (HttpURLConnection) URI.create(url() + path).toURL().openConnection();
        connection.setConnectTimeout(TIMEOUT_MS);
        connection.setReadTimeout(TIMEOUT_MS);
        if (!user().isEmpty()) {
            byte[] login = (user() + ":" + password()).getBytes(StandardCharsets.UTF_8);
            connection.setRequestProperty(
                    "Authorization", "Basic " + Base64.getEncoder().encodeToString(login));
        }
        try (InputStream answer = connection.getInputStream()) {
            return JsonMapper.shared().readTree(answer);
        }
    }

    @Override
    String stopSignal() {
        return "TERM";
    }

    @Override
    List<String> ports() {
        return List.of(name(), TRANSPORT);
    }

    @Override
    Duration startLimit() {
        return Duration.ofMinutes(2);
    }

    @Override
    String variable() {
        return VARIABLE;
    }
}
