package dev.lethe.requests.access.storage;

import java.io.IOException;
import java.io.OutputStream;

/** What writes a report's bytes, from first to last. */
@FunctionalInterface
public interface Content {

    /** @param out closing it is allowed and does nothing; the report is whole when this method returns */
    void writeTo(OutputStream out) throws IOException;
}
