package dev.lethe.demo.compose;

import dev.lethe.servers.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Runs {@code deploy/postgres/services.sql} as psql does when the container makes its data. */
final class ServicesSql {

    private static final Pattern GETENV = Pattern.compile("\\\\getenv (\\w+) (\\w+)");
    private static final Pattern LITERAL = Pattern.compile(":'(\\w+)'");

    private ServicesSql() {}

    /** @param environment that of the container */
    static void run(PostgresServer server, Map<String, String> environment) throws IOException, SQLException {
        var variables = new HashMap<String, String>();
        var sql = new StringBuilder();
        for (String line : Files.readAllLines(Project.ROOT.resolve("deploy/postgres/services.sql"))) {
            Matcher getenv = GETENV.matcher(line);
            if (getenv.matches()) {
                variables.put(getenv.group(1), required(environment, getenv.group(2)));
            } else if (line.startsWith("\\")) {
                throw new IllegalStateException("only \\getenv is understood here: " + line);
            } else if (!line.startsWith("--")) {
                sql.append(LITERAL.matcher(line)
                                .replaceAll(literal -> Matcher.quoteReplacement("'"
                                        + required(variables, literal.group(1)).replace("'", "''") + "'")))
                        .append('\n');
            }
        }
        try (Connection connection =
                        DriverManager.getConnection(server.jdbcUrl("postgres"), server.user(), server.password());
                Statement statement = connection.createStatement()) {
            for (String each : sql.toString().split(";")) {
                if (!each.isBlank()) {
                    statement.execute(each);
                }
            }
        }
    }

    private static String required(Map<String, String> values, String name) {
        String value = values.get(name);
        if (value == null) {
            throw new IllegalStateException("services.sql asks for " + name + ", which nothing sets");
        }
        return value;
    }
}
