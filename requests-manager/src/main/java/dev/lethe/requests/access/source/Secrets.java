package dev.lethe.requests.access.source;

import org.jspecify.annotations.Nullable;

/** Where secrets lie that a file only names: the environment, and files of their own. */
public interface Secrets {

    /** Null if there is no such variable, or an empty one. */
    @Nullable
    String ofEnvironment(String variable);

    /** The text of a file without white space around it; null if it cannot be read or is empty. */
    @Nullable
    String ofFile(String path);
}
