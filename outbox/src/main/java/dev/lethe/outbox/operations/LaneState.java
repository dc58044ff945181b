package dev.lethe.outbox.operations;

import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * A lane as every instance can see it.
 *
 * @param owned whether some instance holds its lock
 * @param event what last befell it, such as {@code owned} or {@code broker_blocked}; null if that is not known
 */
record LaneState(int shard, boolean owned, @Nullable String event) {

    private static final String OWNED_SHARDS = """
            select objid::int
              from pg_locks
             where locktype = 'advisory' and granted and objsubid = 2
               and classid = hashtext('lethe.outbox')::oid
               and database = (select oid from pg_database where datname = current_database())
            """;

    /** Only the latest of all, so that lanes that changed hands often in a bad night cost no more. */
    private static final String LATEST_EVENTS = "select shard, event, at from lane_event order by at desc limit 200";

    private record Event(int shard, String event, OffsetDateTime at) {}

    static List<LaneState> read(JdbcClient jdbc, int shards) {
        Set<Integer> owned =
                new HashSet<>(jdbc.sql(OWNED_SHARDS).query(Integer.class).list());
        Map<Integer, String> latest = new HashMap<>();
        jdbc.sql(LATEST_EVENTS)
                .query((row, n) -> new Event(
                        row.getInt("shard"), row.getString("event"), row.getObject("at", OffsetDateTime.class)))
                .list()
                .forEach(event -> latest.putIfAbsent(event.shard(), event.event()));
        var states = new ArrayList<LaneState>();
        for (int shard = 0; shard < shards; shard++) {
            states.add(new LaneState(shard, owned.contains(shard), latest.get(shard)));
        }
        return states;
    }

    /** Whether, as far as is known here, it sends. */
    boolean isWell() {
        return owned && !isWithoutBroker(event);
    }

    /** What a lane that was left and what one that was taken wrote down last may cross: the lock tells who owns it. */
    static boolean isWithoutBroker(@Nullable String event) {
        return event != null && (event.equals("broker_lost") || event.equals("broker_blocked"));
    }
}
