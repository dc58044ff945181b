package dev.lethe.requests.access.source;

import java.io.InputStream;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Takes what a source holds, one by one, so that a source of any size fits into memory. */
public interface Records {

    /** @param record field names to values, in the order of the source; values are what JSON knows */
    void record(Map<String, @Nullable Object> record);

    /**
     * A file, such as an invoice. The report gives it a name of its own and shows {@code title} to the person.
     *
     * @param mediaType such as {@code application/pdf}; one that the report does not know is kept as bytes
     * @param content read to its end at once, and left open
     */
    void document(String title, String mediaType, InputStream content);
}
