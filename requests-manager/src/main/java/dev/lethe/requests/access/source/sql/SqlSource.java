package dev.lethe.requests.access.source.sql;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.lethe.files.YamlSection.Value;
import dev.lethe.messages.Subject;
import dev.lethe.requests.access.source.About;
import dev.lethe.requests.access.source.Records;
import dev.lethe.requests.access.source.Source;
import dev.lethe.requests.access.source.SourceFailure;
import dev.lethe.requests.access.source.SourceSection;
import dev.lethe.requests.access.source.SubjectField;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Any JDBC database, by a statement in which {@code :subject.id} and the like stand for the person. Read only, streamed. */
public final class SqlSource implements Source, AutoCloseable {

    private static final Pattern PARAMETER = Pattern.compile("(?<!:):(" + SubjectField.NAME + ")");
    /** In a statement; two colons are a cast. */
    private static final Pattern REFERENCE = Pattern.compile("(?<!:):(subject[.\\w-]*)");

    private static final int FETCH_SIZE = 500;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int CONNECTIONS = 4;

    private final About about;
    private final String statement;
    private final List<String> parameters;
    private final Duration patience;
    private final HikariDataSource database;

    private static final List<String> KEYS = List.of("jdbc_url", "user", "password_env", "password_file", "sql");

    /** A source as the file has it; empty if something is wrong with it, which is noted. */
    public static Optional<Source> read(SourceSection section) {
        section.allowOnly(KEYS);
        About about = section.about();
        var jdbcUrl = section.yaml().required("jdbc_url", "\"jdbc:postgresql://host/database\"");
        var sql = section.yaml().required("sql", "\"select email from users where id = :subject.id\"");
        String password = section.secret("password").orElse(null);
        sql.ifPresent(statement -> section.subjectFields(statement, REFERENCE, ":%s"));
        jdbcUrl.filter(url -> !hasDriver(url.text()))
                .ifPresent(url -> section.problem(
                        url, "expected a JDBC URL that a driver here takes, such as jdbc:postgresql://host/database"));
        if (section.hasProblems()) {
            return Optional.empty();
        }
        return Optional.of(new SqlSource(
                about,
                jdbcUrl.orElseThrow().text(),
                section.yaml().value("user").map(Value::text).orElse(null),
                password,
                sql.orElseThrow().text(),
                PATIENCE));
    }

    private static boolean hasDriver(String jdbcUrl) {
        try {
            DriverManager.getDriver(jdbcUrl);
            return true;
        } catch (SQLException none) {
            return false;
        }
    }

    /** @param patience how long a connection may take, and after it the statement */
    SqlSource(
            About about,
            String jdbcUrl,
            @Nullable String user,
            @Nullable String password,
            String sql,
            Duration patience) {
        this.about = about;
        this.patience = patience;
        this.parameters = new ArrayList<>();
        Matcher matcher = PARAMETER.matcher(sql);
        this.statement = matcher.replaceAll(found -> {
            parameters.add(found.group(1));
            return "?";
        });
        var config = new HikariConfig();
        config.setPoolName("source " + about.name());
        config.setJdbcUrl(jdbcUrl);
        config.setUsername(user);
        config.setPassword(password);
        config.setReadOnly(true);
        config.setAutoCommit(false);
        config.setMaximumPoolSize(CONNECTIONS);
        config.setMinimumIdle(0);
        config.setConnectionTimeout(patience.toMillis());
        // A source that is down must not keep the service from starting
        config.setInitializationFailTimeout(-1);
        this.database = new HikariDataSource(config);
    }

    @Override
    public About about() {
        return about;
    }

    @Override
    public Set<String> asksBy() {
        return Set.copyOf(parameters);
    }

    @Override
    public void read(Subject subject, Records records) throws SourceFailure {
        try (Connection connection = database.getConnection();
                PreparedStatement query = connection.prepareStatement(statement)) {
            // A server that is frozen heeds no other time-out; the statement's own comes first
            connection.setNetworkTimeout(
                    Runnable::run, (int) patience.multipliedBy(2).toMillis());
            query.setFetchSize(FETCH_SIZE);
            query.setQueryTimeout((int) patience.toSeconds());
            for (int i = 0; i < parameters.size(); i++) {
                query.setString(
                        i + 1, SubjectField.of(subject, parameters.get(i)).orElse(null));
            }
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    records.record(record(rows));
                }
            }
            connection.rollback();
        } catch (SQLException e) {
            throw new SourceFailure(about.name(), "the database did not answer, SQL state " + e.getSQLState(), e);
        }
    }

    private static LinkedHashMap<String, @Nullable Object> record(ResultSet row) throws SQLException {
        ResultSetMetaData columns = row.getMetaData();
        var record = new LinkedHashMap<String, @Nullable Object>();
        for (int i = 1; i <= columns.getColumnCount(); i++) {
            String label = columns.getColumnLabel(i);
            // A join may give two columns one name
            String unique = record.containsKey(label) ? "%s (%d)".formatted(label, i) : label;
            record.put(unique, jsonValue(row.getObject(i), columns.getColumnTypeName(i)));
        }
        return record;
    }

    /** What JSON knows stays what it is; everything else becomes its text. */
    private static @Nullable Object jsonValue(@Nullable Object value, String type) {
        return switch (value) {
            case null -> null;
            case Number number -> number;
            case Boolean truth -> truth;
            case Timestamp instant
            when type.equals("timestamptz") -> instant.toInstant().toString();
            // Without a zone in the database: none is made up
            case Timestamp local -> local.toLocalDateTime().toString();
            case byte[] bytes -> Base64.getEncoder().encodeToString(bytes);
            default -> value.toString();
        };
    }

    @Override
    public void close() {
        database.close();
    }
}
