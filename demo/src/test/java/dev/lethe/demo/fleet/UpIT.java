package dev.lethe.demo.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.lethe.messages.MessageJson;
import dev.lethe.messages.Messages;
import dev.lethe.messages.Subject;
import dev.lethe.messages.Topology;
import dev.lethe.messages.request.ReportReady;
import dev.lethe.messages.request.SubmitRequest;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.util.FileSystemUtils;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code ./lethe up}, from its first start on a folder to its last: the tests are steps, and each begins where the one before ended. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class UpIT {

    private static final String PLAN = """
            participants:
              shop: { via: amqp, owner: shop@example.com }
              post: { via: amqp, owner: post@example.com, after: notice, delay: 1s }
            """;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final UUID request = UUID.randomUUID();
    private final HttpClient http = HttpClient.newHttpClient();
    private Path folder;
    private Path project;
    private Path dir;
    private PaymentsApi payments;
    private Launched up;
    private List<ProcessHandle> processes = List.of();
    private URI report;

    @BeforeAll
    void prepare() throws Exception {
        RunningFleet.assumeNoServersAreGiven();
        folder = RunningFleet.newFolder();
        project = Launched.project(Files.createDirectory(folder.resolve("project")));
        dir = folder.resolve("up");
        payments = new PaymentsApi();
        Files.writeString(folder.resolve("plan.yaml"), PLAN);
        Files.writeString(
                folder.resolve("sources.yaml"),
                "sources: { payments: { via: http, url: \"%s\", private: true, records: /items, explain: What you paid } }"
                        .formatted(payments.url()));
    }

    @AfterAll
    void tidy() throws Exception {
        if (up != null) {
            up.close();
        }
        if (payments != null) {
            payments.close();
            RunningFleet.keepLogs(dir, "up-logs");
            FileSystemUtils.deleteRecursively(folder);
        }
        http.close();
    }

    private Launched up(Object... more) throws IOException {
        var options = new ArrayList<Object>(List.of(
                "--dir",
                dir,
                "--participants",
                folder.resolve("plan.yaml"),
                "--sources",
                folder.resolve("sources.yaml")));
        options.addAll(List.of(more));
        return Launched.up(project, options.toArray());
    }

    private JsonNode fleetJson() {
        return new JsonMapper().readTree(dir.resolve("fleet.json"));
    }

    @Test
    @Order(1)
    void everythingThatFleetJsonNamesIsThere() throws Exception {
        up = up("--instances", 1);
        up.awaitLine("ready; addresses, users and passwords are in " + dir.resolve("fleet.json"));
        processes = up.processes();

        JsonNode fleet = fleetJson();
        assertThat(fleet.propertyNames())
                .containsExactlyInAnyOrder("amqp", "services", "operators", "postgres", "redis", "servers");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(dir.resolve("fleet.json"))))
                .isEqualTo("rw-------");
        assertThat(fleet.path("amqp").propertyNames()).containsExactlyInAnyOrder("url", "users");
        JsonNode users = fleet.path("amqp").path("users");
        assertThat(users.propertyNames())
                .containsExactlyInAnyOrder(
                        "admin",
                        "requests-manager",
                        "cancellation-service",
                        "message-scheduler",
                        "frontend",
                        "shop",
                        "post");
        for (String user : users.propertyNames()) {
            assertThat(users.path(user).propertyNames()).containsExactly("password");
            try (Connection connection = connect(fleet, user)) {
                assertThat(connection.isOpen()).isTrue();
            }
        }
        servicesAre(fleet);
        operatorsAreLetIn(fleet);
        databasesAre(fleet);
        assertThat(fleet.path("redis").propertyNames()).containsExactly("url");
        assertThat(pong(URI.create(fleet.path("redis").path("url").stringValue())))
                .isEqualTo("+PONG\r\n");
        assertThat(fleet.path("servers").propertyNames()).containsExactlyInAnyOrder("postgres", "redis", "rabbitmq");
        for (JsonNode server : fleet.path("servers")) {
            assertThat(server.propertyNames()).containsExactly("pid");
            assertThat(processes)
                    .extracting(ProcessHandle::pid)
                    .contains(server.path("pid").longValue());
        }
    }

    private void servicesAre(JsonNode fleet) throws Exception {
        assertThat(fleet.path("services").propertyNames())
                .containsExactlyInAnyOrder("requests-manager", "cancellation-service", "message-scheduler");
        for (JsonNode instances : fleet.path("services")) {
            assertThat(instances.size()).isEqualTo(1);
            assertThat(instances.path(0).propertyNames()).containsExactlyInAnyOrder("url", "pid");
            assertThat(processes)
                    .extracting(ProcessHandle::pid)
                    .contains(instances.path(0).path("pid").longValue());
            assertThat(health(instances.path(0))).isEqualTo(200);
        }
    }

    private void operatorsAreLetIn(JsonNode fleet) throws Exception {
        String credentials = fleet.path("operators").path("user").stringValue() + ":"
                + fleet.path("operators").path("password").stringValue();
        URI unknown = URI.create(fleet.path("services")
                        .path("message-scheduler")
                        .path(0)
                        .path("url")
                        .stringValue() + "/operators/messages/-1");
        HttpRequest.Builder request = HttpRequest.newBuilder(unknown);

        assertThat(get(unknown)).isEqualTo(401);
        assertThat(http.send(
                                request.header(
                                                "Authorization",
                                                "Basic "
                                                        + Base64.getEncoder()
                                                                .encodeToString(
                                                                        credentials.getBytes(StandardCharsets.UTF_8)))
                                        .build(),
                                HttpResponse.BodyHandlers.discarding())
                        .statusCode())
                .isEqualTo(404);

        URI requests = URI.create(fleet.path("services")
                        .path("requests-manager")
                        .path(0)
                        .path("url")
                        .stringValue() + "/requests");
        String key = fleet.path("operators").path("password").stringValue();
        assertThat(get(requests)).isEqualTo(401);
        assertThat(http.send(
                                HttpRequest.newBuilder(requests)
                                        .header("X-API-Key", key)
                                        .build(),
                                HttpResponse.BodyHandlers.discarding())
                        .statusCode())
                .isEqualTo(200);
    }

    private static void databasesAre(JsonNode fleet) {
        assertThat(fleet.path("postgres").propertyNames())
                .containsExactlyInAnyOrder("requests-manager", "cancellation-service", "message-scheduler");
        for (JsonNode database : fleet.path("postgres")) {
            assertThat(database.propertyNames()).containsExactlyInAnyOrder("jdbc_url", "user", "password");
            assertThat(database(database)
                            .sql("select count(*) from undeliverable")
                            .query(Long.class)
                            .single())
                    .isZero();
        }
    }

    @Test
    @Order(2)
    void aFrontendThatKnowsOnlyFleetJsonGetsItsReport() throws Exception {
        BlockingQueue<byte[]> facts = new LinkedBlockingQueue<>();
        try (Connection connection = connect(fleetJson(), "frontend");
                Channel channel = connection.createChannel()) {
            String queue = channel.queueDeclare("frontend.up", false, false, true, Map.of())
                    .getQueue();
            channel.queueBind(queue, Topology.EVENTS_EXCHANGE, Messages.REPORT_READY.name());
            channel.basicConsume(queue, true, (tag, delivery) -> facts.add(delivery.getBody()), tag -> {});
            channel.confirmSelect();
            Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
            channel.basicPublish(
                    Topology.REQUESTS_EXCHANGE,
                    Messages.REQUEST_ACCESS.name(),
                    true,
                    new AMQP.BasicProperties.Builder()
                            .type(Messages.REQUEST_ACCESS.name())
                            .messageId(UUID.randomUUID().toString())
                            .userId("frontend")
                            .deliveryMode(2)
                            .build(),
                    MessageJson.write(new SubmitRequest(request, new Subject("u-1", null), "gdpr", now, "en")));
            channel.waitForConfirmsOrDie(10_000);
            byte[] fact = facts.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            report = MessageJson.read(fact, ReportReady.class).downloadUrl();
        }

        assertThat(get(report)).isEqualTo(200);
        assertThat(requestsIn(fleetJson())).isOne();
    }

    @Test
    @Order(3)
    void aServiceThatIsKilledIsStartedAgainAndFleetJsonNamesItsNewProcess() throws Exception {
        JsonNode before = fleetJson().path("services").path("message-scheduler").path(0);
        ProcessHandle victim = ProcessHandle.of(before.path("pid").longValue()).orElseThrow();

        victim.destroyForcibly();

        up.awaitLine("message-scheduler-1 died (exit 137) and is started again");
        await().atMost(PATIENCE)
                .until(() -> pidOfScheduler() != victim.pid()
                        && ProcessHandle.of(pidOfScheduler()).isPresent());
        assertThat(fleetJson()
                        .path("services")
                        .path("message-scheduler")
                        .path(0)
                        .path("url"))
                .isEqualTo(before.path("url"));
        await().atMost(PATIENCE).ignoreExceptionsInstanceOf(IOException.class).until(() -> health(before) == 200);
        processes = up.processes();
    }

    private long pidOfScheduler() {
        return fleetJson()
                .path("services")
                .path("message-scheduler")
                .path(0)
                .path("pid")
                .longValue();
    }

    @Test
    @Order(4)
    void anotherOnTheSameFolderIsRefusedAndDoesNoHarm() throws Exception {
        byte[] before = Files.readAllBytes(dir.resolve("fleet.json"));
        try (var second = up()) {
            assertThat(second.awaitExit()).isEqualTo(1);
            assertThat(second.said())
                    .contains("belong to process %d, which still runs"
                            .formatted(processes.getLast().pid()));
        }
        try (var fresh = up("--fresh")) {
            assertThat(fresh.awaitExit()).isEqualTo(1);
            assertThat(fresh.said()).contains("lethe: a fleet runs in " + dir);
        }
        assertThat(dir.resolve("fleet.json")).hasBinaryContent(before);
        assertThat(requestsIn(fleetJson())).isOne();
    }

    @Test
    @Order(5)
    void sigtermEndsEveryProcessAndTakesFleetJsonAway() throws Exception {
        assertThat(processes).hasSizeGreaterThan(6).allMatch(ProcessHandle::isAlive);

        assertThat(up.terminate()).isIn(0, 143);

        assertThat(dir.resolve("fleet.json")).doesNotExist();
        Launched.awaitEndOf(processes);
    }

    @Test
    @Order(6)
    void theNextStartHasTheDataAndLinksStillLeadToTheirReports() throws Exception {
        up = up();
        up.awaitLine("ready; ");

        assertThat(requestsIn(fleetJson())).isOne();
        assertThat(get(report)).isEqualTo(200);
    }

    @Test
    @Order(7)
    void aLauncherThatIsKilledLeavesNothingRunning() throws Exception {
        processes = up.processes();

        assertThat(up.kill()).isEqualTo(137);

        Launched.awaitEndOf(processes);
        // It had no chance to
        assertThat(dir.resolve("fleet.json")).exists();
    }

    @Test
    @Order(8)
    void aFreshStartHasNoneOfTheDataAndLeavesTheUsersFilesAlone() throws Exception {
        Path mine = Files.writeString(dir.resolve("mine.txt"), "not the fleet's");
        String key = Files.readString(dir.resolve("keys/reports"));

        up = up("--fresh");
        up.awaitLine("postgres ready");
        assertThat(dir.resolve("fleet.json")).doesNotExist();
        up.awaitLine("ready; ");

        assertThat(requestsIn(fleetJson())).isZero();
        assertThat(dir.resolve("keys/reports")).content().isNotEqualTo(key);
        assertThat(mine).exists();
    }

    private static long requestsIn(JsonNode fleet) {
        return database(fleet.path("postgres").path("requests-manager"))
                .sql("select count(*) from request")
                .query(Long.class)
                .single();
    }

    private static JdbcClient database(JsonNode database) {
        return JdbcClient.create(new DriverManagerDataSource(
                database.path("jdbc_url").stringValue(),
                database.path("user").stringValue(),
                database.path("password").stringValue()));
    }

    private static Connection connect(JsonNode fleet, String user) throws Exception {
        var factory = new ConnectionFactory();
        factory.setUri(fleet.path("amqp").path("url").stringValue());
        factory.setUsername(user);
        factory.setPassword(
                fleet.path("amqp").path("users").path(user).path("password").stringValue());
        return factory.newConnection("test of fleet.json");
    }

    private int health(JsonNode instance) throws Exception {
        return get(URI.create(instance.path("url").stringValue() + "/actuator/health"));
    }

    private int get(URI address) throws Exception {
        return http.send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    private static String pong(URI redis) throws IOException {
        try (var socket = new Socket(redis.getHost(), redis.getPort())) {
            socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readNBytes(7), StandardCharsets.US_ASCII);
        }
    }
}
