package dev.lethe.requests.api;

import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.networknt.schema.ValidationMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** docs/openapi.json as it is served, and what it says of an answer. */
public final class OpenApiFile {

    private static final String LOCATION = "classpath:static/openapi.json";

    private static final JsonSchemaFactory FACTORY = JsonSchemaFactory.getInstance(VersionFlag.V202012);
    private static final SchemaValidatorsConfig FORMATS_COUNT =
            SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build();
    private static final Map<String, JsonSchema> LOADED = new ConcurrentHashMap<>();

    private static final JsonNode FILE = read();

    /** {@code path} is a template, {@code method} in lower case. */
    public record Operation(String method, String path, JsonNode said) {

        public String id() {
            return said.get("operationId").asString();
        }

        boolean isFor(String otherMethod, String otherPath) {
            return method.equals(otherMethod) && otherPath.matches(path.replaceAll("\\{[^}]*}", "[^/]+"));
        }

        /** With nothing left to look up. */
        public JsonNode response(int status) {
            JsonNode response = said.path("responses").path(String.valueOf(status));
            return response.has("$ref") ? at(response.get("$ref").asString()) : response;
        }

        public Set<Integer> statuses() {
            var statuses = new TreeSet<Integer>();
            said.get("responses").propertyNames().forEach(status -> statuses.add(Integer.valueOf(status)));
            return statuses;
        }

        /** The rights of which one is enough. */
        public Set<String> rights() {
            var rights = new TreeSet<String>();
            said.get("security").forEach(scheme -> scheme.path("token")
                    .forEach(scope -> rights.add(scope.asString().replace("requests:", ""))));
            return rights;
        }
    }

    private OpenApiFile() {}

    public static JsonNode all() {
        return FILE;
    }

    static JsonNode at(String reference) {
        return FILE.at(reference.substring(1));
    }

    public static List<Operation> operations() {
        var operations = new ArrayList<Operation>();
        FILE.get("paths")
                .properties()
                .forEach(path -> path.getValue().properties().forEach(method -> {
                    if (!method.getKey().equals("parameters")) {
                        operations.add(new Operation(method.getKey(), path.getKey(), method.getValue()));
                    }
                }));
        return operations;
    }

    /**
     * Fails unless the file says that this may be answered.
     *
     * @return which operation with which status it was; empty for what is not in the file at all
     */
    public static Optional<String> check(String method, String path, int status, String contentType, String body) {
        String bare = path.replaceAll("\\?.*", "");
        return operations().stream()
                // The literal path before the template
                .sorted((a, b) ->
                        Boolean.compare(a.path().contains("{"), b.path().contains("{")))
                .filter(operation -> operation.isFor(method, bare))
                .findFirst()
                .map(operation -> {
                    check(operation, status, contentType, body);
                    return operation.id() + " " + status;
                });
    }

    private static void check(Operation operation, int status, String contentType, String body) {
        JsonNode response = operation.response(status);
        if (response.isMissingNode()) {
            throw new AssertionError(
                    "%s answers %d, which docs/openapi.json does not say".formatted(operation.id(), status));
        }
        JsonNode content = response.get("content").get(contentType);
        if (content == null) {
            throw new AssertionError("%s answers %d with %s, docs/openapi.json says %s"
                    .formatted(
                            operation.id(),
                            status,
                            contentType,
                            response.get("content").propertyNames()));
        }
        String schema = content.get("schema").get("$ref").asString();
        Set<ValidationMessage> objections = objections(schema, body);
        if (!objections.isEmpty()) {
            throw new AssertionError(
                    "%s answers %d, which is not %s: %s".formatted(operation.id(), status, schema, objections));
        }
    }

    /** What a schema of the file has against a body. */
    static Set<ValidationMessage> objections(String reference, String body) {
        return schema(LOCATION + reference).validate(body, InputFormat.JSON);
    }

    /** What draft 2020-12, which OpenAPI 3.1 speaks, has against a schema. */
    static Set<ValidationMessage> objectionsToSchema(String schema) {
        return schema("https://json-schema.org/draft/2020-12/schema").validate(schema, InputFormat.JSON);
    }

    private static JsonSchema schema(String location) {
        return LOADED.computeIfAbsent(location, each -> FACTORY.getSchema(SchemaLocation.of(each), FORMATS_COUNT));
    }

    private static JsonNode read() {
        try (var file = OpenApiFile.class.getResourceAsStream("/static/openapi.json")) {
            return JsonMapper.shared().readTree(file);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
