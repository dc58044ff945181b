package dev.lethe.outbox.operations;

import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** Opens sessions for what runs beside the lanes: it waits for no connection of the pool, and takes none away. */
final class SideDatabase {

    private final JdbcConnectionDetails details;
    private final String service;

    SideDatabase(JdbcConnectionDetails details, String service) {
        this.details = details;
        this.service = service;
    }

    /** A session that commits each statement, and gives up one that takes longer than so many seconds. */
    SingleConnectionDataSource open(String purpose, int statementSeconds) throws SQLException {
        var properties = new Properties();
        putIfPresent(properties, "user", details.getUsername());
        putIfPresent(properties, "password", details.getPassword());
        properties.setProperty("ApplicationName", service + ": " + purpose);
        properties.setProperty("options", "-c statement_timeout=%ds -c lock_timeout=1s".formatted(statementSeconds));
        properties.setProperty("connectTimeout", "5");
        properties.setProperty("loginTimeout", "5");
        // A server that stands still says nothing of the statement's time
        properties.setProperty("socketTimeout", String.valueOf(statementSeconds + 2));
        properties.setProperty("tcpKeepAlive", "true");
        return new SingleConnectionDataSource(DriverManager.getConnection(details.getJdbcUrl(), properties), true);
    }

    private static void putIfPresent(Properties properties, String key, @Nullable String value) {
        if (value != null) {
            properties.setProperty(key, value);
        }
    }
}
