package dev.lethe.requests.access.source.sql;

import dev.lethe.files.YamlSection.Value;
import dev.lethe.requests.access.source.SourceSection;
import dev.lethe.requests.access.source.SubjectField;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

/**
 * What {@code sources.yaml} says of a database.
 *
 * @param timeout how long a connection may take, then the statement until its first rows, then every further portion
 * @param wholeTimeout how long all of it may take
 * @param fetchSize the most rows that come in one portion
 * @param rowLimit the most bytes of one row, and about the most that a portion takes
 */
record SqlSettings(
        String jdbcUrl,
        @Nullable String user,
        @Nullable String password,
        String sql,
        Duration timeout,
        Duration wholeTimeout,
        int fetchSize,
        DataSize rowLimit) {

    private static final List<String> KEYS = List.of(
            "jdbc_url",
            "user",
            "password_env",
            "password_file",
            "sql",
            "timeout",
            "whole_timeout",
            "fetch_size",
            "row_limit");

    /** In a statement; two colons are a cast. */
    private static final Pattern REFERENCE = Pattern.compile("(?<!:):(subject[.\\w-]*)");

    static final Pattern PARAMETER = Pattern.compile("(?<!:):(" + SubjectField.NAME + ")");

    /** Settings of PostgreSQL's driver that would take away what a source promises, and what that is. */
    private static final Map<Pattern, String> HARMFUL = Map.of(
            Pattern.compile("[?&]readOnly(Mode)?="), "its statement could change data",
            Pattern.compile("[?&]preferQueryMode="), "its driver could take all rows into memory",
            Pattern.compile("[?&](autosave|cleanupSavepoints)="), "its driver could not stream",
            Pattern.compile("[?&](maxResultBuffer|adaptiveFetch\\w*)="), "row_limit and fetch_size would mean nothing");

    static final Duration USUAL_TIMEOUT = Duration.ofSeconds(30);
    static final Duration USUAL_WHOLE_TIMEOUT = Duration.ofMinutes(30);
    static final int USUAL_FETCH_SIZE = 1_000;
    static final DataSize USUAL_ROW_LIMIT = DataSize.ofMegabytes(16);

    private static final int LARGEST_FETCH_SIZE = 100_000;

    /** Empty if something is wrong with it, which is noted. */
    static Optional<SqlSettings> read(SourceSection section) {
        section.allowOnly(KEYS);
        var jdbcUrl = section.yaml().required("jdbc_url", "\"jdbc:postgresql://host/database\"");
        var sql = section.yaml().required("sql", "\"select email from users where id = :subject.id\"");
        var password = section.secret("password");
        Duration timeout = section.duration("timeout", USUAL_TIMEOUT, Duration.ofSeconds(1), Duration.ofHours(1));
        Duration wholeTimeout =
                section.duration("whole_timeout", USUAL_WHOLE_TIMEOUT, Duration.ofSeconds(1), Duration.ofDays(1));
        int fetchSize = section.number("fetch_size", USUAL_FETCH_SIZE, 1, LARGEST_FETCH_SIZE);
        DataSize rowLimit =
                section.size("row_limit", USUAL_ROW_LIMIT, DataSize.ofKilobytes(64), DataSize.ofMegabytes(1024));
        sql.ifPresent(statement -> section.subjectFields(statement, REFERENCE, ":%s"));
        jdbcUrl.ifPresent(url -> checkUrl(section, url));
        if (section.hasProblems() || jdbcUrl.isEmpty() || sql.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new SqlSettings(
                jdbcUrl.get().text(),
                section.yaml().value("user").map(Value::text).orElse(null),
                password.orElse(null),
                sql.get().text(),
                timeout,
                wholeTimeout,
                fetchSize,
                rowLimit));
    }

    /** Without the password, and without the URL, which may have one. */
    @Override
    public String toString() {
        return "SqlSettings[%s]".formatted(sql);
    }

    private static void checkUrl(SourceSection section, Value url) {
        try {
            DriverManager.getDriver(url.text());
        } catch (SQLException none) {
            section.problem(
                    url, "expected a JDBC URL that a driver here takes, such as jdbc:postgresql://host/database");
        }
        HARMFUL.forEach((setting, why) -> {
            var found = setting.matcher(url.text());
            if (found.find()) {
                String name = found.group().substring(1, found.group().length() - 1);
                section.problem(url, "must not set %s: %s; remove it".formatted(name, why));
            }
        });
    }
}
