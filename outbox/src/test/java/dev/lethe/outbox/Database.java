package dev.lethe.outbox;

import dev.lethe.servers.LocalServers;
import dev.lethe.servers.PostgresServer;
import java.util.Map;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A database of one test class, seen from outside the engine: every statement is a transaction of its own. */
record Database(String name) {

    static final PostgresServer SERVER = LocalServers.shared().postgres();

    static Database fresh(String name) {
        SERVER.dropDatabase(name);
        SERVER.createDatabase(name);
        return new Database(name);
    }

    PGSimpleDataSource dataSource() {
        var dataSource = new PGSimpleDataSource();
        dataSource.setUrl(SERVER.jdbcUrl(name));
        dataSource.setUser(SERVER.user());
        dataSource.setPassword(SERVER.password());
        return dataSource;
    }

    JdbcClient jdbc() {
        return JdbcClient.create(dataSource());
    }

    int count(String table) {
        return number("select count(*) from " + table);
    }

    int number(String sql) {
        return jdbc().sql(sql).query(Integer.class).single();
    }

    void execute(String sql) {
        jdbc().sql(sql).update();
    }

    Map<String, String> settings() {
        return Map.of(
                "spring.datasource.url", SERVER.jdbcUrl(name),
                "spring.datasource.username", SERVER.user(),
                "spring.datasource.password", SERVER.password());
    }
}
