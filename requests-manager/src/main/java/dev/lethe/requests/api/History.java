package dev.lethe.requests.api;

import dev.lethe.requests.request.jdbc.RequestList;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How a request came to where it is, the oldest first.
 *
 * @param next absent on the last page
 */
record History(UUID requestId, List<Event> events, @Nullable String next) {

    /** @param who a worker, {@code operator NAME}, {@code frontend NAME}, another service, or {@code clock} */
    record Event(Instant at, String state, @Nullable String waitingFor, String cause, String who) {}

    /** @param found one more than the limit, if there are as many */
    static History of(UUID id, List<RequestList.Event> found, int limit) {
        List<RequestList.Event> page = found.subList(0, Math.min(limit, found.size()));
        return new History(
                id,
                page.stream()
                        .map(event ->
                                new Event(event.at(), event.state(), event.waitingFor(), event.cause(), event.who()))
                        .toList(),
                found.size() > limit ? String.valueOf(page.getLast().position()) : null);
    }
}
