package dev.lethe.scheduler;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Delivery;
import dev.lethe.messages.scheduling.ScheduleHeaders;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What operators can see and do over HTTP, and who cannot. */
@ExtendWith(OutputCaptureExtension.class)
class OperatorsIT {

    private static final String SEARCH = "/operators/messages/search";
    private static final String QUEUE = "users.operated";
    private static final int MUCH_LATER = Integer.MAX_VALUE;

    /** Must be found by it, and nowhere else. */
    private static final String SUBJECT = "mara.planted@example.com";

    private final Operator operator = new Operator(Service.OPERATORS_PASSWORD);
    private Client users;

    @BeforeEach
    void serviceRuns() throws Exception {
        Service.start();
        LoggingSystem.get(getClass().getClassLoader()).setLogLevel("dev.lethe.scheduler.operators", LogLevel.INFO);
        users = new Client("users");
        users.declare(QUEUE);
    }

    @AfterEach
    void disconnected() throws Exception {
        users.close();
        Service.update("delete from message");
        Service.update("delete from undeliverable");
    }

    @Test
    void withoutThePasswordNothingIsToldAndHealthAndMetricsStayOpen() throws Exception {
        for (Operator stranger : List.of(new Operator(null), new Operator("guessed-it-wrong"))) {
            for (Operator.Answer answer : List.of(
                    stranger.post(SEARCH, "{}"),
                    stranger.get("/operators/messages/1"),
                    stranger.get("/operators"),
                    stranger.post("/operators/messages/1/send-now", ""))) {
                assertThat(answer.status()).isEqualTo(401);
                assertThat(answer.contentType()).startsWith("application/problem+json");
                assertThat(answer.json().get("detail").asString()).contains("lethe.operators.password");
            }
            assertThat(new Operator(null).get("/actuator/health").status()).isEqualTo(200);
            assertThat(new Operator(null).get("/actuator/health/liveness").json())
                    .isEqualTo(json("{\"status\":\"UP\"}"));
            assertThat(new Operator(null).get("/actuator/prometheus").body())
                    .contains("lethe_outbox_pending", "lethe_outbox_overdue_oldest_seconds");
        }
    }

    @Test
    void everyFilterFindsWhatItSaysAndNothingElse() throws Exception {
        Map<String, Object> wanted = later("order-17");
        wanted.put("x-subject", SUBJECT);
        users.schedule(wanted, "body");
        users.exchange("users.other");
        Map<String, Object> other = later("invoice-1");
        other.put(ScheduleHeaders.EXCHANGE, "users.other");
        other.put(ScheduleHeaders.ROUTING_KEY, "other");
        other.put(ScheduleHeaders.DELAY, 1_000_000);
        users.schedule(other, "body");
        try (var billing = new Client("billing")) {
            Map<String, Object> theirs = Client.later("billing.x", 1_000_000);
            theirs.put("x-key", "theirs");
            billing.schedule(theirs, "body");
        }
        String soon = Instant.now().plus(1, ChronoUnit.DAYS).toString();

        assertThat(keys("{}")).containsExactly("invoice-1", "theirs", "order-17");
        assertThat(keys("{'key':'order-17'}")).containsExactly("order-17");
        assertThat(keys("{'key_prefix':'order-'}")).containsExactly("order-17");
        assertThat(keys("{'owner':'billing'}")).containsExactly("theirs");
        assertThat(keys("{'subject':'%s'}".formatted(SUBJECT))).containsExactly("order-17");
        assertThat(keys("{'exchange':'users.other'}")).containsExactly("invoice-1");
        assertThat(keys("{'routing_key':'%s'}".formatted(QUEUE))).containsExactly("order-17");
        assertThat(keys("{'due_after':'%s'}".formatted(soon))).containsExactly("order-17");
        assertThat(keys("{'due_before':'%s'}".formatted(soon))).containsExactly("invoice-1", "theirs");
        assertThat(keys("{'owner':'users','exchange':'users.other','due_before':'%s'}".formatted(soon)))
                .containsExactly("invoice-1");
        assertThat(keys("{'owner':'nobody'}")).isEmpty();
    }

    @Test
    void aMessageIsShownWithoutWhatItSaysAndAboutWhom(CapturedOutput log) throws Exception {
        Map<String, Object> headers = later("a");
        headers.put("x-subject", SUBJECT);
        headers.put("planted-header", "planted in a header");
        users.schedule(headers, "planted in a body");

        Operator.Answer page = operator.post(SEARCH, "{\"filter\":{\"subject\":\"%s\"}}".formatted(SUBJECT));
        JsonNode message = page.json().get("messages").get(0);
        Operator.Answer history = operator.get("/operators/messages/" + message.get("id"));

        assertThat(message.get("subject").asBoolean()).isTrue();
        assertThat(message.get("state").asString()).isEqualTo("pending");
        assertThat(message.get("bytes").asInt()).isEqualTo("planted in a body".length());
        assertThat(message.get("message_id").asString()).hasSize(36);
        assertThat(history.json().get("why").asString()).startsWith("It is not late: it is due in 24 days");
        assertThat(history.json().get("message")).isEqualTo(message);
        assertThat(page.body() + history.body() + log.getAll()).doesNotContain("planted", SUBJECT);
    }

    @Test
    void pagesOverEqualDueTimesHoldEveryMessageOnce() throws Exception {
        String due = Instant.now().plus(1, ChronoUnit.DAYS).toString();
        for (int i = 0; i < 7; i++) {
            Map<String, Object> headers = later("k" + i);
            headers.remove(ScheduleHeaders.DELAY);
            headers.put(ScheduleHeaders.DELIVER_AT, due);
            users.schedule(headers, "body");
        }
        List<String> read = new ArrayList<>();
        String after = "";
        do {
            JsonNode page =
                    operator.post(SEARCH, "{\"limit\":3%s}".formatted(after)).json();
            page.get("messages").forEach(message -> read.add(message.get("key").asString()));
            after = page.get("next").isNull()
                    ? null
                    : ",\"after\":\"%s\"".formatted(page.get("next").asString());
        } while (after != null);

        assertThat(read).containsExactly("k0", "k1", "k2", "k3", "k4", "k5", "k6");
    }

    @Test
    void sendNowIsNowAndIsLoggedWithWho(CapturedOutput log) throws Exception {
        List<Delivery> delivered = users.read(QUEUE);
        users.schedule(later("a"), "now");
        long id = idOf("a");

        Operator.Answer answer = operator.post("/operators/messages/%d/send-now".formatted(id), "");

        assertThat(answer.json()).isEqualTo(json("{'id':%d,'result':'due_now'}".formatted(id)));
        Eventually.until(() -> !delivered.isEmpty());
        Eventually.until(() -> operator.post("/operators/messages/%d/send-now".formatted(id), "")
                        .status()
                == 404);
        assertThat(Client.texts(delivered)).containsExactly("now");
        assertThat(log.getAll().lines().filter(line -> line.contains("operator-send-now")))
                .first()
                .asString()
                .contains("user.name=\"operator\"", "due_now");
    }

    @Test
    void whatWasGivenUpIsFoundExplainedAndRedriven(CapturedOutput log) throws Exception {
        List<Delivery> delivered = users.read(QUEUE);
        users.schedule(later("one"), "one");
        users.schedule(later("two"), "two");
        long one = idOf("one");
        giveUp("one", "no_route");
        giveUp("two", "nack");

        JsonNode listed = operator.post(SEARCH, "{\"state\":\"undeliverable\",\"filter\":{\"reason\":\"no_route\"}}")
                .json()
                .get("messages");
        assertThat(listed).hasSize(1);
        assertThat(listed.get(0).get("last_error").asString()).isEqualTo("no_route");
        assertThat(operator.get("/operators/messages/" + one).json().get("why").asString())
                .contains("after 3 attempts, the last because of no_route");
        assertThat(operator.post("/operators/messages/%d/send-now".formatted(one), "")
                        .status())
                .isEqualTo(409);

        Operator.Answer first = operator.post("/operators/messages/%d/redrive".formatted(one), "");
        assertThat(first.json()).isEqualTo(json("{'id':%d,'result':'redriven'}".formatted(one)));
        assertThat(operator.post("/operators/messages/redrive", "{\"filter\":{\"reason\":\"nack\",\"exchange\":\"\"}}")
                        .json())
                .isEqualTo(json("{'redriven':1,'skipped':0}"));
        assertThat(operator.post("/operators/messages/redrive", "{\"filter\":{\"reason\":\"nack\"}}")
                        .json())
                .isEqualTo(json("{'redriven':0,'skipped':0}"));

        Eventually.until(() -> delivered.size() == 2);
        assertThat(Client.texts(delivered)).containsExactlyInAnyOrder("one", "two");
        assertThat(log.getAll().lines().filter(line -> line.contains("operator-redrive")))
                .hasSize(3)
                .allMatch(line -> line.contains("user.name=\"operator\""));
    }

    @Test
    void aRedriveDoesNotReplaceTheNewerMessageOfTheKey() throws Exception {
        users.schedule(later("a"), "older");
        long older = idOf("a");
        giveUp("a", "no_route");
        users.schedule(later("a"), "newer");

        Operator.Answer answer = operator.post("/operators/messages/%d/redrive".formatted(older), "");

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.json().get("detail").asString()).contains("a newer message of the same owner has the key");
        assertThat(keys("{'key':'a'}")).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"filter\":{\"subjekt\":\"mara.planted@example.com\"}}",
                "{\"filter\":{\"due_after\":\"mara.planted@example.com\"}}",
                "{\"state\":\"mara.planted@example.com\"}",
                "mara.planted@example.com",
                "{\"limit\":501}",
                "{\"limit\":0}",
                "{\"after\":\"mara.planted@example.com\"}",
                ""
            })
    void whatCannotBeMeantIsRefusedWithoutRepeatingIt(String body, CapturedOutput log) throws Exception {
        Operator.Answer answer = operator.post(SEARCH, body);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.contentType()).startsWith("application/problem+json");
        assertThat(answer.json().get("detail").asString()).isNotBlank();
        assertThat(answer.body() + log.getAll()).doesNotContain("planted");
    }

    @Test
    void nothingIsRedrivenByMistakeOrByAnotherSite() throws Exception {
        users.schedule(later("a"), "body");
        giveUp("a", "no_route");

        assertThat(operator.post("/operators/messages/redrive", "{}").status()).isEqualTo(400);
        assertThat(operator.post("/operators/messages/redrive", "{\"filter\":{}}")
                        .status())
                .isEqualTo(400);
        assertThat(operator.postForm("/operators/messages/redrive").status()).isEqualTo(415);
        assertThat(operator.postForm("/operators/messages/1/redrive").status()).isEqualTo(415);
        assertThat(operator.post("/operators/messages/999999999/redrive", "").status())
                .isEqualTo(404);
        assertThat(operator.get("/operators/messages/999999999").status()).isEqualTo(404);
        assertThat(operator.get("/operators/messages/abc").status()).isEqualTo(400);
    }

    @Test
    void beingLateIsSeenInTheHealthAndIsNoFailure() throws Exception {
        Operator anybody = new Operator(null);
        Eventually.until(() -> anybody.get("/actuator/health/sending")
                .json()
                .get("status")
                .asString()
                .equals("UP"));
        users.schedule(later("a"), "body");
        try (Connection other = Service.connection();
                Statement statement = other.createStatement()) {
            // So that the engine passes over it
            other.setAutoCommit(false);
            statement.execute("select from message where key = 'a' for key share");
            Service.update("update message set due_at = now() - interval '2 seconds' where key = 'a'");

            Eventually.untilAsserted(() -> {
                Operator.Answer health = anybody.get("/actuator/health");
                assertThat(health.json().get("status").asString()).isEqualTo("BEHIND");
                assertThat(health.status()).isEqualTo(200);
            });
            JsonNode details = anybody.get("/actuator/health/sending").json().at("/components/outbox/details");
            assertThat(details.get("overdue").asInt()).isEqualTo(1);
            assertThat(details.get("oldest_overdue_seconds").asDouble()).isBetween(2.0, 20.0);
            assertThat(anybody.get("/actuator/health/readiness").json()).isEqualTo(json("{'status':'UP'}"));
            assertThat(anybody.get("/actuator/health/liveness").json()).isEqualTo(json("{'status':'UP'}"));
        }
        Service.update("delete from message");
        Eventually.until(() ->
                anybody.get("/actuator/health").json().get("status").asString().equals("UP"));
    }

    private static Map<String, Object> later(String key) {
        Map<String, Object> headers = new HashMap<>(Client.later(QUEUE, MUCH_LATER));
        headers.put("x-key", key);
        return headers;
    }

    /** As the engine does after the last attempt. */
    private static void giveUp(String key, String reason) throws Exception {
        Service.update("""
                with taken as (delete from message where key = '%s' returning *)
                insert into undeliverable (id, shard, due_at, owner, key, subject, exchange, routing_key, properties, body,
                                           expires_at, created_at, attempts, last_error)
                select id, shard, due_at, owner, key, subject, exchange, routing_key, properties, body,
                       expires_at, created_at, 3, '%s' from taken
                """.formatted(key, reason));
    }

    private long idOf(String key) throws Exception {
        return search("{'key':'%s'}".formatted(key)).get(0).get("id").asLong();
    }

    private List<String> keys(String filter) throws Exception {
        List<String> keys = new ArrayList<>();
        search(filter).forEach(message -> keys.add(message.get("key").asString()));
        return keys;
    }

    private JsonNode search(String filter) throws Exception {
        Operator.Answer answer = operator.post(SEARCH, "{\"filter\":%s}".formatted(filter.replace('\'', '"')));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json().get("messages");
    }

    private static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text.replace('\'', '"').getBytes(UTF_8));
    }
}
