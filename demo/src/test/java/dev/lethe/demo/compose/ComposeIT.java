package dev.lethe.demo.compose;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.sun.net.httpserver.HttpServer;
import dev.lethe.messages.MessageJson;
import dev.lethe.messages.Messages;
import dev.lethe.messages.Subject;
import dev.lethe.messages.Topology;
import dev.lethe.messages.request.SubmitRequest;
import dev.lethe.servers.BrokerDefinitions;
import dev.lethe.servers.LocalServers;
import dev.lethe.servers.PostgresServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** What docker-compose.yml says of our services, done: each runs as it says, on private servers. */
class ComposeIT {

    private static final Duration START = Duration.ofMinutes(3);
    private static final Duration ANSWER = Duration.ofSeconds(30);

    /** A loopback address that is this JVM's alone, so that the file's very ports are free on it. */
    private static final String ADDRESS = address(ProcessHandle.current().pid());

    @TempDir
    private static Path folder;

    private static Map<String, String> settings;
    private static ComposeFile compose;
    private static Dockerfile dockerfile;
    private static LocalServers servers;
    private static final List<Container> containers = new ArrayList<>();

    private static String address(long pid) {
        return "127.%d.%d.%d".formatted(64 + (pid >> 16 & 63), pid >> 8 & 255, pid & 255);
    }

    @BeforeAll
    static void start() throws Exception {
        assumeThat(System.getenv())
                .as("private servers, whose users and passwords this test may change")
                .doesNotContainKeys("LETHE_POSTGRES_URL", "LETHE_REDIS_URL", "LETHE_RABBITMQ_URL");
        settings = Project.example();
        compose = new ComposeFile(settings);
        dockerfile = new Dockerfile();
        startServers();
        var hosts = Map.of(
                "postgres:5432", "127.0.0.1:" + servers.postgres().port(),
                "redis:6379", "127.0.0.1:" + servers.redis().port(),
                "rabbitmq:5672", "127.0.0.1:" + servers.rabbit().port());
        for (ComposeService service : compose.services().values()) {
            if (service.isOurs() && !service.ends()) {
                var container = new Container(
                        service, dockerfile, ADDRESS, hosts, folder.resolve("volumes"), folder.resolve(service.name()));
                containers.add(container);
                container.start();
            }
        }
        for (Container container : containers) {
            await(container.service().name() + " is healthy")
                    .atMost(START)
                    .failFast(() -> assertThat(container.isRunning())
                            .as("runs; its output: %s", Files.readString(container.log()))
                            .isTrue())
                    .until(container::isHealthy);
        }
    }

    /** Servers such as the Compose file's: with its users and databases, out of the same files. */
    private static void startServers() throws Exception {
        Path place = Files.createDirectory(folder.resolve("servers"));
        // PostgreSQL, if it runs as another user, must be able to pass
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
        Files.setPosixFilePermissions(place, PosixFilePermissions.fromString("rwx--x--x"));
        // With other passwords than the file's, so that only what the file itself brings lets anybody in
        servers = LocalServers.in(place, BrokerDefinitions.of(List.of(), Set.of(), LocalServers.passwords(place)));
        servers.startAll();
        servers.rabbit()
                .ctl(
                        "import_definitions",
                        Project.ROOT.resolve("deploy/rabbitmq/definitions.json").toString());
        ServicesSql.run(servers.postgres(), compose.service("postgres").environment());
        assertThat(redis("CONFIG SET requirepass " + passwordOfRedis())).startsWith("+OK");
    }

    private static String passwordOfRedis() {
        List<String> command = compose.service("redis").list("command");
        return command.get(command.indexOf("--requirepass") + 1);
    }

    /** What Redis answers to these commands. */
    private static String redis(String... commands) throws IOException {
        try (var socket = new Socket("127.0.0.1", servers.redis().port())) {
            socket.getOutputStream().write((String.join("\r\n", commands) + "\r\nQUIT\r\n").getBytes(UTF_8));
            return new String(socket.getInputStream().readAllBytes(), UTF_8);
        }
    }

    @AfterAll
    static void stop() throws Exception {
        for (Container container : containers) {
            container.close();
        }
        if (servers != null) {
            servers.close();
        }
    }

    @Test
    void theThreeServicesRun() {
        assertThat(containers)
                .extracting(container -> container.service().program())
                .containsExactlyInAnyOrder("requests-manager", "cancellation-service", "message-scheduler");
        assertThat(containers).allMatch(Container::isRunning);
    }

    @Test
    void everyPublishedPortAnswers() throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            for (Container container : containers) {
                assertThat(container.service().ports()).isNotEmpty();
                for (ComposeService.Port port : container.service().ports()) {
                    for (String path :
                            List.of("/actuator/health/readiness", "/actuator/health", "/actuator/prometheus")) {
                        URI uri = URI.create(container.url(port.target()) + path);
                        assertThat(http.send(
                                                HttpRequest.newBuilder(uri)
                                                        .timeout(ANSWER)
                                                        .build(),
                                                HttpResponse.BodyHandlers.discarding())
                                        .statusCode())
                                .as(
                                        "status of %s of %s",
                                        uri, container.service().name())
                                .isEqualTo(200);
                    }
                }
            }
        }
    }

    @Test
    void theHealthCheckFailsWithAServiceThatIsNotReady() throws Exception {
        Container one = containers.getFirst();
        HttpServer notReady = HttpServer.create(new InetSocketAddress(ADDRESS, 0), 0);
        notReady.createContext("/", exchange -> {
            exchange.sendResponseHeaders(503, -1);
            exchange.close();
        });
        notReady.start();
        String port = one.environment()
                .put("SERVER_PORT", String.valueOf(notReady.getAddress().getPort()));
        try {
            assertThat(one.isHealthy()).as("healthy with status 503").isFalse();
            notReady.stop(0);
            assertThat(one.isHealthy()).as("healthy with nobody there").isFalse();
        } finally {
            one.environment().put("SERVER_PORT", port);
            notReady.stop(0);
        }
        assertThat(one.isHealthy()).isTrue();
    }

    @Test
    void linksToReportsLeadToThePublishedPort() {
        ComposeService service = compose.service("requests-manager");
        assertThat(service.environment().get("LETHE_ACCESS_PUBLIC_URL"))
                .isEqualTo("http://localhost:" + service.ports().getFirst().published());
    }

    @Test
    void everyLineOfOutputIsAnEcsDocumentOfItsService() throws Exception {
        for (Container container : containers) {
            assertThat(Files.readAllLines(container.log())).isNotEmpty().allSatisfy(line -> {
                var document = new JsonMapper().readTree(line);
                assertThat(document.path("service.name").stringValue(""))
                        .isEqualTo(container.service().program());
                assertThat(document.has("@timestamp")).isTrue();
            });
        }
    }

    @Test
    void eachServiceEntersItsOwnDatabaseAndNoOther() throws Exception {
        PostgresServer postgres = servers.postgres();
        List<String> databases = containers.stream().map(ComposeIT::databaseOf).toList();
        for (Container container : containers) {
            String user = container.environment().get("SPRING_DATASOURCE_USERNAME");
            String password = container.environment().get("SPRING_DATASOURCE_PASSWORD");
            for (String database : databases) {
                String url = postgres.jdbcUrl(database);
                if (database.equals(databaseOf(container))) {
                    DriverManager.getConnection(url, user, password).close();
                } else {
                    assertThatThrownBy(() -> DriverManager.getConnection(url, user, password))
                            .isInstanceOfSatisfying(SQLException.class, e -> assertThat(e.getSQLState())
                                    .as("insufficient privilege for %s in %s", user, database)
                                    .isEqualTo("42501"));
                }
            }
        }
    }

    private static String databaseOf(Container container) {
        String url = container.environment().get("SPRING_DATASOURCE_URL");
        return url.substring(url.lastIndexOf('/') + 1);
    }

    @Test
    void everyUserOfTheBrokerLogsInWithItsPassword() throws Exception {
        Set<String> users =
                Set.of(servers.rabbit()
                                .ctl("list_users", "--silent", "--no-table-headers")
                                .split("\n"))
                        .stream()
                        .map(line -> line.split("\t")[0])
                        .collect(Collectors.toSet());
        assertThat(users)
                .containsExactlyInAnyOrder(
                        "admin",
                        "requests-manager",
                        "cancellation-service",
                        "message-scheduler",
                        "frontend",
                        "users",
                        "billing",
                        "viewing-history",
                        "emailing");
        for (String user : users) {
            connect(user).close();
        }
    }

    private static Connection connect(String user) throws Exception {
        var factory = new ConnectionFactory();
        factory.setPort(servers.rabbit().port());
        factory.setUsername(user);
        factory.setPassword(
                settings.get("BROKER_PASSWORD_" + user.toUpperCase(Locale.ROOT).replace('-', '_')));
        return factory.newConnection();
    }

    @Test
    void aFrontendsRequestIsTakenInAndWorkedOnUnderTheMutex() throws Exception {
        UUID request = UUID.randomUUID();
        try (Connection connection = connect("frontend");
                var channel = connection.createChannel()) {
            channel.queueDeclare("frontend.compose", false, true, true, Map.of());
            channel.queueBind("frontend.compose", Topology.EVENTS_EXCHANGE, Messages.REQUEST_RECEIVED.name());
            channel.basicPublish(
                    Topology.REQUESTS_EXCHANGE,
                    Messages.REQUEST_ACCESS.name(),
                    new AMQP.BasicProperties.Builder()
                            .contentType("application/json")
                            .type(Messages.REQUEST_ACCESS.name())
                            .messageId(UUID.randomUUID().toString())
                            .correlationId(request.toString())
                            .userId("frontend")
                            .deliveryMode(2)
                            .headers(Map.of(Topology.SCHEMA_VERSION_HEADER, Messages.SCHEMA_VERSION))
                            .build(),
                    MessageJson.write(
                            new SubmitRequest(request, new Subject("nobody", null), "gdpr", Instant.now(), null)));
            await("the fact that it was received")
                    .atMost(ANSWER)
                    .until(
                            () -> channel.basicGet("frontend.compose", true),
                            got -> got != null
                                    && got.getProps().getCorrelationId().equals(request.toString()));
        }
        // Redisson takes locks by a script; that it got that far shows that it knows the password
        await("the mutex").atMost(ANSWER).until(() -> redis("AUTH " + passwordOfRedis(), "INFO commandstats")
                .contains("cmdstat_eval"));
    }

    @Test
    void everyLayerOfEveryJarIsInItsImage() throws Exception {
        for (Container container : containers) {
            String program = container.service().program();
            try (var jar = new JarFile(Dockerfile.jarOf("%s/target/%s-app.jar".formatted(program, program))
                    .toFile())) {
                String index = new String(
                        jar.getInputStream(jar.getEntry("BOOT-INF/layers.idx")).readAllBytes(), UTF_8);
                assertThat(index.lines()
                                .filter(line -> line.startsWith("- "))
                                .map(line -> line.replaceAll("[-\" :]*$|^- \"", "")))
                        .containsExactlyElementsOf(dockerfile.layers());
            }
        }
    }
}
