package dev.lethe.outbox;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;

/**
 * Opens a lane's own session. Not from the pool: the session carries the advisory lock, and closing must end it. The server is
 * told to notice within seconds when we are gone, so that another instance can take the lane.
 */
final class LaneDatabase {

    private static final String SESSION =
            "-c tcp_keepalives_idle=2 -c tcp_keepalives_interval=1 -c tcp_keepalives_count=3"
                    + " -c idle_in_transaction_session_timeout=60s";

    private final JdbcConnectionDetails details;
    private final String name;

    LaneDatabase(JdbcConnectionDetails details, String service) {
        this.details = details;
        this.name = service + ": outbox";
    }

    Connection open() throws SQLException {
        var properties = new Properties();
        putIfPresent(properties, "user", details.getUsername());
        putIfPresent(properties, "password", details.getPassword());
        properties.setProperty("ApplicationName", name);
        properties.setProperty("options", SESSION);
        properties.setProperty("connectTimeout", "10");
        properties.setProperty("socketTimeout", "30");
        properties.setProperty("tcpKeepAlive", "true");
        Connection connection = DriverManager.getConnection(details.getJdbcUrl(), properties);
        connection.setAutoCommit(false);
        return connection;
    }

    private static void putIfPresent(
            Properties properties, String key, @org.jspecify.annotations.Nullable String value) {
        if (value != null) {
            properties.setProperty(key, value);
        }
    }
}
