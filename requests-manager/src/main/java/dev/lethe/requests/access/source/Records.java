package dev.lethe.requests.access.source;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Takes records one by one, so that a source of any size fits into memory. */
@FunctionalInterface
public interface Records {

    /** @param record field names to values, in the order of the source; values are what JSON knows */
    void accept(Map<String, @Nullable Object> record);
}
