package dev.lethe.requests.access.source.elastic;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes records of documents: a field within a field is named as Elasticsearch names it, with a dot. */
final class Documents {

    private final List<String> first;

    /** @param first the fields that come before the others, in this order */
    Documents(List<String> first) {
        this.first = first;
    }

    Map<String, @Nullable Object> record(Map<String, ?> document) {
        var flat = new LinkedHashMap<String, @Nullable Object>();
        document.forEach((name, value) -> put(flat, name, value));
        var record = new LinkedHashMap<String, @Nullable Object>();
        for (String name : first) {
            if (flat.containsKey(name)) {
                record.put(name, flat.remove(name));
            }
        }
        record.putAll(flat);
        return record;
    }

    /** A list stays what it is, whatever is in it: its parts belong together. */
    private static void put(Map<String, @Nullable Object> flat, String path, @Nullable Object value) {
        if (value instanceof Map<?, ?> object && !object.isEmpty()) {
            object.forEach((name, inner) -> put(flat, path + "." + name, inner));
            return;
        }
        // A document may say "a.b" and "a": { "b" }, which are one field with two values
        String unique = path;
        for (int n = 2; flat.containsKey(unique); n++) {
            unique = "%s (%d)".formatted(path, n);
        }
        flat.put(unique, value);
    }
}
