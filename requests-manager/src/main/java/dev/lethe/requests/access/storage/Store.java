package dev.lethe.requests.access.storage;

import java.io.IOException;
import java.util.UUID;

/** A place for bytes that are encrypted already. A location is {@code SCHEME:…} and means something only to the store that gave it. */
interface Store {

    /** While a report is built, its request is in this state, under the epoch of whoever builds it. */
    String IN_PROGRESS = "in_progress";

    String scheme();

    /** How much to read at once when everything is read: what one call should be worth. */
    int blockSize();

    Upload begin(UUID requestId, int epoch) throws IOException;

    /** The bytes from there on, so many of them; fewer if there are no more. */
    byte[] read(String location, long from, int length) throws IOException;

    /** Deletes all of it, in steps of a bounded size; does nothing if it is not there. */
    void delete(String location) throws IOException;

    /**
     * Deletes what neither a live claim nor a report knows of, at any time and from any instance: an epoch that is over does not
     * come again.
     *
     * @return how many reports or parts of some
     */
    int deleteLeftovers() throws IOException;
}
