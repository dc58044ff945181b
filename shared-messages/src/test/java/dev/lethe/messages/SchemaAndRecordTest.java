package dev.lethe.messages;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.lethe.messages.request.DeadlineKind;
import dev.lethe.messages.request.RequestKind;
import dev.lethe.messages.request.RequestReceived;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** A team that works from the schema and one that works from the record build the same thing. */
class SchemaAndRecordTest {

    private static final String SECRET = "QmF1bXNjaHVsZQ";
    private static final String SECRET_NUMBER = "60221407600000";

    /** Of a type that is wrong for most fields; each carries something that would be recognised in a message. */
    private static final List<String> PLANTED = List.of(
            '"' + SECRET + '"',
            SECRET_NUMBER,
            "-" + SECRET_NUMBER,
            SECRET_NUMBER + ".5",
            "{\"" + SECRET + "\":\"" + SECRET + "\"}",
            "{\"" + SECRET + "\":" + SECRET_NUMBER + "}",
            "[\"" + SECRET + "\"]",
            "[{\"" + SECRET + "\":" + SECRET_NUMBER + "}]",
            "\"" + SECRET + "\\u0000\"",
            "\"" + SECRET.repeat(500) + "\"",
            "\"2026-03-02T09:15:00 " + SECRET + "\"",
            "\"https://example.com/ " + SECRET + "\"");

    static List<MessageType<?>> all() {
        return Messages.all();
    }

    @ParameterizedTest
    @MethodSource("all")
    void schemaAndRecordTakeAndRefuseTheSameBodies(MessageType<?> type) {
        var disagreements = new ArrayList<String>();
        int taken = 0;
        int refused = 0;
        for (String body : bodies(type)) {
            boolean bySchema = Contracts.objections(type, body).isEmpty();
            boolean byRecord = refusal(type, body) == null;
            if (bySchema != byRecord) {
                disagreements.add((bySchema ? "only the record refuses " : "only the schema refuses ") + body);
            }
            if (byRecord) {
                taken++;
            } else {
                refused++;
            }
        }
        assertThat(disagreements).isEmpty();
        assertThat(taken).isPositive();
        assertThat(refused).isGreaterThan(100);
    }

    @ParameterizedTest
    @MethodSource("all")
    void whatIsTakenIsWrittenAsTheSchemaSaysAndReadsEqual(MessageType<?> type) {
        bodies(type).stream().filter(body -> refusal(type, body) == null).forEach(body -> {
            Object read = Contracts.read(type, body);
            String written = new String(MessageJson.write(read), UTF_8);
            assertThat(Contracts.objections(type, written)).isEmpty();
            assertThat(Contracts.read(type, written)).isEqualTo(read);
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\"content\":null",
                "\"url\":null",
                "\"content\":null,\"url\":null",
                "\"content\":\"a\",\"url\":\"https://example.com/a\"",
                "\"content\":\"\",\"url\":\"https://example.com/a\""
            })
    void aDocumentHasEitherContentOrUrl(String fields) {
        String document = ("{\"name\":\"a\",\"media_type\":\"text/plain\"," + fields + "}").replace(",}", "}");
        String body =
                "{\"task_id\":\"6f1c2a54-6c0e-4b3b-9d0a-2f6f3c1a9e01\",\"outcome\":\"exported\",\"documents\":[%s]}"
                        .formatted(document);
        assertThat(Contracts.objections(Messages.PARTICIPANT_EXPORTED, body)).isNotEmpty();
        assertThat(refusal(Messages.PARTICIPANT_EXPORTED, body))
                .hasMessage("invalid_body: documents must each have either content or url");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ",\"retained\":null", ",\"retained\":[]"})
    void whatIsRetainedMustBeSaid(String retained) {
        String body =
                "{\"task_id\":\"6f1c2a54-6c0e-4b3b-9d0a-2f6f3c1a9e01\",\"outcome\":\"retained\"%s}".formatted(retained);
        assertThat(Contracts.objections(Messages.PARTICIPANT_ERASED, body)).isNotEmpty();
        assertThat(refusal(Messages.PARTICIPANT_ERASED, body))
                .hasMessage("invalid_body: retained must say what is kept and on which legal basis");
    }

    @Test
    void aDeadlineThatIsNotNamedIsThatOfTheAnswer() {
        for (var type : List.of(Messages.REQUEST_DUE_SOON, Messages.REQUEST_OVERDUE)) {
            String minimal = Contracts.minimal(type).orElseThrow();
            for (String body : List.of(minimal, minimal.replaceFirst("\\{", "{\"deadline\":null,"))) {
                assertThat(Contracts.read(type, body)).hasFieldOrPropertyWithValue("deadline", DeadlineKind.ANSWER);
            }
            assertThat(Contracts.read(type, minimal.replaceFirst("\\{", "{\"deadline\":\"acknowledgement\",")))
                    .hasFieldOrPropertyWithValue("deadline", DeadlineKind.ACKNOWLEDGEMENT);
        }
    }

    /** Beyond a schema; its description says it in words. */
    @Test
    void aRequestDoesNotFollowItself() {
        var id = UUID.fromString("6f1c2a54-6c0e-4b3b-9d0a-2f6f3c1a9e01");
        assertThatExceptionOfType(InvalidMessage.class)
                .isThrownBy(() -> new RequestReceived(id, Instant.EPOCH, RequestKind.ACCESS, Instant.EPOCH, id, null))
                .withMessage("invalid_body: duplicate_of must be another request");
    }

    @ParameterizedTest
    @MethodSource("all")
    void aRequiredFieldThatIsMissingIsNamed(MessageType<?> type) {
        String example = Contracts.approved(type);
        var required = Place.in(example)
                .filter(Place::isField)
                .filter(place ->
                        !Contracts.objections(type, place.leftOutOf(example)).isEmpty())
                .toList();
        assertThat(required).isNotEmpty().allSatisfy(place -> {
            assertRefused(type, place, place.leftOutOf(example), example);
            assertRefused(type, place, place.replacedIn(example, "null"), example);
        });
    }

    @ParameterizedTest
    @MethodSource("all")
    void aFieldOfTheWrongTypeIsNamedAndItsValueIsNot(MessageType<?> type) {
        String example = Contracts.approved(type);
        assertThat(Place.in(example)).isNotEmpty().allSatisfy(place -> {
            var refused = PLANTED.stream()
                    .map(value -> place.replacedIn(example, value))
                    .filter(body -> !Contracts.objections(type, body).isEmpty())
                    .toList();
            assertThat(refused).hasSizeGreaterThan(5).allSatisfy(body -> assertRefused(type, place, body, example));
        });
    }

    /** What no schema can say portably; their descriptions say it in words. */
    @ParameterizedTest
    @ValueSource(strings = {"\"\\ud83d\"", "\"a\\ude00\"", "\"\\ude00\\ud83d\""})
    void halfAnEmojiIsRefused(String loneSurrogate) {
        for (MessageType<?> type : Messages.all()) {
            String example = Contracts.approved(type);
            Place.in(example)
                    .filter(place -> Contracts.tree(example).at(place.pointer()).isString())
                    // message-scheduler is the only sender of these, and gives back what it was given
                    .filter(place ->
                            type != Messages.SCHEDULING_REPLY || place.field().equals("status"))
                    .forEach(place -> assertRefused(type, place, place.replacedIn(example, loneSurrogate), example));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.0", "1e0", "10e-1", "100E-2", "1e400", "1e999999999"})
    void aWholeNumberIsWrittenInDigits(String number) {
        for (var type : List.of(Messages.PARTICIPANT_ERASE, Messages.PARTICIPANT_ERASED)) {
            String example = Contracts.approved(type);
            Place.in(example)
                    .filter(place -> Contracts.tree(example).at(place.pointer()).isNumber())
                    .forEach(place -> assertRefused(type, place, place.replacedIn(example, number), example));
        }
    }

    @Test
    void anOffsetDoesNotReachBeyondTheYears1970To9999() {
        for (String time : List.of("1970-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00")) {
            String body =
                    "{\"request_id\":\"6f1c2a54-6c0e-4b3b-9d0a-2f6f3c1a9e01\",\"occurred_at\":\"%s\"}".formatted(time);
            assertThatExceptionOfType(InvalidMessage.class)
                    .isThrownBy(() -> Contracts.read(Messages.REQUEST_WITHDRAWN, body))
                    .withMessageContaining("occurred_at must lie between the years 1970 and 9999");
        }
    }

    /** Every approved example with every bad value at every place, and with every field left out. */
    private static List<String> bodies(MessageType<?> type) {
        return Contracts.examples(type)
                .flatMap(example -> Place.in(example)
                        .flatMap(place -> Stream.concat(
                                place.isField() ? Stream.of(place.leftOutOf(example)) : Stream.empty(),
                                BadValues.all().stream().map(value -> place.replacedIn(example, value)))))
                .toList();
    }

    private static InvalidMessage refusal(MessageType<?> type, String body) {
        try {
            Contracts.read(type, body);
            return null;
        } catch (InvalidMessage refused) {
            return refused;
        }
    }

    private static void assertRefused(MessageType<?> type, Place place, String body, String example) {
        Throwable refused = catchThrowable(() -> Contracts.read(type, body));
        assertThat(refused).as("%s %s", type.name(), place).isInstanceOf(InvalidMessage.class);
        assertThat(refused.getCause())
                .as("a cause would carry what the parser quotes")
                .isNull();
        assertThat(refused.getSuppressed()).isEmpty();
        assertThat(((InvalidMessage) refused).reason()).isEqualTo("invalid_body");
        assertThat(refused.toString())
                .contains(place.field())
                .doesNotContain(SECRET, SECRET_NUMBER)
                .doesNotContain(valuesIn(Contracts.tree(example)));
    }

    /** Texts that cannot be there by chance; short ones are codes, which the rules of a field name too. */
    private static List<String> valuesIn(JsonNode example) {
        var values = new ArrayList<String>();
        if (example.isString()
                && example.stringValue().length() > 8
                && !example.stringValue().matches("[a-z_]+")) {
            values.add(example.stringValue());
        }
        example.forEach(child -> values.addAll(valuesIn(child)));
        return values.isEmpty() ? List.of(SECRET) : values;
    }
}
