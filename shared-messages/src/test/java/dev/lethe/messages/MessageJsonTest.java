package dev.lethe.messages;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.lethe.messages.participant.SubjectErased;
import dev.lethe.messages.request.WithdrawRequest;
import java.io.ByteArrayOutputStream;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class MessageJsonTest {

    private static final String ID = "6f1c2a54-6c0e-4b3b-9d0a-2f6f3c1a9e01";
    private static final String SECRET = "QmF1bXNjaHVsZQ";
    private static final String RIGHT = "{\"request_id\":\"" + ID + "\",\"reason\":\"" + SECRET + "\"}";

    static List<MessageType<?>> all() {
        return Messages.all();
    }

    static Stream<Arguments> noDocuments() {
        return Stream.of(
                arguments("empty", bytes("")),
                arguments("blank", bytes(" \t\r\n ")),
                arguments("not JSON", bytes(SECRET)),
                arguments("XML", bytes("<a>" + SECRET + "</a>")),
                arguments("broken off", bytes(RIGHT.substring(0, RIGHT.length() - 2))),
                arguments("trailing garbage", bytes(RIGHT + " " + SECRET)),
                arguments("two documents", bytes(RIGHT + RIGHT)),
                arguments("a comma too many", bytes(RIGHT.replace("}", ",}"))),
                arguments("single quotes", bytes(RIGHT.replace('"', '\''))),
                arguments("a comment", bytes("/* " + SECRET + " */" + RIGHT)),
                arguments("a key twice", bytes(RIGHT.replace("}", ",\"reason\":\"" + SECRET + "\"}"))),
                arguments("an unknown key twice", bytes(with("{\"" + SECRET + "\":1,\"" + SECRET + "\":2}"))),
                arguments("NaN", bytes(with("NaN"))),
                arguments("Infinity", bytes(with("-Infinity"))),
                arguments("a number with a leading zero", bytes(with("007"))),
                arguments("a line break inside a text", bytes(with("\"" + SECRET + "\n\""))),
                arguments("an escape that is none", bytes(with("\"" + SECRET + "\\x\""))),
                arguments("UTF-8 with a byte order mark", bytes("\uFEFF" + RIGHT)),
                arguments("UTF-16", RIGHT.getBytes(UTF_16)),
                arguments("UTF-16 without a byte order mark", RIGHT.getBytes(UTF_16LE)),
                arguments("UTF-8 broken", broken("ff")),
                arguments("UTF-8 cut off", broken("e282")),
                arguments("UTF-8 overlong", broken("c080")),
                arguments("UTF-8 of a surrogate", broken("eda080")),
                arguments("ISO-8859-1", broken("e4")));
    }

    static Stream<Arguments> noBodies() {
        return Stream.of(
                arguments("null", "null"),
                arguments("an array", "[" + RIGHT + "]"),
                arguments("an array without end", "[".repeat(100_000)),
                arguments("a text", '"' + SECRET + '"'),
                arguments("a number", "60221407600000"),
                arguments("true", "true"),
                arguments("an object without fields", "{}"),
                arguments("100 000 levels of arrays", with("[".repeat(100_000) + "]".repeat(100_000))),
                arguments("100 000 levels of objects", "{\"a\":".repeat(100_000) + "1" + "}".repeat(100_000)),
                arguments("33 levels", with("[".repeat(32) + "]".repeat(32))),
                arguments("a number of 100 000 digits", with("9".repeat(100_000))),
                arguments("a number of 65 digits", with("9".repeat(65))),
                arguments("a name of 100 000 characters", RIGHT.replace("reason", SECRET.repeat(10_000))),
                arguments("a text that is far too long", RIGHT.replace(SECRET, SECRET.repeat(1_000_000))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("noDocuments")
    void whatIsNotOneJsonDocumentIsRefused(String what, byte[] body) {
        assertThatExceptionOfType(InvalidMessage.class)
                .isThrownBy(() -> MessageJson.read(body, WithdrawRequest.class))
                .satisfies(refused -> assertThat(refused.reason()).isEqualTo("not_json"))
                .withMessageStartingWith("not_json: expected one JSON document")
                .withMessageNotContaining(SECRET)
                .withNoCause();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("noBodies")
    void aDocumentThatIsNoBodyIsRefused(String what, String body) {
        assertThatExceptionOfType(InvalidMessage.class)
                .isThrownBy(() -> MessageJson.read(bytes(body), WithdrawRequest.class))
                .satisfies(refused -> assertThat(refused.reason()).isEqualTo("invalid_body"))
                .satisfies(refused -> assertThat(refused.detail()).hasSizeBetween(10, 200))
                .withMessageNotContaining(SECRET)
                .withNoCause();
    }

    @ParameterizedTest
    @MethodSource("all")
    void noTypeReadsADocumentThatIsNoBody(MessageType<?> type) {
        assertThat(Stream.of("null", "[]", "{}", "1", "\"\"", "true"))
                .allSatisfy(body ->
                        assertThatExceptionOfType(InvalidMessage.class).isThrownBy(() -> Contracts.read(type, body)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"yes\"", "\"true\"", "\"\"", "1", "0", "[true]", "{}"})
    void nothingButTrueAndFalseIsABoolean(String value) {
        assertThatExceptionOfType(InvalidMessage.class)
                .isThrownBy(() -> erased("\"failed\"", value))
                .withMessage("invalid_body: retryable has the wrong type or format, expected true or false");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"FAILED\"", "\"Failed\"", "\"failed \"", "\"3\"", "3", "\"\"", "\"unheard_of\""})
    void anEnumerationIsReadByItsExactName(String value) {
        assertThatExceptionOfType(InvalidMessage.class)
                .isThrownBy(() -> erased(value, "true"))
                .withMessage("invalid_body: outcome has the wrong type or format,"
                        + " expected one of [\"erased\",\"nothing_found\",\"retained\",\"failed\"]");
    }

    @Test
    void anUnknownFieldMayHoldAnyJson() {
        for (String value : List.of("1e400", "-0.0", "9".repeat(64), "\"\\u0000\"", "[".repeat(31) + "]".repeat(31))) {
            assertThat(MessageJson.read(bytes(with(value)), WithdrawRequest.class)
                            .reason())
                    .isEqualTo(SECRET);
        }
    }

    @Test
    void theKeysOfAMapAreNeverNamed() {
        String body = Contracts.minimal(Messages.REQUEST_ERASURE)
                .orElseThrow()
                .replace("\"user-4711\"", "\"user-4711\", \"identities\": {\"" + SECRET.toLowerCase() + "\": {}}");
        assertThatExceptionOfType(InvalidMessage.class)
                .isThrownBy(() -> Contracts.read(Messages.REQUEST_ERASURE, body))
                .withMessage("invalid_body: subject.identities.* has the wrong type or format, expected a string");
    }

    @ParameterizedTest
    @MethodSource("all")
    void theBytesDoNotDependOnTheOrderOfKeys(MessageType<?> type) {
        String example = Contracts.approved(type);
        byte[] canonical = MessageJson.write(Contracts.read(type, example));
        for (var order : List.of(Comparator.<String>naturalOrder(), Comparator.<String>reverseOrder())) {
            String sorted = Contracts.JSON.writeValueAsString(sorted(Contracts.tree(example), order));
            assertThat(MessageJson.write(Contracts.read(type, sorted))).isEqualTo(canonical);
        }
    }

    @Test
    void theRequestIdIsReadFromABodyThatIsOtherwiseWrong() {
        for (String body : List.of(
                "{\"request_id\":\"" + ID + "\"}",
                "{\"subject\":5,\"request_id\":\"" + ID + "\",\"regulation\":{}}",
                "{\"request_id\":\"" + ID.toUpperCase() + "\",\"attempt\":1e400}")) {
            assertThat(MessageJson.requestId(bytes(body))).contains(UUID.fromString(ID));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "5",
                "{}",
                "{\"request_id\":null}",
                "{\"request_id\":5}",
                "{\"request_id\":1e400}",
                "{\"request_id\":\"\"}",
                "{\"request_id\":\"1-1-1-1-1\"}",
                "{\"request_id\":\" " + ID + "\"}",
                "{\"request_id\":[\"" + ID + "\"]}",
                "{\"a\":{\"request_id\":\"" + ID + "\"}}",
                "{\"request_id\":\"" + ID + "\"",
                "{\"request_id\":\"" + ID + "\"} {}",
                "{\"request_id\":\"" + ID + "\",\"request_id\":\"" + ID + "\"}",
                "\uFEFF{\"request_id\":\"" + ID + "\"}"
            })
    void thereIsNoRequestIdWhereReadersCouldDiffer(String body) {
        assertThat(MessageJson.requestId(bytes(body))).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("noDocuments")
    void aBodyThatIsNotJsonHasNoRequestId(String what, byte[] body) {
        assertThat(MessageJson.requestId(body)).isEmpty();
    }

    @Test
    void aBodyOfAnyDepthHasNoRequestId() {
        assertThat(MessageJson.requestId(bytes(with("[".repeat(100_000))))).isEmpty();
    }

    /** Bytes flipped, cut and doubled at random, from a fixed seed: a body is read or refused, and nothing else happens. */
    @ParameterizedTest
    @MethodSource("all")
    void damageIsRefusedAndNeverAnythingElse(MessageType<?> type) {
        var random = new Random(4711);
        byte[] example = bytes(Contracts.approved(type));
        int refused = 0;
        for (int i = 0; i < 2_000; i++) {
            byte[] damaged = damaged(example, random);
            try {
                assertThat(MessageJson.read(damaged, type.body())).isNotNull();
            } catch (InvalidMessage expected) {
                refused++;
            }
            assertThat(MessageJson.requestId(damaged)).isNotNull();
        }
        assertThat(refused).isBetween(200, 2_000);
    }

    private static byte[] damaged(byte[] body, Random random) {
        var damaged = new ByteArrayOutputStream();
        int at = random.nextInt(body.length);
        int to = at + random.nextInt(Math.min(8, body.length - at) + 1);
        damaged.write(body, 0, at);
        switch (random.nextInt(4)) {
            case 0 -> damaged.write(random.nextInt(256));
            case 1 -> damaged.write(body, at, to - at);
            case 2 -> damaged.writeBytes(bytes("{}[]\",:0e".substring(random.nextInt(9))));
            default -> {
                // Leaves out what stood here
            }
        }
        damaged.write(body, to, random.nextInt(4) == 0 ? 0 : body.length - to);
        return damaged.toByteArray();
    }

    private static SubjectErased erased(String outcome, String retryable) {
        return MessageJson.read(
                bytes("{\"task_id\":\"%s\",\"outcome\":%s,\"retryable\":%s}".formatted(ID, outcome, retryable)),
                SubjectErased.class);
    }

    private static String with(String unknownField) {
        return RIGHT.replace("}", ",\"x_new\":" + unknownField + "}");
    }

    private static byte[] broken(String hex) {
        int at = RIGHT.indexOf(SECRET);
        var broken = new ByteArrayOutputStream();
        broken.writeBytes(bytes(RIGHT.substring(0, at)));
        broken.writeBytes(HexFormat.of().parseHex(hex));
        broken.writeBytes(bytes(RIGHT.substring(at)));
        return broken.toByteArray();
    }

    private static JsonNode sorted(JsonNode node, Comparator<String> order) {
        if (node instanceof ObjectNode object) {
            ObjectNode sorted = object.objectNode();
            object.propertyStream()
                    .sorted(Map.Entry.comparingByKey(order))
                    .forEach(field -> sorted.set(field.getKey(), sorted(field.getValue(), order)));
            return sorted;
        }
        if (node.isArray()) {
            var sorted = Contracts.JSON.createArrayNode();
            node.forEach(item -> sorted.add(sorted(item, order)));
            return sorted;
        }
        return node;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
