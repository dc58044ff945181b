package dev.lethe.requests;

import static dev.lethe.messages.Topology.REQUESTS_EXCHANGE;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.awaitility.Awaitility.await;

import dev.lethe.messages.MessageJson;
import dev.lethe.messages.MessageType;
import dev.lethe.messages.Messages;
import dev.lethe.messages.Subject;
import dev.lethe.messages.request.SubmitRequest;
import dev.lethe.messages.request.WithdrawRequest;
import dev.lethe.servers.LocalServers;
import dev.lethe.servers.PostgresServer;
import dev.lethe.servers.RabbitServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** requests-manager as it is installed: a database and a folder of its own, the broker, and as many instances as are started. */
public final class Installation implements AutoCloseable {

    public static final Instant SUBMITTED = Instant.parse("2027-01-31T12:00:00Z");

    /** 32 times {@code p}. */
    private static final String PSEUDONYM_KEY = "cHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHA=";

    /** Of no use anywhere else. */
    static final String MASTER_KEY = "VGhpcyBpcyBhIGtleSBmb3IgdGVzdHMsIG5vIG1vcmU=";

    private static final String DATABASE = "requests_manager";
    private static final PostgresServer POSTGRES = LocalServers.shared().postgres();
    private static final RabbitServer RABBIT = LocalServers.shared().rabbit();

    private final List<ConfigurableApplicationContext> instances = new ArrayList<>();
    private final Broker broker;
    private final JdbcClient database;
    private final Path sources;

    /** @param sources lines of {@code sources.yaml} */
    public Installation(Path folder, String... sources) throws IOException {
        POSTGRES.dropDatabase(DATABASE);
        POSTGRES.createDatabase(DATABASE);
        this.database = JdbcClient.create(
                new DriverManagerDataSource(POSTGRES.jdbcUrl(DATABASE), POSTGRES.user(), POSTGRES.password()));
        this.broker = new Broker(RABBIT);
        this.sources =
                Files.writeString(folder.resolve("sources.yaml"), "sources:\n  " + String.join("\n  ", sources) + "\n");
    }

    /** Starts an instance; what is said here wins over what is usual. */
    public ConfigurableApplicationContext start(String... properties) {
        var instance = new SpringApplicationBuilder(RequestsManager.class)
                .registerShutdownHook(false)
                .run(settings(properties).toArray(String[]::new));
        instances.add(instance);
        return instance;
    }

    /** What an instance is started with, as on its command line; what is said here wins over what is usual. */
    public List<String> settings(String... properties) {
        var all = new LinkedHashMap<String, String>();
        Stream.concat(usualProperties(), Arrays.stream(properties))
                .map(property -> property.split("=", 2))
                .forEach(property -> all.put(property[0], property[1]));
        return all.entrySet().stream().map(each -> "--" + each).toList();
    }

    /** An instance in a process of its own, with an option for its JVM. */
    Doomed doomed(String option) throws IOException {
        return new Doomed(settings(), option);
    }

    private Stream<String> usualProperties() {
        return Stream.of(
                "server.port=0",
                "spring.datasource.url=" + POSTGRES.jdbcUrl(DATABASE),
                "spring.datasource.username=" + POSTGRES.user(),
                "spring.datasource.password=" + POSTGRES.password(),
                "spring.rabbitmq.port=" + RABBIT.port(),
                "spring.rabbitmq.username=requests-manager",
                "spring.rabbitmq.password=" + RABBIT.password("requests-manager"),
                "lethe.redis.url=" + LocalServers.shared().redis().url(),
                "lethe.redis.lease=3s",
                "lethe.outbox.standby=200ms",
                "lethe.requests.pseudonym-key=" + PSEUDONYM_KEY,
                "lethe.access.sources=" + sources,
                "lethe.reports.master-keys=test:" + MASTER_KEY,
                "lethe.access.public-url=https://privacy.example",
                "lethe.access.poll=50ms",
                "lethe.access.lease=3s",
                "lethe.access.first-retry=100ms",
                "lethe.access.last-retry=200ms",
                "lethe.access.expiry-check=100ms");
    }

    static int databasePort() {
        return POSTGRES.port();
    }

    static String jdbcUrlOverPort(int port) {
        return "jdbc:postgresql://127.0.0.1:%d/%s".formatted(port, DATABASE);
    }

    public Broker broker() {
        return broker;
    }

    public JdbcClient database() {
        return database;
    }

    public static SubmitRequest request(Subject subject) {
        return new SubmitRequest(UUID.randomUUID(), subject, "gdpr", SUBMITTED, null);
    }

    public static SubmitRequest request(String subject, String regulation) {
        return new SubmitRequest(UUID.randomUUID(), new Subject(subject, null), regulation, SUBMITTED, null);
    }

    /** A frontend asks for somebody; returns the request's id. */
    public UUID submit(MessageType<SubmitRequest> type, String subject) throws IOException {
        SubmitRequest request = request(new Subject(subject, null));
        send(type, request);
        return request.requestId();
    }

    public <B> void send(MessageType<B> type, B body) throws IOException {
        broker.publish(
                "frontend",
                REQUESTS_EXCHANGE,
                type.name(),
                Broker.envelope(type).build(),
                MessageJson.write(body));
    }

    public UUID submit(MessageType<SubmitRequest> type, SubmitRequest request) throws IOException {
        send(type, request);
        return request.requestId();
    }

    public void withdraw(UUID request) throws IOException {
        send(Messages.REQUEST_WITHDRAW, new WithdrawRequest(request, "I have changed my mind"));
    }

    public UUID askForReport(String subject) throws IOException {
        return submit(Messages.REQUEST_ACCESS, subject);
    }

    public String state(UUID request) {
        return column("state", request);
    }

    public String column(String column, UUID request) {
        return database.sql("select %s::text from request where id = :id".formatted(column))
                .param("id", request)
                .query(String.class)
                .optional()
                .orElse("none");
    }

    public void awaitState(String state, UUID request) {
        await("request " + state)
                .atMost(Broker.SOON)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> state(request).equals(state));
    }

    /** Such as {@code due_at = now()}: time passes by the database's clock, which is the one that counts. */
    public void set(String assignment, UUID request) {
        database.sql("update request set %s where id = :id".formatted(assignment))
                .param("id", request)
                .update();
    }

    public Instant instant(String column, UUID request) {
        return database.sql("select %s from request where id = :id".formatted(column))
                .param("id", request)
                .query(OffsetDateTime.class)
                .single()
                .toInstant();
    }

    /** How many reports of it can be, or could be, fetched. */
    public int reportsOf(UUID request) {
        return database.sql("select count(*) from report where request_id = :id")
                .param("id", request)
                .query(Integer.class)
                .single();
    }

    /** Who caused each row of its history. */
    public List<String> who(UUID request) {
        return database.sql("select who from request_history where request_id = :id order by id")
                .param("id", request)
                .query(String.class)
                .list();
    }

    /** Which states it has been in, and what it waited for there, a row each. */
    public List<String> states(UUID request) {
        return database.sql("""
                        select state || coalesce(' ' || waiting_for, '') from request_history where request_id = :id order by id
                        """).param("id", request).query(String.class).list();
    }

    public List<String> history(UUID request) {
        return database.sql("select cause from request_history where request_id = :id order by id")
                .param("id", request)
                .query(String.class)
                .list();
    }

    /** The epochs under which something of its report is stored, once for each piece. */
    public List<Integer> chunks(UUID request) {
        return database.sql("select epoch from report_chunk where request_id = :id order by epoch, number")
                .param("id", request)
                .query(Integer.class)
                .list();
    }

    /** The history keeps itself from being emptied; a test may do what nobody else should. */
    void forgetAllRequests() {
        database.sql("alter table request_history disable trigger user").update();
        database.sql("truncate request cascade").update();
        database.sql("alter table request_history enable trigger user").update();
    }

    /** What Redis answers to a command. */
    static String redis(String command) throws IOException {
        try (var socket = new Socket("127.0.0.1", LocalServers.shared().redis().port());
                var answers = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII))) {
            socket.getOutputStream().write((command + "\r\n").getBytes(US_ASCII));
            return answers.readLine();
        }
    }

    @Override
    public void close() throws IOException {
        instances.reversed().forEach(ConfigurableApplicationContext::close);
        broker.close();
        POSTGRES.dropDatabase(DATABASE);
    }
}
