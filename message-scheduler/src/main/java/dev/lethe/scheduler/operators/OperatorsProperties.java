package dev.lethe.scheduler.operators;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Who may look into the scheduler over HTTP.
 *
 * @param password of the user {@code operator}; without one nobody may
 */
@ConfigurationProperties("lethe.operators")
record OperatorsProperties(@Nullable String password) {

    static final String USER = "operator";

    private static final int SHORTEST = 12;
    /** More than bcrypt looks at. */
    private static final int LONGEST_BYTES = 72;

    OperatorsProperties {
        if (password != null
                && !password.isEmpty()
                && (password.length() < SHORTEST || password.getBytes(UTF_8).length > LONGEST_BYTES)) {
            throw new IllegalArgumentException(
                    "lethe.operators.password has %d characters; write %d to %d, as 'openssl rand -hex 24' makes them"
                            .formatted(password.length(), SHORTEST, LONGEST_BYTES));
        }
    }

    boolean isOpen() {
        return password != null && !password.isEmpty();
    }

    @Override
    public String toString() {
        return "OperatorsProperties[%s]".formatted(isOpen() ? "with a password" : "closed");
    }
}
