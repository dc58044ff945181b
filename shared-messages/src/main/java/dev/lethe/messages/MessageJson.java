package dev.lethe.messages;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;

/**
 * Bodies to bytes and back: UTF-8 JSON, {@code snake_case}, times in RFC 3339, unknown fields ignored.
 *
 * <p>Strict where leniency would let two readers see two messages: one document only, no key twice, no scalar turned into
 * another type. Written JSON is canonical (fields in the record's order, map keys sorted), so that equal messages are equal bytes.
 */
public final class MessageJson {

    /** Deeper than any message of ours; what nests deeper is an attack on the parser. */
    private static final int MAX_DEPTH = 32;

    private static final int MAX_DIGITS = 64;

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .maxNumberLength(MAX_DIGITS)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .changeDefaultPropertyInclusion(
                    ignored -> JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL))
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            // onlyDocument() looks for them, and says so
            .disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            // Or else a blank text is null where a number or a boolean should stand
            .withCoercionConfigDefaults(any ->
                    any.setAcceptBlankAsEmpty(false).setCoercion(CoercionInputShape.EmptyString, CoercionAction.Fail))
            .withCoercionConfig(
                    LogicalType.Textual, text -> text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
            .addModule(ExactText.module())
            .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();

    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private static final Map<Class<?>, String> IN_WORDS = Map.of(
            UUID.class, "a UUID of 36 characters",
            Instant.class, "a time in RFC 3339, such as 2000-01-31T12:30:00Z",
            URI.class, "an http or https URL",
            String.class, "a string",
            Boolean.class, "true or false",
            Long.class, "a whole number, in digits only",
            long.class, "a whole number, in digits only",
            Integer.class, "a whole number, in digits only",
            int.class, "a whole number, in digits only");

    private MessageJson() {}

    public static byte[] write(Object body) {
        return MAPPER.writeValueAsBytes(body);
    }

    /**
     * Reads a body.
     *
     * @throws InvalidMessage {@code not_json}, or {@code invalid_body} with the field at fault; without any content
     */
    public static <B> B read(byte[] json, Class<B> type) {
        try {
            return Require.present(onlyDocument(json, type), "the body");
        } catch (InputCoercionException e) {
            // A number that its field cannot hold; Jackson counts it among the syntax errors
            throw invalidBody(e, e.getTargetType());
        } catch (StreamReadException e) {
            throw notJson(e);
        } catch (StreamConstraintsException e) {
            throw InvalidMessage.field(
                    "the body",
                    "must keep to %d levels, %d digits a number, %d characters a name and %d a text"
                            .formatted(
                                    MAX_DEPTH,
                                    MAX_DIGITS,
                                    StreamReadConstraints.DEFAULT_MAX_NAME_LEN,
                                    StreamReadConstraints.DEFAULT_MAX_STRING_LEN));
        } catch (MismatchedInputException e) {
            throw invalidBody(e, e.getTargetType());
        } catch (JacksonException e) {
            throw invalidBody(e, null);
        }
    }

    /** The {@code request_id} of a body that may otherwise be wrong in any way, so that its sender can be told. */
    public static Optional<UUID> requestId(byte[] json) {
        try {
            JsonNode id = onlyDocument(json, JsonNode.class).path("request_id");
            return id.isString() ? Optional.ofNullable(ExactText.uuid(id.stringValue())) : Optional.empty();
        } catch (JacksonException | InvalidMessage notTold) {
            return Optional.empty();
        }
    }

    private static <T> T onlyDocument(byte[] json, Class<T> type) {
        try (JsonParser parser = MAPPER.createParser(text(json))) {
            T value = MAPPER.readValue(parser, type);
            if (parser.nextToken() != null) {
                throw new InvalidMessage("not_json", "expected one JSON document, something follows it");
            }
            return value;
        }
    }

    /** Left to itself, Jackson guesses UTF-16 and UTF-32, and takes overlong UTF-8. */
    private static String text(byte[] json) {
        String text;
        try {
            text = UTF_8.newDecoder().decode(ByteBuffer.wrap(json)).toString();
        } catch (CharacterCodingException e) {
            throw new InvalidMessage("not_json", "expected one JSON document in UTF-8, these bytes are not UTF-8");
        }
        if (text.startsWith(BYTE_ORDER_MARK)) {
            throw new InvalidMessage("not_json", "expected one JSON document in UTF-8, without a byte order mark");
        }
        if (text.isBlank()) {
            throw new InvalidMessage("not_json", "expected one JSON document, the body is empty");
        }
        return text;
    }

    private static InvalidMessage notJson(StreamReadException e) {
        // Jackson's own message quotes the input
        var where = e.getLocation();
        return new InvalidMessage(
                "not_json",
                where == null
                        ? "expected one JSON document"
                        : "expected one JSON document, it breaks at line %d, column %d"
                                .formatted(where.getLineNr(), where.getColumnNr()));
    }

    private static InvalidMessage invalidBody(JacksonException e, @Nullable Class<?> expected) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof InvalidMessage invalid) {
                return invalid;
            }
        }
        String field = e.getPath().stream().map(MessageJson::nameOf).collect(Collectors.joining("."));
        return InvalidMessage.field(
                field.isEmpty() ? "the body" : field, "has the wrong type or format, expected " + inWords(expected));
    }

    /** Keys of maps are somebody's data; fields of our records are not. */
    private static String nameOf(JacksonException.Reference step) {
        String name = step.getPropertyName();
        return name == null || step.from() instanceof Map ? "*" : name;
    }

    private static String inWords(@Nullable Class<?> type) {
        if (type == null) {
            return "what its JSON Schema says";
        }
        if (type.isEnum()) {
            return "one of " + MAPPER.writeValueAsString(type.getEnumConstants());
        }
        return IN_WORDS.getOrDefault(type, Collection.class.isAssignableFrom(type) ? "an array" : "an object");
    }
}
