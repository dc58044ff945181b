package dev.lethe.messages;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

class CatalogueTest {

    static List<MessageType<?>> all() {
        return Messages.all();
    }

    static List<String> schemas() {
        return Contracts.schemaFiles();
    }

    @Test
    void everyTypeThatIsDeclaredIsListed() throws IllegalAccessException {
        var declared = new ArrayList<>();
        for (var field : Messages.class.getFields()) {
            if (field.getType() == MessageType.class) {
                declared.add(field.get(null));
            }
        }
        assertThat(Messages.all()).isNotEmpty();
        assertThat(declared).containsExactlyElementsOf(Messages.all());
    }

    @Test
    void noTwoTypesHaveOneName() {
        assertThat(Messages.all()).extracting(MessageType::name).doesNotHaveDuplicates();
    }

    @Test
    void everyTypeHasAnApprovedExampleAndNothingElseHas() {
        var named = Contracts.approvedFiles().stream()
                .map(file -> file.replaceFirst("(\\.minimal)?\\.json$", ""))
                .distinct();
        assertThat(named).containsExactlyInAnyOrderElementsOf(names());
    }

    @Test
    void everyTypeHasASchemaAndNothingElseHas() {
        var expected = Stream.concat(names().stream(), Stream.of("common")).map(name -> name + ".json");
        assertThat(Contracts.schemaFiles()).containsExactlyInAnyOrderElementsOf(expected.toList());
    }

    @ParameterizedTest
    @MethodSource("schemas")
    void aSchemaIsOneByItsOwnDraft(String file) {
        assertThat(Contracts.objectionsToSchema(schema(file))).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("schemas")
    void aSchemaTellsWhatEveryFieldIs(String file) {
        var silent = new ArrayList<String>();
        collectSilent(Contracts.tree(schema(file)), file, silent);
        assertThat(silent).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("all")
    void aSchemaShowsTheApprovedExample(MessageType<?> type) {
        JsonNode examples = Contracts.tree(Contracts.schema(type.name())).path("examples");
        assertThat(examples).containsExactly(Contracts.tree(Contracts.approved(type)));
    }

    @Test
    void everyCommonDefinitionIsUsed() {
        var used = new ArrayList<String>();
        for (String file : Contracts.schemaFiles()) {
            Pattern.compile("#/\\$defs/([a-z_]+)\"")
                    .matcher(schema(file))
                    .results()
                    .forEach(reference -> used.add(reference.group(1)));
        }
        assertThat(used)
                .containsAll(Contracts.tree(schema("common.json")).path("$defs").propertyNames());
    }

    private static String schema(String file) {
        return Contracts.schema(file.replaceFirst("\\.json$", ""));
    }

    private static List<String> names() {
        return Messages.all().stream().<String>map(MessageType::name).toList();
    }

    private static void collectSilent(JsonNode schema, String where, List<String> silent) {
        for (Map.Entry<String, JsonNode> property : schema.path("properties").properties()) {
            JsonNode field = property.getValue();
            if (!where.contains("/oneOf") && !field.has("description") && !field.has("$ref")) {
                silent.add(where + "/" + property.getKey());
            }
            collectSilent(field, where + "/" + property.getKey(), silent);
        }
        for (Map.Entry<String, JsonNode> definition : schema.path("$defs").properties()) {
            if (!definition.getValue().has("description")
                    && !definition.getValue().has("title")) {
                silent.add(where + "/$defs/" + definition.getKey());
            }
            collectSilent(definition.getValue(), where + "/$defs/" + definition.getKey(), silent);
        }
        if (schema.has("items")) {
            collectSilent(schema.path("items"), where + "/items", silent);
        }
    }
}
