package dev.lethe.requests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.messages.Messages;
import dev.lethe.requests.HttpCaller.Answer;
import dev.lethe.requests.api.OpenApiFile;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;

/** Everything that can be asked over HTTP, by whom, and what is refused. Every answer is held to docs/openapi.json. */
@ExtendWith(OutputCaptureExtension.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ApiIT {

    /** In everything that is personal or made up by a caller, and so never to be seen in an answer or a log. */
    private static final String PLANTED = "planted";

    private static final Map<String, String> KEYS = Map.of(
            "submit",
            "key-of-the-shop-0123456789",
            "read",
            "key-of-the-desk-0123456789",
            "operate",
            "key-of-the-ops-0123456789");

    private static Installation installation;
    private static Broker broker;
    private static Link database;
    private static int port;
    private static HttpCaller shop;
    private static HttpCaller desk;
    private static HttpCaller ops;

    @BeforeAll
    static void install(@TempDir Path folder) throws IOException {
        installation = new Installation(
                folder,
                "orders: { via: http, url: \"http://127.0.0.1:1/{subject.id}\", private: true, explain: Orders }");
        broker = installation.broker();
        database = new Link(Installation.databasePort());
        ConfigurableApplicationContext instance = installation.start(
                "lethe.access.workers=0",
                "logging.level.root=INFO",
                "logging.level.dev.lethe=DEBUG",
                "spring.datasource.hikari.data-source-properties.socketTimeout=3",
                "spring.datasource.url=" + Installation.jdbcUrlOverPort(database.port()),
                "lethe.api.keys.shop.sha256=" + HttpCaller.sha256(KEYS.get("submit")),
                "lethe.api.keys.shop.may=submit",
                "lethe.api.keys.desk.sha256=" + HttpCaller.sha256(KEYS.get("read")),
                "lethe.api.keys.desk.may=read",
                "lethe.api.keys.ops.sha256=" + HttpCaller.sha256(KEYS.get("operate")),
                "lethe.api.keys.ops.may=operate");
        port = Integer.parseInt(instance.getEnvironment().getRequiredProperty("local.server.port"));
        shop = HttpCaller.withKey(port, KEYS.get("submit"));
        desk = HttpCaller.withKey(port, KEYS.get("read"));
        ops = HttpCaller.withKey(port, KEYS.get("operate"));
    }

    @AfterAll
    static void uninstall() throws IOException {
        installation.close();
        database.close();
    }

    @AfterEach
    void nothingPersonalWasLogged(CapturedOutput output) {
        assertThat(output).doesNotContain(PLANTED).doesNotContain("key-of-the");
    }

    // --- submit

    @Test
    void whatIsSubmittedIsTakenInOnceAndToldToAll() throws Exception {
        UUID id = UUID.randomUUID();
        String body = WrongBodies.submission(id, "access", "planted-once");

        Answer first = shop.post("/requests", body);
        Answer again = shop.post("/requests", body);

        assertThat(first.status()).isEqualTo(202);
        assertThat(first.header("Location")).isEqualTo("/requests/" + id);
        assertThat(first.text("state")).isEqualTo("received");
        assertThat(first.text("due_at")).isEqualTo("2027-02-28T12:00:00Z");
        assertThat(first.json().get("is_overdue").asBoolean()).isFalse();
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.json()).isEqualTo(first.json());
        assertThat(desk.get("/requests/" + id).json()).isEqualTo(first.json());
        assertThat(first.body()).doesNotContain(PLANTED);
        broker.fact(Messages.REQUEST_RECEIVED, id);
        assertThat(installation.history(id)).containsExactly("submitted");
        assertThat(events(id)).containsExactly("received submitted frontend shop");
    }

    @Test
    void anotherBodyUnderTheSameIdIsRefusedAndChangesNothing() throws Exception {
        UUID id = submitted("access", "planted-first");
        for (String other : List.of(
                WrongBodies.submission(id, "access", "planted-other"),
                WrongBodies.submission(id, "erasure", "planted-first"),
                WrongBodies.submission(id, "access", "planted-first").replace("2027-01-31", "2027-01-30"))) {
            Answer answer = shop.post("/requests", other);

            assertThat(answer.status()).isEqualTo(409);
            assertThat(answer.text("reason")).isEqualTo("conflicting_duplicate");
            assertThat(answer.text("state")).isEqualTo("received");
        }
        assertThat(installation.history(id)).containsExactly("submitted");
    }

    @Test
    void whoLeavesIdAndTimeToUsGetsThem() throws Exception {
        Answer answer = shop.post("/requests", "{'kind':'erasure','subject':{'id':'planted-new'},'regulation':'ccpa'}");

        assertThat(answer.status()).isEqualTo(202);
        UUID id = UUID.fromString(answer.text("request_id"));
        assertThat(answer.header("Location")).isEqualTo("/requests/" + id);
        assertThat(answer.text("acknowledge_by")).isNotEqualTo("absent");
        assertThat(installation.column("(abs(extract(epoch from received_at - submitted_at)) < 60)", id))
                .isEqualTo("true");
    }

    @Test
    void theSameWithoutATimeIsTheSameHoweverOftenAtOnce() throws Exception {
        UUID id = UUID.randomUUID();
        String body =
                "{'request_id':'%s','kind':'access','subject':{'id':'planted-twin'},'regulation':'gdpr'}".formatted(id);
        List<Integer> statuses = new ArrayList<>();
        try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Answer>> calls = IntStream.range(0, 8)
                    .mapToObj(n -> (Callable<Answer>) () -> shop.post("/requests", body))
                    .toList();
            for (Future<Answer> answer : callers.invokeAll(calls)) {
                statuses.add(answer.get().status());
            }
        }
        assertThat(statuses).containsOnlyOnce(202).containsOnly(202, 200);
        assertThat(installation.history(id)).containsExactly("submitted");
    }

    @Test
    void aSecondOneOfThePersonFollowsTheFirst() throws Exception {
        UUID first = submitted("access", "planted-follower");
        Answer second = shop.post("/requests", WrongBodies.submission(UUID.randomUUID(), "access", "planted-follower"));

        assertThat(second.status()).isEqualTo(202);
        assertThat(second.text("state")).isEqualTo("following");
        assertThat(second.text("duplicate_of")).isEqualTo(first.toString());
    }

    @Test
    void aReportAboutSomebodyWhoIsBeingErasedIsTakenInAndRejected() throws Exception {
        submitted("erasure", "planted-erased");
        Answer report = shop.post("/requests", WrongBodies.submission(UUID.randomUUID(), "access", "planted-erased"));

        assertThat(report.status()).isEqualTo(202);
        assertThat(report.text("state")).isEqualTo("rejected");
    }

    @Test
    void anUnknownRegulationIsRefusedWithThoseThatAreKnown() throws Exception {
        Answer answer = shop.post(
                "/requests",
                WrongBodies.submission(UUID.randomUUID(), "access", "planted-x").replace("gdpr", "planted"));

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.text("reason")).isEqualTo("unknown_regulation");
        assertThat(answer.text("detail")).contains("gdpr", "ccpa").doesNotContain(PLANTED);
    }

    // --- commands

    @Test
    void aFrontendCanTakeBackAndDoingSoAgainChangesNothing() throws Exception {
        UUID id = submitted("access", "planted-withdrawn");

        Answer first = shop.post("/requests/" + id + "/withdraw", "");
        Answer again = ops.post("/requests/" + id + "/withdraw", "{}");

        assertThat(first.status()).isEqualTo(200);
        assertThat(first.text("state")).isEqualTo("withdrawn");
        assertThat(first.text("ended_at")).isNotEqualTo("absent");
        assertThat(again.json()).isEqualTo(first.json());
        assertThat(events(id)).containsExactly("received submitted frontend shop", "withdrawn withdrawn frontend shop");
        broker.fact(Messages.REQUEST_WITHDRAWN, id);
    }

    @Test
    void extendingTakesTheLongerTimeOnceAndTellsThePersonWhy() throws Exception {
        UUID id = submitted("access", "planted-extended");

        Answer extended = ops.post("/requests/" + id + "/extend", "{'reason':'planted reason'}");

        assertThat(extended.status()).isEqualTo(200);
        assertThat(extended.text("due_at")).isEqualTo("2027-04-30T12:00:00Z");
        assertThat(extended.text("extended_at")).isNotEqualTo("absent");
        assertThat(broker.fact(Messages.REQUEST_EXTENDED, id).reason()).isEqualTo("planted reason");
        assertThat(events(id).getLast()).endsWith("operator ops");
        refused(id, "extend", "{'reason':'planted reason'}", "already_extended", "received");
        UUID lgpd = UUID.fromString(shop.post(
                        "/requests",
                        WrongBodies.submission(UUID.randomUUID(), "access", "planted-lgpd")
                                .replace("gdpr", "lgpd"))
                .text("request_id"));
        refused(lgpd, "extend", "{'reason':'planted reason'}", "not_extendable", "received");
        shop.post("/requests/" + lgpd + "/withdraw", "{}");
        refused(lgpd, "extend", "{'reason':'planted reason'}", "ended", "withdrawn");
    }

    @Test
    void aHeldRequestGoesOnWhenItIsReleased() throws Exception {
        UUID id = submitted("access", "planted-held");
        refused(id, "release", "{}", "not_on_hold", "received");

        Answer held = ops.post("/requests/" + id + "/hold", "{'reason':'case-2027-17'}");
        Answer again = ops.post("/requests/" + id + "/hold", "");
        Answer released = ops.post("/requests/" + id + "/release", "{}");

        assertThat(held.text("state")).isEqualTo("on_hold");
        assertThat(again.status()).isEqualTo(200);
        assertThat(released.text("state")).isEqualTo("received");
        assertThat(events(id))
                .containsExactly(
                        "received submitted frontend shop",
                        "on_hold put on hold operator ops",
                        "on_hold reason of the hold: case-2027-17 operator ops",
                        "received released operator ops");
        UUID twin = submitted("access", "planted-held");
        refused(twin, "hold", "{}", "follows_another", "following");
    }

    @Test
    void refusingARequestTellsThePersonWhyAndKeepsNothingOfIt() throws Exception {
        UUID id = submitted("access", "planted-rejected");

        Answer rejected = ops.post("/requests/" + id + "/reject", "{'reason':'planted reason'}");

        assertThat(rejected.text("state")).isEqualTo("rejected");
        assertThat(broker.fact(Messages.REQUEST_REJECTED, id).detail()).isEqualTo("planted reason");
        assertThat(desk.get("/requests/" + id).body() + events(id)).doesNotContain(PLANTED);
        for (String command : List.of("withdraw", "hold", "retry")) {
            assertThat(ops.post("/requests/" + id + "/" + command, "{}").status())
                    .isEqualTo(409);
        }
    }

    @Test
    void anErasureThatWasHandedOverCannotBeStopped() throws Exception {
        UUID id = submitted("erasure", "planted-gone");
        for (String command : List.of("withdraw", "hold")) {
            refused(id, command, "{}", "too_late", "handed_over");
        }
        refused(id, "reject", "{'reason':'planted reason'}", "too_late", "handed_over");
        refused(id, "retry", "{}", "not_possible_when_handed_over", "handed_over");
    }

    @Test
    void oneOrAllThatWaitAreTriedNow() throws Exception {
        UUID sources = waiting("planted-1", "sources");
        UUID human = waiting("planted-2", "human");
        UUID participants = waiting("planted-3", "participants");
        UUID one = waiting("planted-4", "human");

        assertThat(ops.post("/requests/" + one + "/retry", "{}").text("state")).isEqualTo("received");
        Answer none = ops.post("/requests/retry", "{'filter':{'subject_id':'planted-nobody'}}");
        Answer some = ops.post("/requests/retry", "{'filter':{'waiting_for':'sources'}}");
        Answer rest = ops.post("/requests/retry", "{'filter':{}}");

        assertThat(none.json().get("retried").asInt()).isZero();
        assertThat(some.json().get("retried").asInt()).isEqualTo(1);
        assertThat(rest.json().get("retried").asInt()).isEqualTo(1);
        assertThat(rest.json().get("more").asBoolean()).isFalse();
        assertThat(installation.state(sources)).isEqualTo("received");
        assertThat(installation.state(human)).isEqualTo("received");
        assertThat(installation.state(participants)).isEqualTo("waiting");
        assertThat(events(human).getLast()).isEqualTo("received to be tried now operator ops");
    }

    @ParameterizedTest
    @ValueSource(strings = {"withdraw", "extend", "hold", "release", "retry", "reject"})
    void whatNobodySubmittedIsUnknown(String command) throws Exception {
        String path = "/requests/" + UUID.randomUUID();
        String body = command.equals("extend") || command.equals("reject") ? "{'reason':'planted reason'}" : "{}";
        for (Answer answer :
                List.of(ops.post(path + "/" + command, body), desk.get(path), desk.get(path + "/history"))) {
            assertThat(answer.status()).isEqualTo(404);
            assertThat(answer.text("reason")).isEqualTo("unknown_request");
        }
    }

    // --- status, lists, search

    @Test
    void theStatusTellsWhomAReportWaitsForAndWhatItLacks() throws Exception {
        UUID id = waiting("planted-exported", "participants");
        installation.database().sql("""
                        insert into export_task (task_id, request_id, participant, answer_by, asked, outcome, answered_at, documents)
                        values (gen_random_uuid(), :id, 'billing', now() + interval '3 days', 2, null, null, null),
                               (gen_random_uuid(), :id, 'users', now() + interval '3 days', 1, 'exported', now(), 'planted')
                        """).param("id", id).update();
        installation.database().sql("""
                        update request set last_reason = 'the source orders answered 503', attempts = 2, outcome = 'completed_with_exceptions',
                               exceptions = '[{"participant":"billing","outcome":"retained","retained":[{"what":"invoices","legal_basis":"tax law"}]}]'
                         where id = :id
                        """).param("id", id).update();

        JsonNode status = desk.get("/requests/" + id).json();

        assertThat(status.get("waiting_for").asString()).isEqualTo("participants");
        assertThat(status.get("attempts").asInt()).isEqualTo(2);
        assertThat(status.get("last_reason").asString()).isEqualTo("the source orders answered 503");
        assertThat(status.has("next_attempt_at")).isTrue();
        assertThat(status.at("/participants/0/participant").asString()).isEqualTo("billing");
        assertThat(status.at("/participants/0/asked").asInt()).isEqualTo(2);
        assertThat(status.at("/participants/0").has("outcome")).isFalse();
        assertThat(status.at("/participants/1/outcome").asString()).isEqualTo("exported");
        assertThat(status.at("/exceptions/0/retained/0/what").asString()).isEqualTo("invoices");
        assertThat(status.toString()).doesNotContain(PLANTED);
    }

    @Test
    void everyFilterFindsWhatItSaysAndNothingElse() throws Exception {
        installation.forgetAllRequests();
        UUID access = submitted("access", "planted-a");
        UUID erasure = submitted("erasure", "planted-b");
        UUID human = waiting("planted-c", "human");
        UUID ccpa = UUID.fromString(shop.post(
                        "/requests",
                        WrongBodies.submission(UUID.randomUUID(), "access", "planted-d")
                                .replace("gdpr", "ccpa")
                                .replace("2027", "2020"))
                .text("request_id"));
        installation
                .database()
                .sql("update request set received_at = '2020-02-01' where id = :id")
                .param("id", ccpa)
                .update();

        assertThat(listed("")).containsExactly(human, erasure, access, ccpa);
        assertThat(listed("?state=received")).containsExactly(access, ccpa);
        assertThat(listed("?kind=erasure")).containsExactly(erasure);
        assertThat(listed("?regulation=ccpa")).containsExactly(ccpa);
        assertThat(listed("?waiting_for=human")).containsExactly(human);
        assertThat(listed("?overdue=true")).containsExactly(ccpa);
        assertThat(listed("?overdue=false")).containsExactly(human, erasure, access);
        assertThat(listed("?due_before=2021-01-01T00:00:00Z")).containsExactly(ccpa);
        assertThat(listed("?received_after=2021-01-01T00:00:00Z")).containsExactly(human, erasure, access);
        assertThat(listed("?kind=access&state=waiting")).containsExactly(human);
        assertThat(listed("?regulation=nowhere")).isEmpty();
        assertThat(found("{'kind':'access','overdue':true}")).containsExactly(ccpa);
        assertThat(found("{'subject_id':'planted-a'}")).containsExactly(access);
        assertThat(found("{'subject_id':'planted-a','kind':'erasure'}")).isEmpty();
        assertThat(found("{'subject_id':'planted-nobody'}")).isEmpty();
    }

    @Test
    void aPersonIsFoundAfterWeHaveForgottenWhoItWas() throws Exception {
        UUID id = submitted("access", "planted-forgotten");
        shop.post("/requests/" + id + "/withdraw", "{}");
        installation
                .database()
                .sql("update request set subject = null where id = :id")
                .param("id", id)
                .update();

        assertThat(found("{'subject_id':'planted-forgotten'}")).containsExactly(id);
    }

    @Test
    void pagesHoldEveryRequestOnceThoughManyCameAtTheSameMomentAndOthersComeMeanwhile() throws Exception {
        installation.forgetAllRequests();
        submitRows(1_000, "date_trunc('second', now()) - (n / 100) * interval '1 second'");

        var read = new ArrayList<UUID>();
        String next = "";
        int pages = 0;
        do {
            JsonNode page = desk.get("/requests?limit=73" + next).json();
            page.get("requests")
                    .forEach(each ->
                            read.add(UUID.fromString(each.get("request_id").asString())));
            next = page.has("next") ? "&after=" + page.get("next").asString() : null;
            submitRows(1, "now() + interval '1 minute'");
            pages++;
        } while (next != null);

        assertThat(pages).isEqualTo(14);
        assertThat(read).hasSize(1_000);
        assertThat(new HashSet<>(read)).hasSize(1_000);
        List<UUID> inOrder = installation
                .database()
                .sql("select id from request where received_at < now() order by received_at desc, id desc")
                .query(UUID.class)
                .list();
        assertThat(read).isEqualTo(inOrder);
    }

    @Test
    void aPageThatIsFullAndTheLastHasNoNext() throws Exception {
        installation.forgetAllRequests();
        submitRows(3, "now() - n * interval '1 second'");

        assertThat(desk.get("/requests?limit=3").json().has("next")).isFalse();
        assertThat(desk.get("/requests?limit=2").json().has("next")).isTrue();
    }

    @Test
    void aLongHistoryComesInPages() throws Exception {
        UUID id = submitted("access", "planted-history");
        installation.database().sql("""
                insert into request_history (request_id, state, cause, who, epoch)
                select :id, 'received', 'tried ' || n, 'lethe', 0 from generate_series(1, 700) n
                """).param("id", id).update();

        JsonNode first = desk.get("/requests/" + id + "/history").json();
        JsonNode second = desk.get("/requests/%s/history?after=%s"
                        .formatted(id, first.get("next").asString()))
                .json();

        assertThat(first.get("events").size()).isEqualTo(500);
        assertThat(second.get("events").size()).isEqualTo(201);
        assertThat(second.at("/events/200/cause").asString()).isEqualTo("tried 700");
        assertThat(second.has("next")).isFalse();
    }

    // --- what cannot be meant

    @ParameterizedTest
    @MethodSource("dev.lethe.requests.WrongBodies#all")
    void whatCannotBeMeantIsRefusedWithWhatToWrite(String right, String path, String body, String reason)
            throws Exception {
        Answer answer = HttpCaller.withKey(port, KEYS.get(right)).post(path, body);

        assertThat(answer.status()).as(answer.body()).isEqualTo(400);
        assertThat(answer.text("reason")).isEqualTo(reason);
        assertThat(answer.text("detail")).isNotBlank();
        assertThat(answer.body().toLowerCase(Locale.ROOT)).doesNotContain(PLANTED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "?planted=1",
                "?subject_id=planted",
                "?state=planted",
                "?state=RECEIVED",
                "?state=",
                "?state=ready&state=expired",
                "?kind=planted",
                "?overdue=planted",
                "?overdue=TRUE",
                "?limit=0",
                "?limit=501",
                "?limit=planted",
                "?limit=99999999999",
                "?due_before=planted",
                "?due_before=2027-01-01",
                "?received_after=+12027-01-01T00:00:00Z",
                "?after=planted",
                "?after=cGxhbnRlZCBwbGFudGVk",
                "/planted",
                "/search",
                "/00000000-0000-4000-8000-000000000001/history?limit=planted",
                "/00000000-0000-4000-8000-000000000001/history?after=planted",
                "?regulation=%27%20or%201=1",
                "?regulation=%00planted"
            })
    void aQueryThatCannotBeMeantIsRefusedWithWhatToWrite(String query) throws Exception {
        Answer answer = desk.get("/requests" + query);

        assertThat(answer.status()).as(answer.body()).isEqualTo(400);
        assertThat(answer.text("reason")).isIn("invalid_query", "invalid_request");
        assertThat(answer.text("detail")).isNotBlank();
        assertThat(answer.body()).doesNotContain(PLANTED);
    }

    @Test
    void aPathThatIsNoneIsNotRepeated() throws Exception {
        for (String path : List.of(
                "/requests/planted/planted",
                "/requests/planted;planted",
                "/requests//planted",
                "/requests/%2e%2e/planted",
                "/requests/" + UUID.randomUUID() + "/planted")) {
            Answer answer = desk.get(path);
            assertThat(answer.status()).as(path).isIn(400, 404);
            assertThat(answer.header("Content-Type")).startsWith("application/problem+json");
            assertThat(answer.body()).doesNotContain(PLANTED);
        }
    }

    @Test
    void whatIsNoHttpIsNeitherRepeatedNorLogged() throws Exception {
        for (String head : List.of(
                "GET /requests/planted\u0001planted HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
                "GET /requests?subject=%zzplanted HTTP/1.1\r\nHost: x\r\nX-API-Key: %s\r\nConnection: close\r\n\r\n"
                        .replace("%s", KEYS.get("read")),
                "GET /requests HTTP/1.1\r\nHost: x\r\nplanted planted\r\nConnection: close\r\n\r\n")) {
            try (var socket = new Socket("127.0.0.1", port)) {
                socket.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
                String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
                assertThat(answer).as(head).startsWith("HTTP/1.1 400").doesNotContain(PLANTED);
            }
        }
    }

    @Test
    void aBodyOfMoreThan256KiBIsRefused() throws Exception {
        Answer answer = shop.post("/requests", "{'kind':'%s'}".formatted("planted".repeat(40_000)));

        assertThat(answer.status()).isEqualTo(413);
        assertThat(answer.body()).doesNotContain(PLANTED);
    }

    // --- who may

    @Test
    void everyRightOpensWhatTheFileSaysAndNothingElse() throws Exception {
        UUID unknown = UUID.randomUUID();
        for (OpenApiFile.Operation operation : OpenApiFile.operations()) {
            String path = operation.path().replace("{request_id}", unknown.toString());
            for (String right : KEYS.keySet()) {
                HttpCaller caller = HttpCaller.withKey(port, KEYS.get(right));
                // A body that is wrong everywhere: whoever comes through is told so
                Answer answer = operation.method().equals("get") ? caller.get(path) : caller.post(path, "[]");
                if (operation.rights().contains(right)) {
                    assertThat(answer.status()).as(operation.id()).isIn(200, 400, 404);
                } else {
                    assertThat(answer.status()).as(operation.id()).isEqualTo(403);
                    assertThat(answer.text("reason")).isEqualTo("forbidden");
                }
            }
            for (HttpCaller stranger : List.of(
                    HttpCaller.stranger(port),
                    HttpCaller.withKey(port, "guessed"),
                    HttpCaller.withKey(port, HttpCaller.sha256(KEYS.get("read"))),
                    HttpCaller.withToken(port, KEYS.get("read")))) {
                Answer answer = operation.method().equals("get") ? stranger.get(path) : stranger.post(path, "[]");
                assertThat(answer.status()).as(operation.id()).isEqualTo(401);
                assertThat(answer.header("WWW-Authenticate")).isEqualTo("ApiKey realm=\"requests\"");
                assertThat(answer.text("detail")).contains("X-API-Key");
            }
        }
    }

    @Test
    void twoKeysOrAKeyAndATokenAreNone() throws Exception {
        String key = KEYS.get("read");
        HttpCaller stranger = HttpCaller.stranger(port);

        assertThat(stranger.send("GET", "/requests", "X-API-Key", key).status()).isEqualTo(200);
        assertThat(stranger.send("GET", "/requests", "X-API-Key", key, "X-API-Key", key)
                        .status())
                .isEqualTo(401);
        assertThat(stranger.send("GET", "/requests", "X-API-Key", key, "Authorization", "Bearer x")
                        .status())
                .isEqualTo(401);
    }

    @Test
    void healthMetricsLinksAndTheDescriptionStayOpen() throws Exception {
        HttpCaller stranger = HttpCaller.stranger(port);

        assertThat(stranger.get("/actuator/health/liveness").status()).isEqualTo(200);
        assertThat(stranger.get("/actuator/prometheus").status()).isEqualTo(200);
        assertThat(stranger.get("/reports/nothing").status()).isEqualTo(404);
        Answer description = stranger.get("/openapi.json");
        assertThat(description.status()).isEqualTo(200);
        assertThat(description.header("Content-Type")).isEqualTo("application/json");
        assertThat(description.json()).isEqualTo(OpenApiFile.all());
    }

    @Test
    void anotherSiteCanNeitherSendAFormNorRead() throws Exception {
        UUID id = submitted("access", "planted-site");
        for (String type :
                List.of("application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x")) {
            for (String path : List.of("/requests/" + id + "/retry", "/requests/" + id + "/hold", "/requests/retry")) {
                assertThat(ops.send("POST", path, "Content-Type", type).status())
                        .isEqualTo(415);
            }
        }
        assertThat(ops.send("POST", "/requests/" + id + "/hold").status()).isEqualTo(415);
        Answer preflight = HttpCaller.stranger(port)
                .send(
                        "OPTIONS",
                        "/requests",
                        "Origin",
                        "https://evil.example",
                        "Access-Control-Request-Method",
                        "POST");
        assertThat(preflight.status()).isEqualTo(401);
        assertThat(preflight.header("Access-Control-Allow-Origin")).isEqualTo("absent");
        Answer read = desk.send("GET", "/requests", "Origin", "https://evil.example");
        assertThat(read.header("Access-Control-Allow-Origin")).isEqualTo("absent");
        assertThat(read.header("Set-Cookie")).isEqualTo("absent");
        assertThat(read.header("Cache-Control")).contains("no-store");
        for (String method : List.of("HEAD", "PUT", "DELETE", "PATCH", "OPTIONS")) {
            assertThat(ops.send(method, "/requests/" + id).status()).isEqualTo(403);
        }
    }

    @Test
    void withoutTheDatabaseItSaysSo() throws Exception {
        database.hold();
        try {
            Answer answer = desk.get("/requests?state=received");
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.header("Retry-After")).isEqualTo("5");
        } finally {
            database.release();
        }
    }

    @Test
    @Order(Integer.MAX_VALUE)
    void everythingThatTheFileSaysWasAnsweredByNow() {
        Set<Integer> hardToGet = Set.of(413, 415, 500, 503);
        assertThat(HttpCaller.ANSWERED)
                .containsAll(OpenApiFile.operations().stream()
                        .flatMap(operation -> operation.statuses().stream()
                                .filter(status -> !hardToGet.contains(status))
                                .map(status -> operation.id() + " " + status))
                        .toList());
    }

    // --- helpers

    private static UUID submitted(String kind, String subject) throws Exception {
        UUID id = UUID.randomUUID();
        Answer answer = shop.post("/requests", WrongBodies.submission(id, kind, subject));
        assertThat(answer.status()).as(answer.body()).isEqualTo(202);
        return id;
    }

    /** As a worker leaves one behind. */
    private static UUID waiting(String subject, String what) throws Exception {
        UUID id = submitted("access", subject);
        installation
                .database()
                .sql(
                        "update request set state = 'waiting', waiting_for = :what, next_attempt_at = now() + interval '1 hour' where id = :id")
                .param("what", what)
                .param("id", id)
                .update();
        return id;
    }

    private static void submitRows(int count, String receivedAt) {
        installation
                .database()
                .sql("""
                insert into request (id, kind, regulation, subject, subject_pseudonym, submission_hash, submitted_at, received_at, due_at,
                                     target_at, state, next_attempt_at)
                select gen_random_uuid(), 'access', 'gdpr', '{"id":"planted"}', sha256(gen_random_uuid()::text::bytea), ''::bytea, now(),
                       %s, now() + interval '1 month', now() + interval '20 days', 'received', now() + interval '1 day'
                  from generate_series(1, :count) n
                """.formatted(receivedAt))
                .param("count", count)
                .update();
    }

    private static void refused(UUID id, String command, String body, String reason, String state) throws Exception {
        Answer answer = ops.post("/requests/" + id + "/" + command, body);
        assertThat(answer.status()).as(answer.body()).isEqualTo(409);
        assertThat(answer.text("reason")).isEqualTo(reason);
        assertThat(answer.text("state")).isEqualTo(state);
        assertThat(answer.text("detail")).contains(state).doesNotContain(PLANTED);
    }

    private static List<String> events(UUID id) throws Exception {
        var events = new ArrayList<String>();
        desk.get("/requests/" + id + "/history")
                .json()
                .get("events")
                .forEach(event -> events.add("%s %s %s"
                        .formatted(
                                event.get("state").asString(),
                                event.get("cause").asString(),
                                event.get("who").asString())));
        return events;
    }

    private static List<UUID> listed(String query) throws Exception {
        return ids(desk.get("/requests" + query));
    }

    private static List<UUID> found(String body) throws Exception {
        return ids(desk.post("/requests/search", body));
    }

    private static List<UUID> ids(Answer page) {
        assertThat(page.status()).as(page.body()).isEqualTo(200);
        var ids = new ArrayList<UUID>();
        page.json()
                .get("requests")
                .forEach(each -> ids.add(UUID.fromString(each.get("request_id").asString())));
        return ids;
    }
}
