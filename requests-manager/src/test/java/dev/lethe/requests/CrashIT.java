package dev.lethe.requests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import dev.lethe.messages.MessageJson;
import dev.lethe.messages.Messages;
import dev.lethe.messages.Topology;
import dev.lethe.messages.participant.ExportOutcome;
import dev.lethe.messages.participant.ExportSubject;
import dev.lethe.messages.participant.ExportedDocument;
import dev.lethe.messages.participant.SubjectExported;
import dev.lethe.messages.request.ReportReady;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Processes that die, or stop for longer than their lease, at every step from the claim to the delivery and the end of a report, beside
 * one that lives on. The tests are steps: what the last ones check is what all before them did.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class CrashIT {

    /** Every place at which a report can be left alone; a test holds them against the code. */
    private static final List<String> BUILDING = List.of(
            "claim.claimed",
            "claim.participants-asked",
            "report.section-written",
            "report.packed",
            "storage.chunk-written",
            "storage.written",
            "claim.finishing",
            "claim.finished");

    private static final List<String> DELIVERING =
            List.of("delivery.download-begun", "delivery.downloaded", "delivery.told");
    private static final List<String> ENDING =
            List.of("expiry.key-deleted", "expiry.data-deleted", "storage.chunks-deleted");
    private static final String BILLING = "billing";
    private static final int AT_ONCE = 2;
    private static final HttpClient BROWSER = HttpClient.newHttpClient();
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private static final List<UUID> REQUESTS = new ArrayList<>();
    private static final Set<UUID> ENDED_EARLY = new TreeSet<>();

    private static Shop shop;
    private static Installation installation;
    private static ConfigurableApplicationContext survivor;

    @BeforeAll
    static void install(@TempDir Path folder) throws IOException {
        shop = new Shop();
        installation = new Installation(
                folder,
                shop.source(),
                "invoices: { via: amqp, participant: billing, wait: 1h, explain: What you paid }");
        survivor = installation.start("lethe.access.expiry-check=1h", "lethe.access.leftovers-check=1s");
        answerExports();
    }

    @AfterAll
    static void uninstall() throws IOException {
        installation.close();
        shop.close();
    }

    /** As the participant would. */
    private static void answerExports() throws IOException {
        Channel channel = installation.broker().as(BILLING).createChannel();
        channel.basicConsume(
                Topology.participantQueue(BILLING),
                true,
                (tag, message) -> {
                    ExportSubject task = MessageJson.read(message.getBody(), ExportSubject.class);
                    var invoices = new ExportedDocument("invoices", "application/json", "[{\"number\": 4711}]", null);
                    installation
                            .broker()
                            .answer(
                                    BILLING,
                                    Messages.PARTICIPANT_EXPORTED,
                                    new SubjectExported(task.taskId(), ExportOutcome.EXPORTED, List.of(invoices)));
                },
                tag -> {});
    }

    static Stream<String> building() {
        return BUILDING.stream();
    }

    static Stream<String> delivering() {
        return DELIVERING.stream();
    }

    static Stream<String> ending() {
        return ENDING.stream();
    }

    @Test
    @Order(1)
    void everyPlaceInTheCodeIsVisitedHere() throws IOException {
        var inCode = new TreeSet<String>();
        Pattern reached = Pattern.compile("CrashPoint\\.reached\\(\"([^\"]+)\"\\)");
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            for (Path file :
                    files.filter(each -> each.toString().endsWith(".java")).toList()) {
                reached.matcher(Files.readString(file)).results().forEach(found -> inCode.add(found.group(1)));
            }
        }
        assertThat(Stream.of(BUILDING, DELIVERING, ENDING).flatMap(List::stream))
                .containsExactlyInAnyOrderElementsOf(inCode);
    }

    @ParameterizedTest
    @Order(2)
    @MethodSource("building")
    void aProcessDiesWhileItBuilds(String place) throws Exception {
        try (Doomed doomed = installation.doomed("-Dlethe.crash-at=" + place)) {
            untilItDies(doomed, place, CrashIT::askForReports);
        }
    }

    @Test
    @Order(3)
    void aProcessStopsWhileItBuildsAndWritesNothingWhenItGoesOn() throws Exception {
        try (Doomed doomed = installation.doomed("-Dlethe.stop-at=" + String.join(",", BUILDING))) {
            await().atMost(PATIENCE).until(doomed::isListening);
            await("a stop at each of " + BUILDING)
                    .atMost(PATIENCE.multipliedBy(2))
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(500))
                    .until(() -> {
                        if (doomed.isStopped()) {
                            // All that it had in hand is done by the one that lives on
                            awaitAll("ready");
                            doomed.goOn();
                        } else {
                            askForReports();
                        }
                        return doomed.stops().containsAll(BUILDING);
                    });
            doomed.goOn();
            assertThat(doomed.isAlive()).isTrue();
            awaitAll("ready");
        }
    }

    @ParameterizedTest
    @Order(4)
    @MethodSource("delivering")
    void aProcessDiesWhileItDelivers(String place) throws Exception {
        awaitAll("ready");
        String path = linkOf(REQUESTS.getFirst()).getPath();
        try (Doomed doomed = installation.doomed("-Dlethe.crash-at=" + place)) {
            await().atMost(PATIENCE).until(doomed::isListening);
            assertThat(statusUnlessItDies(doomed.port(), path)).isIn(0, 200);
            assertThat(doomed.awaitExit())
                    .as("%s; it said: %s", place, doomed.said())
                    .isEqualTo(Doomed.KILLED);
        }
    }

    @ParameterizedTest
    @Order(5)
    @MethodSource("ending")
    void aProcessDiesWhileReportsEnd(String place) throws Exception {
        awaitAll("ready");
        try (Doomed doomed = installation.doomed("-Dlethe.crash-at=" + place)) {
            untilItDies(doomed, place, () -> {
                UUID last = REQUESTS.removeLast();
                ENDED_EARLY.add(last);
                installation
                        .database()
                        .sql("update report set expires_at = now() where request_id = :id")
                        .param("id", last)
                        .update();
            });
        }
    }

    @Test
    @Order(6)
    void everyRequestHasEndedOnceAndEveryReportIsWhole() throws Exception {
        awaitAll("ready");
        for (UUID request : REQUESTS) {
            assertThat(installation.states(request))
                    .filteredOn("ready"::equals)
                    .as("ends of %s", request)
                    .hasSize(1);
            assertThat(installation.broker().facts(Messages.REPORT_READY, request))
                    .hasSize(1);
            assertThat(installation.broker().facts(Messages.REQUEST_COMPLETED, request))
                    .hasSize(1);
            byte[] report = get(survivorPort(), linkOf(request).getPath()).body();
            assertThat(HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(report)))
                    .isEqualTo(installation
                            .database()
                            .sql("select sha256 from report where request_id = :id")
                            .param("id", request)
                            .query(String.class)
                            .single());
            Map<String, String> files = Zip.texts(report);
            assertThat(files.get("orders/records.jsonl")).contains("order of ");
            assertThat(files.get("invoices/records.jsonl")).contains("4711");
        }
    }

    @Test
    @Order(7)
    void whatWasLeftHalfDoneIsDeletedAndWhatExpiredHasNoKey() throws Exception {
        try (ConfigurableApplicationContext another = installation.start("lethe.access.leftovers-check=1s")) {
            await("no piece of a report that there is not")
                    .atMost(PATIENCE)
                    .until(() -> installation
                                    .database()
                                    .sql("select count(*) from report_chunk where (request_id, epoch) not in"
                                            + " (select request_id, epoch from report where wrapped_key is not null)")
                                    .query(Long.class)
                                    .single()
                            == 0);
            for (UUID request : ENDED_EARLY) {
                installation.awaitState("expired", request);
                assertThat(installation.broker().facts(Messages.REPORT_EXPIRED, request))
                        .hasSize(1);
            }
        }
    }

    private interface Action {
        void run() throws Exception;
    }

    /** It takes whatever is there; the one that lives on may be quicker, so that there is more of it until it has had its turn. */
    private static void untilItDies(Doomed doomed, String place, Action action) throws Exception {
        await().atMost(PATIENCE).until(() -> doomed.isListening() || !doomed.isAlive());
        await(place)
                .atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(500))
                .until(() -> {
                    if (doomed.isAlive()) {
                        action.run();
                    }
                    return !doomed.isAlive();
                });
        assertThat(doomed.awaitExit())
                .as("%s; it said: %s", place, doomed.said())
                .isEqualTo(Doomed.KILLED);
    }

    private static void askForReports() throws IOException {
        for (int i = 0; i < AT_ONCE; i++) {
            REQUESTS.add(installation.askForReport("person-" + UUID.randomUUID()));
        }
    }

    private static void awaitAll(String state) {
        String[] requests = REQUESTS.stream().map(UUID::toString).toArray(String[]::new);
        await("all requests " + state)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> installation
                                .database()
                                .sql(
                                        "select count(*) from request where state = :state and id = any(:requests::uuid[])")
                                .param("state", state)
                                .param("requests", requests)
                                .query(Integer.class)
                                .single()
                        == requests.length);
    }

    private static URI linkOf(UUID request) {
        ReportReady ready = installation.broker().fact(Messages.REPORT_READY, request);
        return ready.downloadUrl();
    }

    private static int survivorPort() {
        return survivor.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
    }

    private static HttpResponse<byte[]> get(int port, String path) throws IOException, InterruptedException {
        return BROWSER.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d%s".formatted(port, path)))
                        .build(),
                HttpResponse.BodyHandlers.ofByteArray());
    }

    /** 0 if the connection breaks. */
    private static int statusUnlessItDies(int port, String path) throws InterruptedException {
        try {
            return get(port, path).statusCode();
        } catch (IOException itDied) {
            return 0;
        }
    }
}
