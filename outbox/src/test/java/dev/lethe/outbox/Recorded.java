package dev.lethe.outbox;

import dev.lethe.outbox.Schedule.Cancelled;
import dev.lethe.outbox.Schedule.Put;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What became of a {@link History}.
 *
 * @param clients what each client was answered, in its order
 * @param arrivals what came out of the queue, in its order
 * @param due when each message was due, as the database had it
 * @param left the names of the messages that were still stored when all that was due had gone
 * @param deaths when a lane lost its session or its process, on the scale of {@link System#nanoTime()}
 */
record Recorded(
        List<List<Answered>> clients,
        List<Arrival> arrivals,
        Map<String, Instant> due,
        Set<String> left,
        List<Long> deaths) {

    /** A step of a client and when its answer was known. */
    sealed interface Answered {

        long at();

        record Stored(List<History.Message> messages, List<String> ids, List<Put> puts, boolean rolledBack, long at)
                implements Answered {}

        record Asked(String key, Cancelled cancelled, long at) implements Answered {}

        record Forgot(String subject, int count, long at) implements Answered {}
    }

    record Arrival(String name, String id, Instant when, long at) {}
}
