package dev.lethe.demo.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.lethe.servers.Guard;
import dev.lethe.servers.LocalServers;
import dev.lethe.servers.RabbitServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.springframework.util.FileSystemUtils;

/** Servers and two instances of each service, with participants and a frontend that are nothing but AMQP clients. */
final class RunningFleet implements AutoCloseable {

    /** How long after the notice the mail system is asked to forget. */
    static final Duration DELAY_AFTER_NOTICE = Duration.ofSeconds(1);

    static final Path ROOT =
            Path.of(System.getProperty("lethe.root", "..")).toAbsolutePath().normalize();
    private static final String PLAN = """
            participants:
              users:           { via: amqp, owner: identity@example.com }
              billing:         { via: amqp, owner: payments@example.com }
              viewing-history: { via: amqp, owner: playback@example.com }
              emailing:        { via: amqp, owner: crm@example.com, after: notice, delay: %ds }
            """.formatted(DELAY_AFTER_NOTICE.toSeconds());
    private static final String SOURCES = """
            sources:
              payments: { via: http, url: "%s", records: "/items", private: true, explain: "What you paid" }
            """;

    private final Path dir;
    private final Queue<String> said = new ConcurrentLinkedQueue<>();
    private final Fleet fleet;
    private final PaymentsApi payments = new PaymentsApi();
    private List<RawParticipant> participants = List.of();
    private Wire wire;
    private CarefulFrontend frontend;

    private RunningFleet(Path dir) throws IOException {
        this.dir = dir;
        Path plan = Files.writeString(dir.resolve("participants.yaml"), PLAN);
        Path sources = Files.writeString(dir.resolve("sources.yaml"), SOURCES.formatted(payments.url()));
        fleet = new Fleet(new FleetSettings(ROOT, dir, plan, sources, FleetSettings.ofEach(2), Map.of()), said::add);
    }

    static RunningFleet start() throws IOException, InterruptedException {
        Path dir = newFolder();
        // Given before the fleet gives itself, and so done after it has ended
        Guard.closeAtExit(() -> FileSystemUtils.deleteRecursively(dir));
        var running = new RunningFleet(dir);
        try {
            running.begin();
            return running;
        } catch (IOException | InterruptedException | RuntimeException | Error e) {
            running.close();
            throw e;
        }
    }

    /** Servers of somebody else are not for killing. */
    static void assumeNoServersAreGiven() {
        assumeThat(System.getenv())
                .as("servers that the environment names")
                .doesNotContainKeys("LETHE_POSTGRES_URL", "LETHE_REDIS_URL", "LETHE_RABBITMQ_URL");
    }

    /** PostgreSQL, if it runs as another user, must be able to pass. */
    static Path newFolder() throws IOException {
        Path folder = Files.createTempDirectory("lethe-fleet-");
        return Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
    }

    private void begin() throws IOException, InterruptedException {
        fleet.startServers();
        fleet.startServices();
        participants = Stream.of("users", "billing", "viewing-history", "emailing")
                .map(name -> new RawParticipant(rabbit(), name))
                .toList();
        wire = new Wire(rabbit());
        frontend = new CarefulFrontend(rabbit());
        assertThat(wire.awaitListening()).isTrue();
        // On RabbitMQ 3.10 a queue that is declared and killed at once has no leader afterwards
        rabbit().settle();
    }

    /** Starts what an earlier test may have left dead, and waits until all are ready. */
    void awaitWhole() {
        servers().all().forEach(server -> server.start());
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            for (ServiceProcess process : processes()) {
                if (!process.isReady()) {
                    return false;
                }
            }
            return true;
        });
    }

    private List<ServiceProcess> processes() {
        return Arrays.stream(Service.values())
                .flatMap(service -> fleet.services(service).stream())
                .toList();
    }

    /** Of the instances of a service the one that sends its messages now, as their logs tell. */
    ServiceProcess senderOf(Service service) {
        return fleet.services(service).stream()
                .max(Comparator.comparing(this::lastLaneOwned))
                .orElseThrow();
    }

    /** Lines begin with their time. */
    private String lastLaneOwned(ServiceProcess process) {
        try (Stream<String> log = Files.lines(dir.resolve("logs").resolve(process.name() + ".log"))) {
            return log.filter(line -> line.contains("\"lane-owned\"")).reduce("", (earlier, later) -> later);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the log of " + process.name(), e);
        }
    }

    LocalServers servers() {
        return fleet.servers();
    }

    RabbitServer rabbit() {
        return fleet.servers().rabbit();
    }

    Books books() {
        return new Books(fleet.servers().postgres());
    }

    PaymentsApi payments() {
        return payments;
    }

    List<RawParticipant> participants() {
        return participants;
    }

    Wire wire() {
        return wire;
    }

    CarefulFrontend frontend() {
        return frontend;
    }

    Path reports() {
        return dir.resolve("reports");
    }

    /** What the fleet said so far. */
    List<String> said() {
        return List.copyOf(said);
    }

    /** Nothing that waits to be sent, nothing in any queue or parking lot, nothing put aside. */
    void awaitNothingLeft() {
        Books books = books();
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            assertThat(books.pending()).as("messages not sent yet").isZero();
            assertThat(messagesInQueues()).as("messages in queues").isEmpty();
        });
        assertThat(books.undeliverable()).as("messages put aside").isZero();
    }

    /** Of every queue that is not empty. */
    private Map<String, Long> messagesInQueues() throws Exception {
        var factory = new ConnectionFactory();
        factory.setUri(rabbit().amqpUrl());
        factory.setUsername("admin");
        factory.setPassword(rabbit().password("admin"));
        var messages = new TreeMap<String, Long>();
        try (Connection connection = factory.newConnection("what is left in the queues");
                Channel channel = connection.createChannel()) {
            for (String queue :
                    rabbit().ctl("list_queues", "--silent", "name").lines().toList()) {
                long count = channel.messageCount(queue);
                if (count > 0) {
                    messages.put(queue, count);
                }
            }
        }
        return messages;
    }

    @Override
    public void close() throws IOException, InterruptedException {
        if (frontend != null) {
            frontend.close();
        }
        if (wire != null) {
            wire.close();
        }
        for (RawParticipant participant : participants) {
            participant.close();
        }
        fleet.close();
        payments.close();
        keepLogs(dir, "fleet-logs");
        FileSystemUtils.deleteRecursively(dir);
    }

    /** Who looks for the cause of a failure needs them. */
    static void keepLogs(Path dir, String name) throws IOException {
        if (Files.isDirectory(dir.resolve("logs"))) {
            FileSystemUtils.copyRecursively(dir.resolve("logs"), Path.of("target", name));
        }
    }
}
