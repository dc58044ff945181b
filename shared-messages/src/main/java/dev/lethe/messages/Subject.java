package dev.lethe.messages;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The person a request is about. Prints as {@code Subject[...]}: its fields never reach a log.
 *
 * @param id how the landscape knows the person; opaque to Lethe, at most 256 characters
 * @param email where the person is known to be reached
 * @param identities further names, such as a customer number, by kind; at most 50
 */
public record Subject(String id, @Nullable String email, Map<String, String> identities) {

    private static final int MAX_IDENTITIES = 50;

    public Subject {
        Require.text(id, "subject.id", 256);
        Require.optionalText(email, "subject.email", 320);
        identities = identities == null ? Map.of() : Map.copyOf(checked(identities));
    }

    public Subject(String id, @Nullable String email) {
        this(id, email, Map.of());
    }

    private static Map<String, String> checked(Map<String, String> identities) {
        Require.that(identities.size() <= MAX_IDENTITIES, "subject.identities", "must not be more than 50");
        var checked = new TreeMap<String, String>();
        identities.forEach((kind, value) -> checked.put(
                Require.token(kind, "subject.identities: each name"),
                Require.text(value, "subject.identities: each value", 256)));
        return checked;
    }

    @Override
    public String toString() {
        return "Subject[...]";
    }
}
