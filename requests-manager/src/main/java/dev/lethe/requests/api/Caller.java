package dev.lethe.requests.api;

import java.security.Principal;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;

/** Who asks, as the history is to say it. */
final class Caller {

    private static final int LONGEST_NAME = 100;

    private Caller() {}

    /** Operators by what they may do, everybody else as the frontend that they are; null where all doors are open. */
    static String who(@Nullable Principal principal) {
        if (!(principal instanceof Authentication caller)) {
            return "anybody";
        }
        boolean operates = caller.getAuthorities().stream()
                .anyMatch(granted -> Right.OPERATE.authority().equals(granted.getAuthority()));
        return (operates ? "operator " : "frontend ") + printable(caller.getName());
    }

    /** A token's subject is what its server says, and PostgreSQL has no NUL. */
    private static String printable(String name) {
        String clean = name.replaceAll("[\\p{Cntrl}\\p{Cs}]", "?");
        int characters = clean.codePointCount(0, clean.length());
        return clean.substring(0, clean.offsetByCodePoints(0, Math.min(LONGEST_NAME, characters)));
    }
}
