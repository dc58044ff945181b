package dev.lethe.outbox.operations;

import java.time.OffsetDateTime;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * How much waits, told without reading it: the cost of a look grows neither with what is pending nor with the dead rows that a
 * pinned vacuum horizon leaves behind.
 *
 * @param pending messages stored, due or not; counted while the table is small, estimated by the database when it is large
 * @param overdue messages whose time has come, {@link #AT_MOST} of each shard at most
 * @param oldestSeconds for how long the oldest of them has been due
 * @param undeliverable messages given up; counted or estimated as {@code pending}
 * @param nextFloor from where the next look has to begin
 * @param shards how many shards were looked at
 */
record Backlog(
        long pending, int overdue, double oldestSeconds, long undeliverable, OffsetDateTime nextFloor, int shards) {

    static final int AT_MOST = 10_000;

    /**
     * Beginning at a floor, as the lanes do, because below it may lie any number of dead entries. What is committed later than
     * ten seconds after its time is seen when the floor is next left away.
     */
    static final String OVERDUE = """
            select count(due_at) as overdue,
                   coalesce(extract(epoch from now() - min(due_at)), 0)::float8 as oldest_seconds,
                   coalesce(min(due_at), now()) - interval '10 seconds' as next_floor
              from generate_series(0, :shards - 1) as lane (shard)
             cross join lateral (
                   select due_at
                     from message
                    where message.shard = lane.shard and due_at >= :floor and due_at <= now()
                    order by due_at
                    limit :limit) due
            """;

    /** Null if the table is so small that it is better counted. After a crash the database begins its own count at zero. */
    private static final String ESTIMATE = """
            select case
                   when pg_relation_size(relation.oid) < 8388608 then null
                   when coalesce(last_analyze, last_autoanalyze, last_vacuum, last_autovacuum) is null
                   then greatest(relation.reltuples, 0)::bigint + n_live_tup
                   else n_live_tup
                   end
              from pg_class relation
              join pg_stat_user_tables statistics on statistics.relid = relation.oid
             where relation.oid = :table::regclass
            """;

    /** Found from the end of the index, where the dead are few. Shards can be fewer than they once were. */
    private static final String HIGHEST_SHARD = "select coalesce(max(shard), 0) from message";

    /**
     * Looks at the messages from {@code floor} on.
     *
     * @param shards how many there are now
     * @throws org.springframework.dao.DataAccessException as the connection does
     */
    static Backlog read(JdbcClient jdbc, int shards, OffsetDateTime floor) {
        long pending = rows(jdbc, "message");
        long undeliverable = rows(jdbc, "undeliverable");
        return jdbc.sql(OVERDUE)
                .param("shards", shards)
                .param("floor", floor)
                .param("limit", AT_MOST)
                .query((row, n) -> new Backlog(
                        pending,
                        row.getInt("overdue"),
                        row.getDouble("oldest_seconds"),
                        undeliverable,
                        row.getObject("next_floor", OffsetDateTime.class),
                        shards))
                .single();
    }

    /** Looks at everything, in all shards that there are messages of. */
    static Backlog readAll(JdbcClient jdbc, int shards) {
        int highest = jdbc.sql(HIGHEST_SHARD).query(Integer.class).single();
        return read(jdbc, Math.max(shards, highest + 1), OffsetDateTime.MIN);
    }

    private static long rows(JdbcClient jdbc, String table) {
        return jdbc.sql(ESTIMATE)
                .param("table", table)
                .query(Long.class)
                .optional()
                .orElseGet(() -> jdbc.sql("select count(*) from " + table)
                        .query(Long.class)
                        .single());
    }
}
