package dev.lethe.requests.access.source.http;

import dev.lethe.requests.access.source.Records;
import dev.lethe.requests.access.source.SourceFailure;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonPointer;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.json.JsonFactory;

/** Reads the records of one answer as its bytes come: of all that it says, one record is in memory. */
final class JsonRecords {

    private static final JsonFactory JSON =
            JsonFactory.builder().disable(StreamReadFeature.AUTO_CLOSE_SOURCE).build();

    private final String source;
    private final JsonPointer where;
    private final Records records;
    private boolean found;
    private long count;
    private @Nullable String pointed;

    private JsonRecords(String source, JsonPointer where, Records records) {
        this.source = source;
        this.where = where;
        this.records = records;
    }

    /**
     * Gives what lies at {@code where} to {@code records}: each element of a list, or the one thing that is there.
     *
     * @param alsoAt where something stands that leads to the next page
     * @param links what the answer's headers say of the next page
     */
    static Paging.Found read(
            String source,
            InputStream answer,
            JsonPointer where,
            @Nullable JsonPointer alsoAt,
            List<String> links,
            Records records)
            throws IOException, SourceFailure {
        var reading = new JsonRecords(source, where, records);
        try (JsonParser parser = JSON.createParser(tools.jackson.core.ObjectReadContext.empty(), answer)) {
            if (parser.nextToken() != null) {
                reading.walk(parser, where, alsoAt);
                if (parser.nextToken() != null) {
                    throw new SourceFailure(source, "the answer is not JSON: something follows its end", null);
                }
            }
        } catch (JacksonIOException e) {
            throw e.getCause();
        } catch (JacksonException e) {
            throw new SourceFailure(source, "the answer is not JSON", e);
        }
        if (!reading.found) {
            throw new SourceFailure(source, "the answer has nothing at '%s'".formatted(where), null);
        }
        return new Paging.Found(reading.count, reading.pointed, links);
    }

    /** Goes through a value; each pointer is what is left of it from here, null if it leads elsewhere. */
    private void walk(JsonParser parser, @Nullable JsonPointer toRecords, @Nullable JsonPointer toNext)
            throws SourceFailure {
        if (toRecords != null && toRecords.matches()) {
            give(parser);
        } else if (toNext != null && toNext.matches()) {
            point(parser);
        } else if (toRecords == null && toNext == null) {
            parser.skipChildren();
        } else if (parser.currentToken() == JsonToken.START_OBJECT) {
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                walk(
                        parser,
                        toRecords == null ? null : toRecords.matchProperty(name),
                        toNext == null ? null : toNext.matchProperty(name));
            }
        } else if (parser.currentToken() == JsonToken.START_ARRAY) {
            for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
                walk(
                        parser,
                        toRecords == null ? null : toRecords.matchElement(i),
                        toNext == null ? null : toNext.matchElement(i));
            }
        }
    }

    private void give(JsonParser parser) throws SourceFailure {
        if (parser.currentToken() == JsonToken.VALUE_NULL) {
            return;
        }
        if (found) {
            throw new SourceFailure(source, "the answer has two things at '%s'".formatted(where), null);
        }
        found = true;
        if (parser.currentToken() == JsonToken.START_ARRAY) {
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                record(parser);
            }
        } else {
            record(parser);
        }
    }

    private void record(JsonParser parser) {
        count++;
        if (parser.currentToken() == JsonToken.START_OBJECT) {
            records.record(object(parser));
        } else {
            var single = new LinkedHashMap<String, @Nullable Object>();
            single.put("value", value(parser));
            records.record(single);
        }
    }

    private void point(JsonParser parser) throws SourceFailure {
        switch (parser.currentToken()) {
            case VALUE_NULL, VALUE_FALSE -> {}
            case VALUE_STRING, VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> pointed = parser.getString();
            case null, default ->
                throw new SourceFailure(source, "what leads to the next page is neither text nor number", null);
        }
    }

    private static @Nullable Object value(JsonParser parser) {
        return switch (parser.currentToken()) {
            case START_OBJECT -> object(parser);
            case START_ARRAY -> {
                var list = new ArrayList<@Nullable Object>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    list.add(value(parser));
                }
                yield list;
            }
            case VALUE_STRING -> whole(parser.getString());
            case VALUE_NUMBER_INT -> parser.getNumberValue();
            // A person gets the numbers that are held, not the nearest ones that a double can say
            case VALUE_NUMBER_FLOAT -> parser.getDecimalValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case null, default -> null;
        };
    }

    private static Map<String, @Nullable Object> object(JsonParser parser) {
        var object = new LinkedHashMap<String, @Nullable Object>();
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = whole(parser.currentName());
            parser.nextToken();
            // JSON allows a name twice, and both may be about the person
            String unique = object.containsKey(name) ? "%s (%d)".formatted(name, object.size() + 1) : name;
            object.put(unique, value(parser));
        }
        return object;
    }

    /** Half a character, which JSON can say and no text can hold, becomes the sign for what is not a character. */
    private static String whole(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                return mended(text);
            }
        }
        return text;
    }

    private static String mended(String text) {
        var mended = new StringBuilder(text.length());
        text.codePoints()
                .map(point -> Character.getType(point) == Character.SURROGATE ? '\ufffd' : point)
                .forEach(mended::appendCodePoint);
        return mended.toString();
    }
}
