package dev.lethe.servers;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.rabbitmq.client.ConnectionFactory;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The machine's own RabbitMQ, as a node by itself with its own data, users and epmd, on loopback ports and without plugins;
 * or the broker of {@code LETHE_RABBITMQ_URL} ({@code amqp://user:password@host:port}), to whose management API
 * {@code LETHE_RABBITMQ_MANAGEMENT_URL} the definitions are posted on the first start.
 */
public final class RabbitServer extends LocalServer {
    private static final String VARIABLE = "LETHE_RABBITMQ_URL";
    private static final String MANAGEMENT_VARIABLE = "LETHE_RABBITMQ_MANAGEMENT_URL";
    private static final String LOOPBACK = "127.0.0.1";
    private static final String DISTRIBUTION = "rabbitmq-distribution";
    private static final String EPMD = "rabbitmq-epmd";
    private static final String ADMIN = "admin";
    private static final int TIMEOUT_MS = 5_000;

    private final BrokerDefinitions definitions;
    private final @Nullable GivenAddress given;
    private final @Nullable GivenAddress management;
    private volatile boolean defined;
    private volatile Path scripts = Path.of("");

    RabbitServer(
            Folder folder, BrokerDefinitions definitions, Map<String, String> environment, Consumer<String> progress) {
        super("rabbitmq", folder, given(environment), progress);
        this.given = given(environment);
        // Whoever named the broker must be able to log in again as the same administrator.
        this.definitions = given == null ? definitions : definitions.withPassword(given.user(), given.password());
        this.management = GivenAddress.from(
                environment, MANAGEMENT_VARIABLE, List.of("http", "https"), "http://[user:password@]host:port");
        if (given != null
                && !List.of("", "/", "/%2f", "/%2F").contains(given.uri().getRawPath())) {
            throw new IllegalArgumentException(
                    VARIABLE + " must name the virtual host / or none, the one that is used");
        }
        if (given != null && management == null) {
            throw new IllegalArgumentException(VARIABLE + " is set, so " + MANAGEMENT_VARIABLE
                    + " must be set too: the users and their permissions are sent there");
        }
    }

    private static @Nullable GivenAddress given(Map<String, String> environment) {
        return GivenAddress.from(environment, VARIABLE, List.of("amqp"), "amqp://user:password@host:port");
    }

    /** It stays the same once the server has started. */
    public int port() {
        return given == null ? folder.port(name()) : given.port(5672);
    }

    /** {@code amqp://host:port}, without a user, for the virtual host {@code /}. */
    public String amqpUrl() {
        return "amqp://" + (given == null ? LOOPBACK : given.host()) + ":" + port();
    }

    /** @throws IllegalArgumentException if the definitions do not have this user */
    public String password(String user) {
        return definitions.password(user);
    }

    /**
     * Runs {@code rabbitmqctl} on this node (about half a second).
     *
     * @return what it printed
     * @throws IllegalStateException if it fails or the broker is down
     */
    public String ctl(String... arguments) {
        return script("rabbitmqctl", arguments);
    }

    /**
     * Makes the broker write down at once what it only writes after a second or so: which quorum queues there are. One that is
     * declared and killed sooner (measured: 0.7 s is too soon, 1.5 s is not, on 3.10 and 4.0) never answers again, whatever it
     * had confirmed.
     */
    public void settle() {
        ctl("eval", "[dets:sync(Table) || Table <- dets:all()].");
    }

    String script(String script, String... arguments) {
        if (given != null) {
            throw new UnsupportedOperationException(script + " cannot reach the broker that " + VARIABLE + " names");
        }
        if (!isRunning()) {
            throw new IllegalStateException("rabbitmq does not run, so there is nothing to ask; start it first");
        }
        List<String> command = new ArrayList<>(List.of(scripts.resolve(script).toString()));
        command.addAll(List.of(arguments));
        Programs.Result result = Programs.run(builder(command, environment()), Duration.ofMinutes(1));
        if (result.exit() != 0) {
            throw new IllegalStateException(script + " " + String.join(" ", arguments) + " ended with exit code "
                    + result.exit() + ": " + result.err().strip());
        }
        return result.out();
    }

    @Override
    void prepare() throws IOException {
        scripts = RabbitInstallation.scripts(progress);
        Path cookie = home.resolve(".erlang.cookie");
        if (!Files.exists(cookie)) {
            Folder.writeSecret(cookie, folder.password("rabbitmq-cookie"));
        }
        Folder.writeSecret(home.resolve("definitions.json"), definitions.json());
        Files.writeString(home.resolve("enabled_plugins"), "[].\n");
        Files.writeString(home.resolve("environment.conf"), "");
    }

    @Override
    void launch() throws IOException {
        Files.writeString(
                home.resolve("rabbitmq.conf"), """
                listeners.tcp.1 = %s:%d
                loopback_users = none
                disk_free_limit.absolute = 10MB
                load_definitions = %s
                """.formatted(LOOPBACK, port(), home.resolve("definitions.json")));
        launchEpmd();
        // With input allowed the script gives way to the Erlang machine, so that this process is the broker itself.
        launch(List.of(scripts.resolve("rabbitmq-server").toString(), "-noinput"), environment());
    }

    /** A name server of our own, as a child in the foreground: the daemon that Erlang would start outlives everything. */
    private void launchEpmd() throws IOException {
        Path program = Programs.find("epmd")
                .orElseThrow(() -> new IllegalStateException("Erlang's epmd is not on the PATH; install erlang-base"));
        String port = String.valueOf(folder.port(EPMD));
        Process epmd = launch(List.of(program.toString(), "-address", LOOPBACK, "-port", port), Map.of());
        long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (!answers(folder.port(EPMD))) {
            try {
                if (epmd.waitFor(10, TimeUnit.MILLISECONDS) || System.nanoTime() > end) {
                    throw new IllegalStateException("epmd did not listen on port " + port);
                }
            } catch (InterruptedException e) {
                throw Programs.interrupted("waiting for epmd");
            }
        }
    }

    private static boolean answers(int port) {
        try (Socket socket = new Socket(LOOPBACK, port)) {
            return socket.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }

    private Map<String, String> environment() {
        return Map.ofEntries(
                Map.entry("HOME", home.toString()),
                Map.entry("RABBITMQ_NODENAME", "lethe@localhost"),
                Map.entry("RABBITMQ_DIST_PORT", String.valueOf(folder.port(DISTRIBUTION))),
                Map.entry("ERL_EPMD_PORT", String.valueOf(folder.port(EPMD))),
                Map.entry("ERL_EPMD_ADDRESS", LOOPBACK),
                // For every Erlang machine that these scripts start: no daemon, no foreign interface.
                Map.entry("ERL_AFLAGS", "-start_epmd false -kernel inet_dist_use_interface {127,0,0,1}"),
                // Two cores are too few to let idle schedulers spin on them.
                Map.entry("RABBITMQ_SCHEDULER_BUSY_WAIT_THRESHOLD", "none"),
                Map.entry(
                        "RABBITMQ_PLUGINS_DIR",
                        scripts.resolveSibling("plugins").toString()),
                Map.entry("RABBITMQ_ALLOW_INPUT", "true"),
                Map.entry("RABBITMQ_LOGS", "-"),
                Map.entry("RABBITMQ_LOG_BASE", home.resolve("log").toString()),
                Map.entry("RABBITMQ_MNESIA_BASE", home.resolve("data").toString()),
                Map.entry("RABBITMQ_PID_FILE", home.resolve("rabbitmq.pid").toString()),
                Map.entry("RABBITMQ_SCHEMA_DIR", home.resolve("schema").toString()),
                Map.entry(
                        "RABBITMQ_GENERATED_CONFIG_DIR",
                        home.resolve("generated").toString()),
                // Each of these has a default below /etc/rabbitmq, which is not ours.
                Map.entry("RABBITMQ_CONFIG_FILE", home.resolve("rabbitmq.conf").toString()),
                Map.entry("RABBITMQ_CONFIG_FILES", home.resolve("conf.d") + "/*.conf"),
                Map.entry(
                        "RABBITMQ_ADVANCED_CONFIG_FILE",
                        home.resolve("advanced.config").toString()),
                Map.entry(
                        "RABBITMQ_CONF_ENV_FILE",
                        home.resolve("environment.conf").toString()),
                Map.entry(
                        "RABBITMQ_ENABLED_PLUGINS_FILE",
                        home.resolve("enabled_plugins").toString()),
                // Any port for the command line tools: the default range of eleven would be shared by all.
                Map.entry("RABBITMQ_CTL_DIST_PORT_MIN", "0"),
                Map.entry("RABBITMQ_CTL_DIST_PORT_MAX", "0"));
    }

    /** The administrator's password proves that this is our broker and that it has loaded the definitions. */
    @Override
    void probe() throws Exception {
        if (given != null && management != null && !defined) {
            logIn(given.user(), given.password());
            define(given, management);
            defined = true;
        }
        logIn(ADMIN, password(ADMIN));
    }

    private void logIn(String user, String password) throws IOException, TimeoutException {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setHost(given == null ? LOOPBACK : given.host());
        factory.setPort(port());
        factory.setUsername(user);
        factory.setPassword(password);
        factory.setConnectionTimeout(TIMEOUT_MS);
        factory.setHandshakeTimeout(TIMEOUT_MS);
        factory.setAutomaticRecoveryEnabled(false);
        factory.newConnection("is it there?").close();
    }

    private void define(GivenAddress broker, GivenAddress address) throws IOException, InterruptedException {
        GivenAddress login = address.user().isEmpty() ? broker : address;
        String credentials =
                Base64.getEncoder().encodeToString((login.user() + ":" + login.password()).getBytes(UTF_8));
        String base = address.uri().getScheme() + "://" + address.host() + ":" + address.port(15672);
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<Void> response = client.send(
                    HttpRequest.newBuilder(URI.create(base + "/api/definitions"))
                            .header("Authorization", "Basic " + credentials)
                            .header("Content-Type", "application/json")
                            .version(HttpClient.Version.HTTP_1_1) // 3.10 answers the offer of a newer one by hanging up
                            .timeout(Duration.ofMillis(TIMEOUT_MS))
                            .POST(HttpRequest.BodyPublishers.ofString(definitions.json()))
                            .build(),
                    HttpResponse.BodyHandlers.discarding());
            if (response.statusCode() / 100 != 2) {
                throw new IOException("the management API at " + base + " (" + MANAGEMENT_VARIABLE
                        + ") answered the definitions with status " + response.statusCode());
            }
        }
    }

    @Override
    String stopSignal() {
        return "TERM";
    }

    @Override
    List<String> ports() {
        return List.of(name(), DISTRIBUTION, EPMD);
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
