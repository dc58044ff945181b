package dev.lethe.requests.access.report;

import dev.lethe.messages.InvalidMessage;
import dev.lethe.messages.Subject;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a source's records say of who else the person is. Values are kept here and in the subject, and are named nowhere. */
final class FoundIdentities {

    /** Of a subject, by the contract. */
    private static final int MOST = 50;

    private final Map<String, String> fields;
    private final Map<String, String> values = new LinkedHashMap<>();
    private long unused;

    /** @param fields name of the identity to the field of the record */
    FoundIdentities(Map<String, String> fields) {
        this.fields = new TreeMap<>(fields);
    }

    /** Of several values of one identity the first counts. */
    void lookInto(Map<String, ? extends @Nullable Object> record) {
        fields.forEach((name, field) -> {
            Object value = record.get(field);
            if (value == null) {
                return;
            }
            String text = textOf(value);
            if (text == null || !isValid(name, text)) {
                unused++;
            } else {
                String earlier = values.putIfAbsent(name, text);
                if (earlier != null && !earlier.equals(text)) {
                    unused++;
                }
            }
        });
    }

    /** Null for what names nobody. */
    private static @Nullable String textOf(Object value) {
        return value instanceof String
                        || value instanceof Long
                        || value instanceof Integer
                        || value instanceof BigInteger
                ? value.toString()
                : null;
    }

    private static boolean isValid(String name, String value) {
        try {
            return new Subject("-", null, Map.of(name, value)).identities().size() == 1;
        } catch (InvalidMessage e) {
            return false;
        }
    }

    /** The subject with what was found; what it had stays. */
    Subject addTo(Subject subject) {
        var all = new LinkedHashMap<>(subject.identities());
        values.forEach((name, value) -> {
            String earlier = all.get(name);
            if (earlier == null && all.size() < MOST) {
                all.put(name, value);
            } else if (!value.equals(earlier)) {
                unused++;
            }
        });
        return new Subject(subject.id(), subject.email(), all);
    }

    /** How many the other sources were not asked by. */
    long unused() {
        return unused;
    }
}
