package dev.lethe.outbox;

import dev.lethe.servers.LocalServers;
import dev.lethe.servers.PostgresServer;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** A database of one test class, seen from outside the engine: every statement is a transaction of its own. */
public record Database(String name) {

    public static final PostgresServer SERVER = LocalServers.shared().postgres();

    public static Database fresh(String name) {
        SERVER.dropDatabase(name);
        SERVER.createDatabase(name);
        return new Database(name);
    }

    public DataSource dataSource() {
        return new DriverManagerDataSource(SERVER.jdbcUrl(name), SERVER.user(), SERVER.password());
    }

    public JdbcClient jdbc() {
        return JdbcClient.create(dataSource());
    }

    public int count(String table) {
        return number("select count(*) from " + table);
    }

    public int number(String sql) {
        return jdbc().sql(sql).query(Integer.class).single();
    }

    /** Also of what the lane has just given back. */
    public void clear() {
        Eventually.until(() -> {
            execute("delete from message");
            execute("delete from undeliverable");
            return count("message") == 0;
        });
    }

    public void execute(String sql) {
        jdbc().sql(sql).update();
    }

    /** The sessions that hold a lane, by the name under which they are known to the database. */
    public List<String> laneOwners() {
        return jdbc().sql("""
                        select application_name
                          from pg_locks join pg_stat_activity using (pid)
                         where locktype = 'advisory' and mode = 'ExclusiveLock' and granted and datname = current_database()
                        """).query(String.class).list();
    }

    public Map<String, String> settings() {
        return Map.of(
                "spring.datasource.url", SERVER.jdbcUrl(name),
                "spring.datasource.username", SERVER.user(),
                "spring.datasource.password", SERVER.password());
    }
}
