package dev.lethe.requests.access.source;

import dev.lethe.messages.Subject;
import java.util.Optional;
import java.util.regex.Pattern;

/** The names by which configuration speaks of a subject: {@code subject.id}, {@code subject.email}, {@code subject.identities.NAME}. */
public final class SubjectField {

    /** The longest first: "id" begins "identities" too. */
    public static final Pattern NAME = Pattern.compile("subject\\.(identities\\.[a-z][a-z0-9_-]*|id|email)");

    private static final String IDENTITIES = "subject.identities.";

    private SubjectField() {}

    /** Empty if this subject has no such thing. */
    public static Optional<String> of(Subject subject, String name) {
        return switch (name) {
            case "subject.id" -> Optional.of(subject.id());
            case "subject.email" -> Optional.ofNullable(subject.email());
            default -> Optional.ofNullable(subject.identities().get(name.substring(IDENTITIES.length())));
        };
    }
}
