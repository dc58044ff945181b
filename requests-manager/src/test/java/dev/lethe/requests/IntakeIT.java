package dev.lethe.requests;

import static dev.lethe.messages.Messages.REQUEST_ACCESS;
import static dev.lethe.messages.Messages.REQUEST_ERASURE;
import static dev.lethe.messages.Messages.REQUEST_RECEIVED;
import static dev.lethe.messages.Messages.REQUEST_REJECTED;
import static dev.lethe.messages.Messages.REQUEST_WITHDRAW;
import static dev.lethe.messages.Topology.PARKED_DETAIL_HEADER;
import static dev.lethe.messages.Topology.PARKED_REASON_HEADER;
import static dev.lethe.messages.Topology.REQUESTS_EXCHANGE;
import static dev.lethe.messages.Topology.REQUESTS_QUEUE;
import static dev.lethe.messages.Topology.SCHEMA_VERSION_HEADER;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.GetResponse;
import dev.lethe.messages.MessageJson;
import dev.lethe.messages.MessageType;
import dev.lethe.messages.Subject;
import dev.lethe.messages.Topology;
import dev.lethe.messages.request.RequestRejected;
import dev.lethe.messages.request.SubmitRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class IntakeIT {

    /** In every value that a person or a frontend made up, and so never to be seen in a log. */
    private static final String PLANTED = "planted";

    private static final int CONSUMERS = 4;
    private static final Duration AT_ONCE = Duration.ofSeconds(2);

    private static Installation installation;
    private static Broker broker;

    @BeforeAll
    static void install(@TempDir Path folder) throws IOException {
        installation = new Installation(
                folder,
                "orders: { via: http, url: \"http://127.0.0.1:1/{subject.id}\", private: true, explain: Orders }");
        broker = installation.broker();
        installation.start("lethe.access.workers=0", "logging.level.root=INFO", "logging.level.dev.lethe=DEBUG");
    }

    @AfterAll
    static void uninstall() throws IOException {
        installation.close();
    }

    @AfterEach
    void nothingPersonalWasLogged(CapturedOutput output) {
        assertThat(output).contains("request received").doesNotContain(PLANTED);
    }

    @ParameterizedTest
    @MethodSource("parked")
    void whatTellsNoRequestIsParkedWithTheReason(AMQP.BasicProperties properties, String body, String reason)
            throws IOException {
        publish(properties, body);
        assertThatTheNextRequestsAreTakenAtOnce();

        GetResponse parked = broker.take(Topology.parkingLot(REQUESTS_QUEUE));
        Map<String, Object> headers = parked.getProps().getHeaders();
        assertThat(headers.get(PARKED_REASON_HEADER)).hasToString(reason);
        assertThat(headers.get(PARKED_DETAIL_HEADER).toString()).isNotBlank().doesNotContain(PLANTED);
        assertThat(parked.getBody()).isEqualTo(body.getBytes(UTF_8));
        assertThat(parked.getProps().getType()).isEqualTo(properties.getType());
        assertThat(parked.getProps().getMessageId()).isEqualTo(properties.getMessageId());
        assertThat(broker.parked(REQUESTS_QUEUE)).isZero();
    }

    static Stream<Arguments> parked() {
        AMQP.BasicProperties access = access().build();
        String good = body(UUID.randomUUID(), "planted-id");
        return Stream.of(
                argumentSet("not JSON", access, "subject=planted-id&email=planted@example.com", "not_json"),
                argumentSet("JSON that breaks off", access().build(), good.substring(0, good.length() - 9), "not_json"),
                argumentSet("nothing", access().build(), "", "not_json"),
                argumentSet(
                        "a key twice",
                        access().build(),
                        good.replace("\"regulation\"", "\"subject\": { \"id\": \"planted-other\" }, \"regulation\""),
                        "not_json"),
                argumentSet("a list", access().build(), "[\"planted-id\"]", "invalid_body"),
                argumentSet(
                        "no request id",
                        access().build(),
                        good.replace("\"request_id\"", "\"planted_id\""),
                        "invalid_body"),
                argumentSet(
                        "a request id that is none",
                        access().build(),
                        good.replaceFirst("\"request_id\": \"[^\"]*\"", "\"request_id\": \"planted-1-1-1-1\""),
                        "invalid_body"),
                argumentSet("no type", access().type(null).build(), good, "unknown_type"),
                argumentSet("an unknown type", access().type("request.oblivion").build(), good, "unknown_type"),
                argumentSet(
                        "a type of another queue",
                        access().type(REQUEST_RECEIVED.name()).build(),
                        good,
                        "unknown_type"),
                argumentSet("an unknown schema version", withVersion("2"), good, "unknown_schema_version"),
                argumentSet("a schema version that is none", withVersion(true), good, "unknown_schema_version"),
                argumentSet("no message id", access().messageId(null).build(), good, "no_message_id"),
                argumentSet(
                        "a message id that is no UUID",
                        access().messageId("message-1").build(),
                        good,
                        "no_message_id"),
                argumentSet(
                        "five megabytes",
                        access().build(),
                        good.replace("planted-id", "planted-id".repeat(5 * 1024 * 1024 / 10)),
                        "too_large"));
    }

    @ParameterizedTest
    @MethodSource("rejected")
    void whatTellsItsRequestIsRejectedWithTheReason(
            MessageType<?> type, UUID requestId, String body, String reason, String detail) throws IOException {
        publish(Broker.envelope(type).build(), body);
        assertThatTheNextRequestsAreTakenAtOnce();

        RequestRejected rejected = broker.fact(REQUEST_REJECTED, requestId);
        assertThat(rejected.reason()).isEqualTo(reason);
        assertThat(rejected.refused()).isEqualTo(type.name());
        assertThat(rejected.detail()).isEqualTo(detail).doesNotContain(PLANTED);
        assertThat(installation.state(requestId)).isEqualTo("none");
        assertThat(broker.parked(REQUESTS_QUEUE)).isZero();
    }

    static Stream<Arguments> rejected() {
        return Stream.of(
                rejected(
                        "no subject",
                        REQUEST_ACCESS,
                        id -> "{ \"request_id\": \"%s\", \"regulation\": \"gdpr\" }".formatted(id),
                        "invalid_body",
                        "subject is missing"),
                rejected(
                        "another shape",
                        REQUEST_ERASURE,
                        id -> "{ \"request_id\": \"%s\", \"subject\": [ \"planted-id\" ] }".formatted(id),
                        "invalid_body",
                        "subject has the wrong type or format, expected an object"),
                rejected(
                        "a NUL in the subject's id",
                        REQUEST_ACCESS,
                        id -> body(id, "planted\\u0000id"),
                        "invalid_body",
                        "subject.id must not hold control characters or lone surrogates"),
                rejected(
                        "a time that is none",
                        REQUEST_ACCESS,
                        id -> body(id, "planted-id").replace("2027-01-31T12:00:00Z", "planted yesterday"),
                        "invalid_body",
                        "submitted_at has the wrong type or format, expected a time in RFC 3339, such as 2000-01-31T12:30:00Z"),
                rejected(
                        "an unknown regulation",
                        REQUEST_ERASURE,
                        id -> body(id, "planted-id").replace("gdpr", "hammurabi"),
                        "unknown_regulation",
                        "regulation must be one of [gdpr, uk-gdpr, fadp, ccpa, cpra, vcdpa, lgpd, pipeda]"),
                rejected(
                        "a withdrawal of nothing known",
                        REQUEST_WITHDRAW,
                        id -> "{ \"request_id\": \"%s\", \"reason\": \"planted reason\" }".formatted(id),
                        "unknown_request",
                        "a request can be taken back until its work is done"));
    }

    private static Arguments rejected(
            String name, MessageType<?> type, Function<UUID, String> body, String reason, String detail) {
        UUID id = UUID.randomUUID();
        return argumentSet(name, type, id, body.apply(id), reason, detail);
    }

    @Test
    void theSameRequestAgainIsReceivedOnce() throws IOException {
        UUID id = UUID.randomUUID();
        String body = body(id, "planted-id");
        for (int i = 0; i < 20; i++) {
            publish(access().build(), i % 2 == 0 ? body : otherWords(body));
        }
        assertThatTheNextRequestsAreTakenAtOnce();

        assertThat(broker.facts(REQUEST_RECEIVED, id)).hasSize(1);
        assertThat(broker.facts(REQUEST_REJECTED, id)).isEmpty();
        assertThat(installation.history(id)).containsExactly("submitted");
    }

    @Test
    void anotherRequestUnderTheSameIdIsRejectedAndChangesNothing() throws IOException {
        UUID id = UUID.randomUUID();
        publish(access().build(), body(id, "planted-id"));
        broker.fact(REQUEST_RECEIVED, id);

        publish(access().build(), body(id, "planted-other"));
        publish(Broker.envelope(REQUEST_ERASURE).build(), body(id, "planted-id"));
        assertThatTheNextRequestsAreTakenAtOnce();

        assertThat(broker.facts(REQUEST_REJECTED, id))
                .extracting(RequestRejected::refused, RequestRejected::reason)
                .containsExactlyInAnyOrder(
                        tuple("request.access", "conflicting_duplicate"),
                        tuple("request.erasure", "conflicting_duplicate"));
        assertThat(installation.column("subject", id)).contains("planted-id");
        assertThat(installation.history(id)).containsExactly("submitted");
    }

    @Test
    void theSameMessageAgainDoesNothing() throws IOException {
        UUID id = UUID.randomUUID();
        AMQP.BasicProperties properties = Broker.envelope(REQUEST_WITHDRAW).build();
        publish(properties, "{ \"request_id\": \"%s\" }".formatted(id));
        publish(properties, "{ \"request_id\": \"%s\" }".formatted(id));
        assertThatTheNextRequestsAreTakenAtOnce();

        assertThat(broker.facts(REQUEST_REJECTED, id)).hasSize(1);
    }

    @Test
    void anotherBodyUnderAMessageIdThatWasHandledIsParked() throws IOException {
        UUID first = UUID.randomUUID();
        UUID second = UUID.randomUUID();
        AMQP.BasicProperties properties = access().build();
        publish(properties, body(first, "planted-id"));
        broker.fact(REQUEST_RECEIVED, first);

        publish(properties, body(second, "planted-id"));
        assertThatTheNextRequestsAreTakenAtOnce();

        assertThat(broker.parkedReason(REQUESTS_QUEUE)).isEqualTo("conflicting_message_id");
        assertThat(installation.state(second)).isEqualTo("none");
    }

    /** As many as each consumer gets some: when all are received, each is done with what was published before. */
    private static void assertThatTheNextRequestsAreTakenAtOnce() throws IOException {
        List<SubmitRequest> next = Stream.generate(
                        () -> Installation.request(new Subject("planted-next", "planted@example.com")))
                .limit(2 * CONSUMERS)
                .toList();
        broker.publishAll("frontend", REQUESTS_EXCHANGE, REQUEST_ACCESS, next);
        await("the next requests")
                .atMost(AT_ONCE)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> next.stream().noneMatch(request -> broker.facts(REQUEST_RECEIVED, request.requestId())
                        .isEmpty()));
    }

    private static void publish(AMQP.BasicProperties properties, String body) throws IOException {
        String key = properties.getType() == null ? REQUEST_ACCESS.name() : properties.getType();
        broker.publish("frontend", REQUESTS_EXCHANGE, key, properties, body.getBytes(UTF_8));
    }

    private static AMQP.BasicProperties.Builder access() {
        return Broker.envelope(REQUEST_ACCESS);
    }

    private static AMQP.BasicProperties withVersion(Object version) {
        return access().headers(Collections.singletonMap(SCHEMA_VERSION_HEADER, version))
                .build();
    }

    private static String body(UUID requestId, String subject) {
        return """
                { "request_id": "%s", "subject": { "id": "%s", "email": "planted@example.com", "identities": { "crm": "planted-crm" } },
                  "regulation": "gdpr", "submitted_at": "2027-01-31T12:00:00Z" }
                """.formatted(requestId, subject);
    }

    /** The same request as another frontend, or a newer one, would write it. */
    private static String otherWords(String body) {
        return body.replaceFirst("(\"request_id\": \"[^\"]*\",)", "\"tenant\": \"planted\", ")
                .replaceFirst(
                        "\"regulation\"",
                        MessageJson.requestId(body.getBytes(UTF_8))
                                .map("\"request_id\": \"%s\", \"regulation\""::formatted)
                                .orElseThrow())
                .replace("\n", " ")
                .replace("12:00:00Z", "13:00:00+01:00");
    }
}
