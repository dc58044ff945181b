package dev.lethe.demo.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.GetResponse;
import dev.lethe.messages.MessageJson;
import dev.lethe.messages.Messages;
import dev.lethe.messages.Subject;
import dev.lethe.messages.participant.EraseSubject;
import dev.lethe.messages.participant.ErasureOutcome;
import dev.lethe.messages.participant.ExportSubject;
import dev.lethe.messages.participant.ExportedDocument;
import dev.lethe.messages.participant.SubjectErased;
import dev.lethe.messages.participant.SubjectExported;
import dev.lethe.messages.request.DataErased;
import dev.lethe.messages.request.Fact;
import dev.lethe.messages.request.NotificationSent;
import dev.lethe.messages.request.ReportReady;
import dev.lethe.messages.request.RequestKind;
import dev.lethe.messages.request.SubmitRequest;
import dev.lethe.servers.LocalServers;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@ExtendWith(OutputCaptureExtension.class)
class SamplesIT {

    private record Heard(String type, Fact fact, String sender) {}

    private static final String FLEET = "cancellation-service";
    private static final Instant NOW = Instant.parse("2026-03-02T09:15:00Z");
    private static final List<String> PARTICIPANTS = List.of("users", "billing", "viewing-history", "emailing");

    private static final Queue<Heard> heard = new ConcurrentLinkedQueue<>();
    private static final Queue<String> lines = new ConcurrentLinkedQueue<>();
    private static final LocalServers servers = LocalServers.shared();
    private static Samples samples;
    private static Fleet fleet;

    @BeforeAll
    static void start() throws Exception {
        var broker = new BrokerAddress("127.0.0.1", servers.rabbit().port(), servers.rabbit()::password);
        // The landscape first, so that it has to wait for the fleet
        samples = Samples.start(Samples.Settings.of(broker, servers.postgres(), 20)
                .withLines(lines::add)
                .withFacts((type, fact, sender) -> heard.add(new Heard(type, fact, sender))));
        fleet = new Fleet(broker);
        fleet.declare(PARTICIPANTS);
        assertThat(samples.awaitReady(Duration.ofSeconds(30))).isTrue();
    }

    @AfterAll
    static void stop() throws Exception {
        samples.close();
        fleet.close();
    }

    @Test
    void everybodyHasRowsEverywhere() {
        assertThat(samples.people()).hasSize(20).allSatisfy(person -> assertThat(samples.rowsAbout(person.id()))
                .hasSize(4)
                .allSatisfy((participant, rows) -> assertThat(rows).isPositive()));
    }

    @Test
    void everyRowOfAPersonIsGoneAndNobodyElses() throws Exception {
        Person person = samples.people().get(2);
        Map<String, Long> before = samples.rowsAbout(person.id());
        Map<String, Long> neighbour = samples.rowsAbout(samples.people().get(3).id());

        for (String participant : PARTICIPANTS) {
            SubjectErased answer = erase(participant, person);
            assertThat(answer.outcome()).isEqualTo(ErasureOutcome.ERASED);
            assertThat(answer.records()).isEqualTo(before.get(participant));
            assertThat(lines)
                    .contains("%-16s erased %d records of %s".formatted(participant, answer.records(), person.id()));
            assertThat(erase(participant, person).outcome()).isEqualTo(ErasureOutcome.NOTHING_FOUND);
        }

        assertThat(samples.rowsAbout(person.id()))
                .allSatisfy((participant, rows) -> assertThat(rows).isZero());
        assertThat(samples.rowsAbout(samples.people().get(3).id())).isEqualTo(neighbour);
    }

    @Test
    void thePersonIsToldWhileTheAddressIsStillThereAndOnlyOnce() throws Exception {
        Person person = samples.people().get(4);
        UUID request = UUID.randomUUID();
        long rows = samples.rowsAbout(person.id()).get("emailing");
        var fact = new DataErased(request, NOW, person.id());

        fleet.say(FLEET, Messages.ERASURE_DATA_ERASED, request, fact);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> notifications(request).size() == 1);

        assertThat(mailsTo(person)).singleElement().satisfies(mail -> {
            assertThat(mail.subject()).isEqualTo("We have erased your data");
            assertThat(mail.text())
                    .startsWith("Dear " + person.name())
                    .contains("we have erased what we held about you");
        });
        assertThat(notifications(request).getFirst().kind()).isEqualTo("goodbye");
        assertThat(samples.rowsAbout(person.id())).containsEntry("emailing", rows + 1);

        // The same fact again, while the address is there and when it is not
        fleet.say(FLEET, Messages.ERASURE_DATA_ERASED, request, fact);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> notifications(request).size() == 2);
        assertThat(erase("emailing", person).records()).isEqualTo(rows + 1);
        fleet.say(FLEET, Messages.ERASURE_DATA_ERASED, request, fact);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> notifications(request).size() == 3);

        assertThat(mailsTo(person)).hasSize(1);
        assertThat(notifications(request).stream().distinct()).hasSize(1);
        assertThat(samples.rowsAbout(person.id())).containsEntry("emailing", 0L);
    }

    @Test
    void aFactThatComesWhileEmailingIsDownIsToldWhenItIsBack() throws Exception {
        Person person = samples.people().get(5);
        UUID request = UUID.randomUUID();
        samples.stopParticipant("emailing");

        var report = new ReportReady(
                request, NOW, person.id(), URI.create("https://reports.example.com/r/x1?t=" + "k".repeat(80)), NOW);
        fleet.say("requests-manager", Messages.REPORT_READY, request, report);
        samples.startParticipant("emailing");
        await().atMost(Duration.ofSeconds(30))
                .until(() -> notifications(request).size() == 1);

        assertThat(mailsTo(person)).singleElement().satisfies(mail -> assertThat(mail.text())
                .contains("\n" + report.downloadUrl() + "\n", "until 2 March 2026, 09:15 UTC"));
        assertThat(notifications(request).getFirst().kind()).isEqualTo("report_ready");
    }

    @Test
    void aNoticeToNobodyIsParkedAndSeen(CapturedOutput output) throws Exception {
        UUID request = UUID.randomUUID();

        fleet.say(FLEET, Messages.ERASURE_DATA_ERASED, request, new DataErased(request, NOW, "u-999"));

        GetResponse parked = fleet.next("emailing.events.parked");
        assertThat(parked.getProps().getCorrelationId()).isEqualTo(request.toString());
        await().atMost(Duration.ofSeconds(10))
                .until(() -> output.getAll().contains("event.action=\"notice-impossible\""));
        assertThat(notifications(request)).isEmpty();
        assertThat(output).doesNotContain("u-999");
    }

    @Test
    void aFactFromSomebodyElseMovesNobody() throws Exception {
        Person person = samples.people().get(6);
        UUID request = UUID.randomUUID();

        fleet.say("admin", Messages.ERASURE_DATA_ERASED, request, new DataErased(request, NOW, person.id()));

        assertThat(fleet.next("emailing.events.parked").getProps().getUserId()).isEqualTo("admin");
        assertThat(fleet.next("frontend.events.parked").getProps().getUserId()).isEqualTo("admin");
        assertThat(mailsTo(person)).isEmpty();
        assertThat(heard).noneMatch(each -> each.fact().requestId().equals(request));
    }

    @Test
    void factsAndTasksAreHeardAgainAfterTheBrokerWasAway() throws Exception {
        Person person = samples.people().get(10);
        UUID request = UUID.randomUUID();

        servers.rabbit().stop();
        servers.rabbit().start();
        fleet.say(FLEET, Messages.ERASURE_DATA_ERASED, request, new DataErased(request, NOW, person.id()));

        await().atMost(Duration.ofSeconds(30))
                .until(() -> notifications(request).size() == 1);
        assertThat(mailsTo(person)).hasSize(1);
        assertThat(erase("emailing", person).outcome()).isEqualTo(ErasureOutcome.ERASED);
    }

    @Test
    void theFrontendHandsInWhatThePersonAsks() throws Exception {
        Person person = samples.people().get(7);

        UUID erasure = samples.frontend().submit(RequestKind.ERASURE, person);
        GetResponse message = fleet.nextRequest();

        assertThat(message.getProps().getType()).isEqualTo("request.erasure");
        assertThat(message.getProps().getUserId()).isEqualTo("frontend");
        assertThat(message.getEnvelope().getRoutingKey()).isEqualTo("request.erasure");
        SubmitRequest body = MessageJson.read(message.getBody(), SubmitRequest.class);
        assertThat(body.requestId()).isEqualTo(erasure);
        assertThat(body.subject())
                .isEqualTo(
                        new Subject(person.id(), person.email(), Map.of("customer_number", person.customerNumber())));

        samples.frontend().submit(RequestKind.ACCESS, person);
        assertThat(fleet.nextRequest().getProps().getType()).isEqualTo("request.access");
        samples.frontend().withdraw(erasure);
        assertThat(fleet.nextRequest().getProps().getType()).isEqualTo("request.withdraw");
    }

    @Test
    void viewingHistoryHandsOutWhatItHas() throws Exception {
        Person person = samples.people().get(8);
        UUID request = UUID.randomUUID();
        var task = new ExportSubject(UUID.randomUUID(), request, person.asSubject(), NOW.plusSeconds(60));

        GetResponse answer = fleet.ask(FLEET, "viewing-history", Messages.PARTICIPANT_EXPORT, request, task);

        List<ExportedDocument> documents =
                MessageJson.read(answer.getBody(), SubjectExported.class).documents();
        assertThat(documents).extracting(ExportedDocument::name).containsExactly("plays.json", "ratings.json");
        long rows = documents.stream()
                .mapToLong(document ->
                        JsonMapper.shared().readTree(document.content()).size())
                .sum();
        assertThat(rows).isEqualTo(samples.rowsAbout(person.id()).get("viewing-history"));
    }

    @Test
    void billingTellsOnlyWhoHasTheTokenAndKeepsItsUrl() throws Exception {
        Person person = samples.people().get(9);
        String token = "Bearer " + samples.billingToken();
        String path = "/users/%s/payments".formatted(person.id());

        HttpResponse<String> payments = get(path, token);
        assertThat(payments.statusCode()).isEqualTo(200);
        JsonNode items = JsonMapper.shared().readTree(payments.body()).path("items");
        assertThat(items)
                .isNotEmpty()
                .allSatisfy(item -> assertThat(item.path("amount").isNumber()).isTrue());
        assertThat(get("/users/u-999/payments", token).statusCode()).isEqualTo(404);
        assertThat(get("/users", token).statusCode()).isEqualTo(404);
        assertThat(get(path, "Bearer wrong").statusCode()).isEqualTo(401);
        assertThat(get(path, "none").body()).doesNotContain("items");

        samples.stopParticipant("billing");
        samples.startParticipant("billing");
        assertThat(get(path, token).body()).isEqualTo(payments.body());

        assertThat(erase("billing", person).outcome()).isEqualTo(ErasureOutcome.ERASED);
        assertThat(get(path, token).statusCode()).isEqualTo(404);
    }

    private static SubjectErased erase(String participant, Person person) throws Exception {
        UUID request = UUID.randomUUID();
        var task = new EraseSubject(UUID.randomUUID(), request, person.asSubject(), 1, NOW.plusSeconds(60));
        GetResponse answer = fleet.ask(FLEET, participant, Messages.PARTICIPANT_ERASE, request, task);
        assertThat(answer.getProps().getUserId()).isEqualTo(participant);
        return MessageJson.read(answer.getBody(), SubjectErased.class);
    }

    private static List<ReceivedMail> mailsTo(Person person) {
        return samples.mails().stream()
                .filter(mail -> mail.recipient().equals(person.email()))
                .toList();
    }

    private static List<NotificationSent> notifications(UUID request) {
        return heard.stream()
                .filter(each -> each.sender().equals("emailing"))
                .filter(each -> each.fact() instanceof NotificationSent sent
                        && sent.requestId().equals(request))
                .map(each -> (NotificationSent) each.fact())
                .toList();
    }

    private static HttpResponse<String> get(String path, String authorization) throws Exception {
        try (var http = HttpClient.newHttpClient()) {
            return http.send(
                    HttpRequest.newBuilder(samples.billingUrl().resolve(path))
                            .header("Authorization", authorization)
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }
}
