package dev.lethe.requests.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.messages.Subject;
import dev.lethe.messages.participant.Retained;
import dev.lethe.messages.request.ErasureException;
import dev.lethe.requests.request.RequestState;
import dev.lethe.requests.request.WaitingFor;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * docs/openapi.json is written by hand, served as it is, and held to the code here. {@code -Dapprove} puts it into the one form that
 * is approved. That what is answered is what it says, {@code ApiIT} checks with every answer.
 */
class OpenApiTest {

    private static final Path FILE = Path.of("../docs/openapi.json");

    private static final ObjectMapper PRETTY =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    @Test
    void theFileIsInItsApprovedFormAndIsWhatIsServed() throws IOException {
        String approved = PRETTY.writeValueAsString(PRETTY.readTree(Files.readString(FILE))) + "\n";
        if (Boolean.getBoolean("approve") || "".equals(System.getProperty("approve"))) {
            Files.writeString(FILE, approved);
        }

        assertThat(Files.readString(FILE)).as("run the test with -Dapprove").isEqualTo(approved);
        try (var served = getClass().getResourceAsStream("/static/openapi.json")) {
            assertThat(PRETTY.readTree(new String(served.readAllBytes(), UTF_8)))
                    .isEqualTo(PRETTY.readTree(approved));
        }
    }

    /** What OpenAPI 3.1 knows, as far as the file needs it; the rest would be a mistake of writing. */
    private static final Map<String, Set<String>> KNOWN = Map.of(
            "document", Set.of("openapi", "info", "servers", "paths", "components"),
            "info", Set.of("title", "summary", "description", "version", "license"),
            "components", Set.of("schemas", "responses", "parameters", "securitySchemes"),
            "path", Set.of("parameters", "get", "post"),
            "operation",
                    Set.of(
                            "operationId",
                            "summary",
                            "description",
                            "security",
                            "parameters",
                            "requestBody",
                            "responses"),
            "parameter", Set.of("name", "in", "required", "description", "schema", "example"),
            "body", Set.of("required", "content"),
            "response", Set.of("description", "content", "headers"),
            "media", Set.of("schema", "examples"));

    @Test
    void itIsOpenApi31() {
        JsonNode file = OpenApiFile.all();
        assertThat(file.get("openapi").asString()).matches("3\\.1\\.[0-9]+");
        knows("document", file);
        knows("info", file.get("info"));
        assertThat(file.get("info").has("title") && file.get("info").has("version"))
                .isTrue();
        knows("components", file.get("components"));
        file.get("components").get("parameters").forEach(OpenApiTest::isParameter);
        file.get("components").get("responses").forEach(OpenApiTest::isResponse);
        file.get("paths").properties().forEach(path -> {
            assertThat(path.getKey()).startsWith("/");
            knows("path", path.getValue());
        });
        var ids = new HashSet<String>();
        for (OpenApiFile.Operation operation : OpenApiFile.operations()) {
            JsonNode said = operation.said();
            knows("operation", said);
            assertThat(ids.add(operation.id())).as(operation.id()).isTrue();
            said.path("parameters").forEach(OpenApiTest::isParameter);
            if (said.has("requestBody")) {
                knows("body", said.get("requestBody"));
                said.get("requestBody").get("content").forEach(media -> knows("media", media));
            }
            operation.statuses().forEach(status -> isResponse(operation.response(status)));
            said.get("security").forEach(scheme -> assertThat(
                            file.at("/components/securitySchemes").propertyNames())
                    .containsAll(scheme.propertyNames()));
            assertThat(namesOf(operation.path()))
                    .isEqualTo(parametersIn(file.get("paths").get(operation.path())));
        }
        references(file)
                .forEach(reference -> assertThat(OpenApiFile.at(reference).isMissingNode())
                        .as(reference)
                        .isFalse());
        assertThat(references(file))
                .as("what nothing refers to is left over")
                .containsAll(file.at("/components/schemas").propertyNames().stream()
                        .map("#/components/schemas/"::concat)
                        .toList());
    }

    private static void isParameter(JsonNode parameter) {
        if (!parameter.has("$ref")) {
            knows("parameter", parameter);
            assertThat(parameter.get("in").asString()).isIn("path", "query");
            assertThat(OpenApiFile.objectionsToSchema(parameter.get("schema").toString()))
                    .isEmpty();
        }
    }

    private static void isResponse(JsonNode response) {
        knows("response", response);
        assertThat(response.get("description").asString()).isNotBlank();
        response.get("content").forEach(media -> knows("media", media));
    }

    private static void knows(String what, JsonNode node) {
        assertThat(KNOWN.get(what)).as(what).containsAll(node.propertyNames());
    }

    private static Set<String> namesOf(String path) {
        return Pattern.compile("\\{([^}]*)}")
                .matcher(path)
                .results()
                .map(name -> name.group(1))
                .collect(Collectors.toSet());
    }

    private static Set<String> parametersIn(JsonNode path) {
        var names = new HashSet<String>();
        path.path("parameters")
                .forEach(parameter ->
                        names.add(OpenApiFile.at(parameter.get("$ref").asString())
                                .get("name")
                                .asString()));
        return names;
    }

    private static Set<String> references(JsonNode node) {
        return node.findValues("$ref").stream().map(JsonNode::asString).collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void everySchemaIsOneAndEveryExampleIsWhatItShows() {
        OpenApiFile.all().at("/components/schemas").properties().forEach(schema -> assertThat(
                        OpenApiFile.objectionsToSchema(schema.getValue().toString()))
                .as(schema.getKey())
                .isEmpty());
        List<JsonNode> media = OpenApiFile.all().findValues("content").stream()
                .flatMap(content -> content.values().stream())
                .toList();

        assertThat(media).hasSizeGreaterThan(25);
        for (JsonNode each : media) {
            assertThat(each.get("examples").size()).isPositive();
            each.get("examples").properties().forEach(example -> assertThat(OpenApiFile.objections(
                            each.get("schema").get("$ref").asString(),
                            example.getValue().get("value").toString()))
                    .as(example.getKey())
                    .isEmpty());
        }
    }

    @Test
    void whatIsMappedIsDocumentedAndWhatIsDocumentedIsMapped() {
        var context = new GenericApplicationContext();
        // Only to be seen: lazy, it is never made
        context.registerBean(RequestsController.class, bean -> bean.setLazyInit(true));
        context.refresh();
        var mapping = new RequestMappingHandlerMapping();
        mapping.setApplicationContext(context);
        mapping.afterPropertiesSet();
        var mapped = new TreeSet<String>();
        mapping.getHandlerMethods().keySet().forEach(info -> info.getPatternValues()
                .forEach(path -> info.getMethodsCondition().getMethods().forEach(method -> {
                    mapped.add(method.name().toLowerCase(java.util.Locale.ROOT) + " "
                            + path.replace("{id}", "{request_id}"));
                    if (method.name().equals("POST")) {
                        assertThat(info.getConsumesCondition().getConsumableMediaTypes())
                                .as("a form of another site must not be read: " + path)
                                .hasToString("[application/json]");
                    }
                })));

        assertThat(OpenApiFile.operations().stream().map(operation -> operation.method() + " " + operation.path()))
                .containsExactlyInAnyOrderElementsOf(mapped);
    }

    @Test
    void everyOperationSaysWhatCanGoWrong() {
        for (OpenApiFile.Operation operation : OpenApiFile.operations()) {
            var errors = new TreeSet<>(Set.of(400, 401, 403, 500, 503));
            if (operation.method().equals("post")) {
                errors.addAll(Set.of(413, 415));
            }
            if (operation.path().contains("{")) {
                errors.add(404);
            }
            assertThat(operation.statuses()).as(operation.id()).containsAll(errors);
            operation.statuses().stream().filter(status -> status >= 400).forEach(status -> {
                JsonNode content = operation.response(status).get("content");
                assertThat(content.propertyNames()).containsExactly("application/problem+json");
                content.get("application/problem+json").get("examples").forEach(example -> assertThat(
                                example.get("value").get("status").asInt())
                        .isEqualTo(status));
            });
        }
    }

    static Stream<Arguments> records() {
        return Stream.of(
                Arguments.of("Submission", Submitted.class),
                Arguments.of("Request", RequestView.class),
                Arguments.of("Participant", RequestView.Participant.class),
                Arguments.of("Page", RequestView.Page.class),
                Arguments.of("Search", Search.class),
                Arguments.of("History", History.class),
                Arguments.of("Event", History.Event.class),
                Arguments.of("Retry", Commands.Retry.class),
                Arguments.of("Retried", Commands.Retried.class),
                Arguments.of("Reason", Commands.Reasoned.class),
                Arguments.of("Hold", Commands.Held.class),
                Arguments.of("Nothing", Commands.Plain.class),
                Arguments.of("Problem", Problem.class));
    }

    @ParameterizedTest
    @MethodSource("records")
    void aRecordAndItsSchemaHaveTheSameFields(String schema, Class<?> type) {
        JsonNode said = OpenApiFile.at("#/components/schemas/" + schema);
        List<String> required = new ArrayList<>();
        said.path("required").forEach(name -> required.add(name.asString()));

        assertThat(said.path("properties").propertyNames()).containsExactlyInAnyOrderElementsOf(names(type, false));
        assertThat(required).containsExactlyInAnyOrderElementsOf(names(type, true));
    }

    @Test
    void whatMessagesHaveTooHasTheSameNames() {
        for (var each : Map.of(
                        "Subject", Subject.class, "Exception", ErasureException.class, "Retained", Retained.class)
                .entrySet()) {
            assertThat(OpenApiFile.at("#/components/schemas/" + each.getKey())
                            .get("properties")
                            .propertyNames())
                    .containsExactlyInAnyOrderElementsOf(names(each.getValue(), false));
        }
        var filter = new ArrayList<>(names(Search.class, false));
        filter.removeAll(List.of("limit", "after"));
        assertThat(OpenApiFile.at("#/components/schemas/RetryFilter")
                        .get("properties")
                        .propertyNames())
                .containsExactlyInAnyOrderElementsOf(filter);
    }

    private static List<String> names(Class<?> type, boolean onlyNeeded) {
        return Arrays.stream(type.getRecordComponents())
                .filter(component -> !onlyNeeded || !isNullable(component))
                .map(component -> Bodies.snakeCase(component.getName()))
                .toList();
    }

    private static boolean isNullable(RecordComponent component) {
        return component.getAnnotatedType().isAnnotationPresent(Nullable.class);
    }

    @Test
    void theFiltersOfTheQueryAreThoseOfTheBodyWithoutThePerson() {
        var body = new ArrayList<>(
                OpenApiFile.at("#/components/schemas/Search").get("properties").propertyNames());
        body.remove("subject_id");
        List<String> query = new ArrayList<>();
        OpenApiFile.at("#/paths/~1requests/get/parameters")
                .forEach(parameter -> query.add(parameter.get("name").asString()));

        assertThat(query).containsExactlyElementsOf(body);
    }

    @Test
    void everyStateIsSaidWhereverOneIsToBeChosen() throws IOException {
        String migration = Files.readString(Path.of("src/main/resources/db/migration/V2__life.sql"));
        String known = migration.replaceAll("(?s).*known_states check \\(state in\\s*\\(([^)]*)\\).*", "$1");
        assertThat(Stream.of(known.split(",")).map(state -> state.replaceAll("[\\s']", "")))
                .containsExactlyElementsOf(Search.STATES);
        // Unknown is no state of a row, and Completed is two
        assertThat(Search.STATES).hasSize(RequestState.class.getPermittedSubclasses().length);

        assertThat(enums("state")).isNotEmpty().allSatisfy(each -> assertThat(each)
                .isEqualTo(Search.STATES));
        assertThat(enums("kind")).isNotEmpty().allSatisfy(each -> assertThat(each)
                .isEqualTo(Search.KINDS));
        assertThat(enums("waiting_for")).isNotEmpty().allSatisfy(each -> assertThat(each)
                .containsExactlyElementsOf(
                        Arrays.stream(WaitingFor.values()).map(WaitingFor::code).toList()));
    }

    /** Of every property of this name. */
    private static List<List<String>> enums(String name) {
        return OpenApiFile.all().findValues(name).stream()
                .filter(property -> property.path("enum").isArray())
                .map(property -> property.get("enum").values().stream()
                        .map(JsonNode::asString)
                        .toList())
                .toList();
    }
}
