package dev.lethe.benchmarks.peers;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.zaxxer.hikari.HikariDataSource;
import java.net.URI;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Objects;

/**
 * Where a peer finds its database, the broker and the queue, by the environment of its process.
 *
 * @param best the best settings that we know, rather than those that it comes with
 */
record Place(String jdbcUrl, String user, String password, URI amqp, String queue, boolean best) {

    static Place of(Map<String, String> environment) {
        return new Place(
                value(environment, "BENCH_JDBC_URL"),
                value(environment, "BENCH_DATABASE_USER"),
                value(environment, "BENCH_DATABASE_PASSWORD"),
                URI.create(value(environment, "BENCH_AMQP_URL")),
                value(environment, "BENCH_QUEUE"),
                value(environment, "BENCH_SETTINGS").equals("best"));
    }

    private static String value(Map<String, String> environment, String name) {
        return Objects.requireNonNull(environment.get(name), () -> name + " is not set; the benchmark sets it");
    }

    HikariDataSource pool(int size) {
        var pool = new HikariDataSource();
        pool.setJdbcUrl(jdbcUrl);
        pool.setUsername(user);
        pool.setPassword(password);
        pool.setMaximumPoolSize(size);
        return pool;
    }

    Connection broker() throws Exception {
        var factory = new ConnectionFactory();
        factory.setUri(amqp);
        factory.setAutomaticRecoveryEnabled(false);
        return factory.newConnection("peer");
    }

    void execute(String... statements) throws SQLException {
        try (java.sql.Connection connection = DriverManager.getConnection(jdbcUrl, user, password);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    boolean isEmpty(String table) throws SQLException {
        try (java.sql.Connection connection = DriverManager.getConnection(jdbcUrl, user, password);
                Statement statement = connection.createStatement();
                var row = statement.executeQuery("select not exists (select from " + table + ")")) {
            row.next();
            return row.getBoolean(1);
        }
    }
}
