package dev.lethe.requests.access.source;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a source gave, kept. */
public final class Collected implements Records {

    private final List<Map<String, @Nullable Object>> records = new ArrayList<>();

    @Override
    public void record(Map<String, @Nullable Object> record) {
        records.add(record);
    }

    @Override
    public void document(String title, String mediaType, InputStream content) {
        throw new AssertionError("no document was expected");
    }

    public List<Map<String, @Nullable Object>> records() {
        return records;
    }
}
