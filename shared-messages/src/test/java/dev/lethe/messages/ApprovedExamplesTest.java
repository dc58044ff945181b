package dev.lethe.messages;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class ApprovedExamplesTest {

    static List<MessageType<?>> all() {
        return Messages.all();
    }

    @ParameterizedTest
    @MethodSource("all")
    void anExampleIsWhatItsSchemaSays(MessageType<?> type) {
        assertThat(Contracts.examples(type)).allSatisfy(example -> assertThat(Contracts.objections(type, example))
                .isEmpty());
    }

    /** Fields, their order and the form of every value: whatever changes here changes the wire. */
    @ParameterizedTest
    @MethodSource("all")
    void whatIsReadIsWrittenByteForByte(MessageType<?> type) {
        String approved = Contracts.approved(type);
        String inOneLine = Contracts.JSON.writeValueAsString(Contracts.tree(approved));
        assertThat(MessageJson.write(Contracts.read(type, approved)))
                .asString(UTF_8)
                .isEqualTo(inOneLine);
    }

    @ParameterizedTest
    @MethodSource("all")
    void theFullExampleUsesEveryFieldOfTheRecord(MessageType<?> type) {
        JsonNode body = Contracts.tree(Contracts.approved(type));
        assertThat(body.size()).isEqualTo(type.body().getRecordComponents().length);
    }

    @ParameterizedTest
    @MethodSource("all")
    void oldReadsNew(MessageType<?> type) {
        assertThat(Contracts.examples(type)).allSatisfy(example -> {
            JsonNode newer = Contracts.tree(example);
            addUnknownFields(newer);
            String body = Contracts.JSON.writeValueAsString(newer);
            assertThat(body).isNotEqualTo(Contracts.JSON.writeValueAsString(Contracts.tree(example)));
            assertThat(Contracts.read(type, body)).isEqualTo(Contracts.read(type, example));
            assertThat(Contracts.objections(type, body)).isEmpty();
        });
    }

    @ParameterizedTest
    @MethodSource("all")
    void newReadsOld(MessageType<?> type) {
        assertThat(Contracts.minimal(type).stream()).allSatisfy(minimal -> {
            Object read = Contracts.read(type, minimal);
            String written = new String(MessageJson.write(read), UTF_8);
            assertThat(Contracts.read(type, written)).isEqualTo(read);
            assertThat(Contracts.objections(type, written)).isEmpty();
        });
    }

    @ParameterizedTest
    @MethodSource("all")
    void aTypeHasAMinimalExampleExactlyIfAFieldMayBeLeftOut(MessageType<?> type) {
        assertThat(Contracts.minimal(type).isPresent()).isEqualTo(mayBeShorter(type, Contracts.approved(type)));
    }

    @ParameterizedTest
    @MethodSource("all")
    void aMinimalExampleHoldsNothingThatMayBeLeftOut(MessageType<?> type) {
        assertThat(Contracts.minimal(type).stream())
                .allSatisfy(minimal -> assertThat(mayBeShorter(type, minimal)).isFalse());
    }

    private static boolean mayBeShorter(MessageType<?> type, String example) {
        return Place.in(example).filter(Place::isField).anyMatch(place -> Contracts.objections(
                        type, place.leftOutOf(example))
                .isEmpty());
    }

    private static void addUnknownFields(JsonNode node) {
        // A map has no unknown fields: each key of identities is an identity
        node.propertyStream()
                .filter(field -> !field.getKey().equals("identities"))
                .forEach(field -> addUnknownFields(field.getValue()));
        if (node.isArray()) {
            node.forEach(ApprovedExamplesTest::addUnknownFields);
        }
        if (node instanceof ObjectNode object) {
            object.put("x_new_text", "of a later version").put("x_new_number", 1.5e300);
            object.putArray("x_new_list").add(true).addNull().addObject().put("deep", "er");
        }
    }
}
