package dev.lethe.messages;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The contract's files: approved examples, JSON Schemas, asyncapi.yaml. */
final class Contracts {

    static final JsonMapper JSON = JsonMapper.shared();

    private static final String APPROVED = "/contracts";
    private static final String SCHEMAS = "/dev/lethe/messages/schemas";
    private static final JsonSchemaFactory FACTORY = JsonSchemaFactory.getInstance(VersionFlag.V202012);
    private static final SchemaValidatorsConfig FORMATS_COUNT =
            SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build();
    private static final Map<String, JsonSchema> LOADED = new ConcurrentHashMap<>();

    private Contracts() {}

    /** The full example, with every field. */
    static String approved(MessageType<?> type) {
        return text(APPROVED + "/" + type.name() + ".json");
    }

    /** The example without any field that may be left out; empty where no field may. */
    static Optional<String> minimal(MessageType<?> type) {
        String file = APPROVED + "/" + type.name() + ".minimal.json";
        return Contracts.class.getResource(file) == null ? Optional.empty() : Optional.of(text(file));
    }

    static Stream<String> examples(MessageType<?> type) {
        return Stream.concat(Stream.of(approved(type)), minimal(type).stream());
    }

    static String schema(String name) {
        return text(SCHEMAS + "/" + name + ".json");
    }

    static String asyncApi() {
        return text("/dev/lethe/messages/asyncapi.yaml");
    }

    static List<String> approvedFiles() {
        return files(APPROVED);
    }

    static List<String> schemaFiles() {
        return files(SCHEMAS);
    }

    /** What the schema has against a body; empty if nothing. */
    static Set<ValidationMessage> objections(MessageType<?> type, String body) {
        return LOADED.computeIfAbsent(
                        "classpath:" + SCHEMAS.substring(1) + "/" + type.name() + ".json", Contracts::load)
                .validate(body, InputFormat.JSON);
    }

    /** What draft 2020-12 has against a schema. */
    static Set<ValidationMessage> objectionsToSchema(String schema) {
        return LOADED.computeIfAbsent("https://json-schema.org/draft/2020-12/schema", Contracts::load)
                .validate(schema, InputFormat.JSON);
    }

    static Object read(MessageType<?> type, String body) {
        return MessageJson.read(body.getBytes(UTF_8), type.body());
    }

    static JsonNode tree(String json) {
        return JSON.readTree(json);
    }

    private static JsonSchema load(String location) {
        return FACTORY.getSchema(SchemaLocation.of(location), FORMATS_COUNT);
    }

    private static String text(String resource) {
        try (var in = Contracts.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new AssertionError("expected a file " + resource + " on the class path");
            }
            return new String(in.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> files(String folder) {
        try (var files = Files.list(Path.of(Contracts.class.getResource(folder).toURI()))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }
}
