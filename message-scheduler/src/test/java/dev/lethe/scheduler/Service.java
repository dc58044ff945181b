package dev.lethe.scheduler;

import dev.lethe.servers.LocalServers;
import dev.lethe.servers.PostgresServer;
import dev.lethe.servers.RabbitServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** The real service on real servers, one for all tests: they all read the same queue anyway. */
final class Service {

    private static final String USER = "message-scheduler";
    private static final String DATABASE = "message_scheduler_it";
    static final String OPERATORS_PASSWORD = "only-for-this-test";

    private static final PostgresServer POSTGRES = LocalServers.shared().postgres();
    private static final RabbitServer RABBIT = LocalServers.shared().rabbit();

    private static @Nullable ConfigurableApplicationContext context;

    private Service() {}

    static void start() {
        if (context != null) {
            return;
        }
        POSTGRES.createDatabase(DATABASE);
        Map<String, Object> settings = new HashMap<>(Map.of(
                "spring.datasource.url", POSTGRES.jdbcUrl(DATABASE),
                "spring.datasource.username", POSTGRES.user(),
                "spring.datasource.password", POSTGRES.password(),
                "spring.rabbitmq.host", "127.0.0.1",
                "spring.rabbitmq.port", RABBIT.port(),
                "spring.rabbitmq.username", USER,
                "spring.rabbitmq.password", RABBIT.password(USER),
                "logging.level.dev.lethe", "off",
                "server.port", 0));
        settings.put("lethe.operators.password", OPERATORS_PASSWORD);
        settings.put("lethe.outbox.watch.every", "100ms");
        settings.put("lethe.outbox.watch.behind-after", "1s");
        context = new SpringApplicationBuilder(MessageScheduler.class)
                .run(settings.entrySet().stream()
                        .map(setting -> "--" + setting.getKey() + "=" + setting.getValue())
                        .toArray(String[]::new));
    }

    /** Where it answers HTTP, on this machine. */
    static int port() {
        return Objects.requireNonNull(context).getEnvironment().getRequiredProperty("local.server.port", Integer.class);
    }

    static void stop() {
        if (context != null) {
            context.close();
            context = null;
        }
    }

    static Connection connection() throws SQLException {
        return DriverManager.getConnection(POSTGRES.jdbcUrl(DATABASE), POSTGRES.user(), POSTGRES.password());
    }

    /** How many messages and answers wait to be sent, for the first time or once more. */
    static int pending() throws SQLException {
        try (Connection connection = connection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select count(*) from message")) {
            row.next();
            return row.getInt(1);
        }
    }

    static void update(String sql) throws SQLException {
        try (Connection connection = connection();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        }
    }
}
