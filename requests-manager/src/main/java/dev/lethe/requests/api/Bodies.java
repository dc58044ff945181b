package dev.lethe.requests.api;

import dev.lethe.messages.InvalidMessage;
import dev.lethe.messages.MessageJson;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.http.HttpStatus;
import tools.jackson.databind.JsonNode;

/**
 * Reads bodies as messages are read: strictly, and with errors that repeat nothing. Stricter in one thing: a field that we do not know
 * is refused, since a misspelt filter would mean all requests, and a misspelt {@code submitted_at} another deadline.
 */
final class Bodies {

    private static final int MOST_BYTES = 256 * 1024;

    private static final byte[] NO_FIELDS = {'{', '}'};

    private Bodies() {}

    /** @throws InvalidMessage which field is not what it must be */
    static <B> B read(HttpServletRequest request, Class<B> type) {
        return read(bytes(request), type);
    }

    /** The same where every field may be absent, and so may the body. */
    static <B> B readIfAny(HttpServletRequest request, Class<B> type) {
        byte[] bytes = bytes(request);
        return read(bytes.length == 0 ? NO_FIELDS : bytes, type);
    }

    /** What stands in the query, which the web server decodes when it is first asked. */
    static Map<String, String[]> query(HttpServletRequest request) {
        try {
            return request.getParameterMap();
        } catch (IllegalStateException undecodable) {
            throw new InvalidMessage("invalid_query", "expected name=value&name=value, percent-encoded");
        }
    }

    /** As if the parameters of a query were a body. */
    static <B> B read(Map<String, Object> fields, Class<B> type) {
        return read(MessageJson.write(fields), type);
    }

    private static <B> B read(byte[] json, Class<B> type) {
        refuseUnknownFields(MessageJson.read(json, JsonNode.class), type, "");
        return MessageJson.read(json, type);
    }

    private static void refuseUnknownFields(JsonNode node, Class<?> type, String inField) {
        if (!node.isObject()) {
            return;
        }
        var known = new TreeMap<String, Class<?>>();
        for (RecordComponent component : type.getRecordComponents()) {
            known.put(snakeCase(component.getName()), component.getType());
        }
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            Class<?> expected = known.get(field.getKey());
            if (expected == null) {
                throw new InvalidMessage(
                        "invalid_body",
                        known.isEmpty()
                                ? "expected no fields at all"
                                : "%s has a field that is not known; expected some of %s"
                                        .formatted(
                                                inField.isEmpty() ? "the body" : inField,
                                                String.join(", ", known.keySet())));
            }
            if (expected.isRecord()) {
                refuseUnknownFields(field.getValue(), expected, field.getKey());
            }
        }
    }

    static String snakeCase(String name) {
        return name.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
    }

    private static byte[] bytes(HttpServletRequest request) {
        try {
            byte[] bytes = request.getInputStream().readNBytes(MOST_BYTES + 1);
            if (bytes.length > MOST_BYTES) {
                throw new Refused(
                        Problem.of(HttpStatus.CONTENT_TOO_LARGE, "too_large", "expected a body of at most 256 KiB"));
            }
            return bytes;
        } catch (IOException brokenOff) {
            throw new Refused(Problem.of(
                    HttpStatus.BAD_REQUEST,
                    "not_json",
                    "expected one JSON document, the connection broke off before its end"));
        }
    }
}
