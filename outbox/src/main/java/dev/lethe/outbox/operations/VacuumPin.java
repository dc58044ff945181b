package dev.lethe.outbox.operations;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Who keeps the database from removing dead rows: of all that hold its horizon back, the one that holds it furthest.
 *
 * <p>Everybody may see a session's name, user and horizon. Since when it stands, the database tells only about sessions of
 * one's own user, unless one has {@code pg_read_all_stats}; without it, the time counts from when we saw it first.
 *
 * @param kind {@code session}, {@code standby}, {@code prepared_transaction} or {@code replication_slot}
 * @param name what it calls itself, or else its user
 * @param pid of the server process; null if it has none
 * @param horizon the transaction ids that it holds: the same ones later mean that it has not let go in between
 * @param seconds for how long; null if the database does not tell us
 */
record VacuumPin(
        String kind,
        String name,
        @Nullable String user,
        @Nullable Integer pid,
        String horizon,
        @Nullable Double seconds) {

    private static final String UNKNOWN = "unknown session of another user";

    /**
     * A snapshot holds what was running when it was taken. So everybody who reads while one transaction stays open holds the
     * same horizon as that one does, and whose id it is comes first. Between two statements, or with an id, a transaction
     * holds on since its beginning, otherwise since its statement. Vacuums hold nothing, though they look as if.
     */
    private static final String FURTHEST = """
            with holder (kind, name, "user", pid, own, horizon, age, since) as (
                select case when backend_type = 'walsender' then 'standby' else 'session' end,
                       application_name, usename, pid,
                       backend_xid is not null and age(backend_xid) >= coalesce(age(backend_xmin), 0),
                       concat_ws('/', backend_xid, backend_xmin),
                       greatest(age(backend_xid), age(backend_xmin)),
                       case when state = 'active' and backend_xid is null then query_start else xact_start end
                  from pg_stat_activity
                 where (datname = current_database() or datname is null and backend_type is distinct from 'autovacuum launcher')
                   and (backend_xid is not null or backend_xmin is not null)
                   and pid <> pg_backend_pid()
                   and backend_type is distinct from 'autovacuum worker'
                   and pid not in (select pid from pg_stat_progress_vacuum)
                union all
                select 'prepared_transaction', gid, owner, null, true, transaction::text, age(transaction), prepared
                  from pg_prepared_xacts
                 where database = current_database()
                union all
                select 'replication_slot', slot_name, null, active_pid, false, xmin::text, age(xmin), null
                  from pg_replication_slots
                 where xmin is not null
            )
            select kind, coalesce(nullif(name, ''), "user") as name, "user", pid, horizon,
                   extract(epoch from clock_timestamp() - since)::float8 as seconds
              from holder
             order by age desc, own desc, since nulls last
             limit 1
            """;

    static Optional<VacuumPin> furthest(JdbcClient jdbc) {
        List<VacuumPin> found = jdbc.sql(FURTHEST)
                .query((row, n) -> {
                    String name = row.getString("name");
                    return new VacuumPin(
                            row.getString("kind"),
                            name == null ? UNKNOWN : name,
                            row.getString("user"),
                            row.getObject("pid", Integer.class),
                            row.getString("horizon"),
                            row.getObject("seconds", Double.class));
                })
                .list();
        return found.stream().findFirst();
    }

    boolean isStill(VacuumPin earlier) {
        return kind.equals(earlier.kind)
                && name.equals(earlier.name)
                && Objects.equals(pid, earlier.pid)
                && horizon.equals(earlier.horizon);
    }
}
