package dev.lethe.outbox;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import java.util.UUID;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;

/**
 * Opens a lane's own session. Not from the pool: the session carries the advisory lock, and closing must end it. The server is
 * told to notice within seconds when we are gone, stopped or cut off, so that another instance can take the lane.
 */
final class LaneDatabase {

    /** So long a session may be silent; the lane speaks every second, also while it waits for the broker. */
    static final Duration SILENCE = Duration.ofSeconds(4);

    private static final String SESSION =
            "-c tcp_keepalives_idle=2 -c tcp_keepalives_interval=1 -c tcp_keepalives_count=3"
                    + " -c idle_session_timeout=%1$d -c idle_in_transaction_session_timeout=%1$d"
                            .formatted(SILENCE.toMillis());

    private final JdbcConnectionDetails details;
    private final String name;

    LaneDatabase(JdbcConnectionDetails details, String service) {
        this.details = details;
        this.name = service + ": outbox";
    }

    LaneSession open(int shard) throws SQLException {
        var properties = new Properties();
        putIfPresent(properties, "user", details.getUsername());
        putIfPresent(properties, "password", details.getPassword());
        properties.setProperty("ApplicationName", name);
        properties.setProperty("options", SESSION);
        properties.setProperty("connectTimeout", "5");
        // A claim takes milliseconds; what takes longer waits for a database that is stopped or cut off
        properties.setProperty("socketTimeout", "8");
        properties.setProperty("tcpKeepAlive", "true");
        String socket = UUID.randomUUID().toString();
        properties.setProperty("socketFactory", LaneSockets.class.getName());
        properties.setProperty("socketFactoryArg", socket);
        try {
            Connection connection = DriverManager.getConnection(details.getJdbcUrl(), properties);
            connection.setAutoCommit(false);
            return new LaneSession(connection, LaneSockets.take(socket), shard);
        } finally {
            LaneSockets.forget(socket);
        }
    }

    private static void putIfPresent(
            Properties properties, String key, @org.jspecify.annotations.Nullable String value) {
        if (value != null) {
            properties.setProperty(key, value);
        }
    }
}
