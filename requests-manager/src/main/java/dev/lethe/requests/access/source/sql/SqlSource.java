package dev.lethe.requests.access.source.sql;

import com.zaxxer.hikari.HikariDataSource;
import dev.lethe.messages.Subject;
import dev.lethe.requests.access.source.About;
import dev.lethe.requests.access.source.Records;
import dev.lethe.requests.access.source.Source;
import dev.lethe.requests.access.source.SourceFailure;
import dev.lethe.requests.access.source.SourceSection;
import dev.lethe.requests.access.source.SubjectField;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Any JDBC database, by a statement in which {@code :subject.id} and the like stand for the person. Read only, and streamed: what is
 * in memory is one portion of rows, however many there are.
 */
public final class SqlSource implements Source, AutoCloseable {

    /** So few that their size does not matter; by what they weigh the portions after them are measured. */
    private static final int FIRST_ROWS = 20;

    private static final int ROWS_BETWEEN_LOOKS = 16;
    /** By how much portions become smaller when one was too large after all. */
    private static final int LESS = 8;

    /** A setting of PostgreSQL's driver, which its complaint names. */
    private static final String TOO_LARGE = "maxResultBuffer";

    private final About about;
    private final SqlSettings settings;
    private final String statement;
    private final List<String> parameters = new ArrayList<>();
    /** The most rows of one portion, as far as experience goes. */
    private final AtomicInteger mostRows;

    /** Grows when the rows of others were small: most persons have few, which then come at once. */
    private final AtomicInteger firstRows = new AtomicInteger(FIRST_ROWS);

    private final HikariDataSource database;

    /** A source as the file has it; empty if something is wrong with it, which is noted. */
    public static Optional<Source> read(SourceSection section) {
        About about = section.about();
        return SqlSettings.read(section).map(settings -> new SqlSource(about, settings));
    }

    SqlSource(About about, SqlSettings settings) {
        this.about = about;
        this.settings = settings;
        this.mostRows = new AtomicInteger(settings.fetchSize());
        this.statement = SqlSettings.PARAMETER.matcher(settings.sql()).replaceAll(found -> {
            parameters.add(found.group(1));
            return "?";
        });
        // Made as it is, its pool begins with the first connection: a source that is down keeps no service from
        // starting
        this.database = new HikariDataSource();
        database.setPoolName("source " + about.name());
        database.setJdbcUrl(settings.jdbcUrl());
        database.setUsername(settings.user());
        database.setPassword(settings.password());
        database.setReadOnly(true);
        // In a transaction of its own PostgreSQL refuses every change, and its driver brings rows in portions
        database.setAutoCommit(false);
        database.setMaximumPoolSize(about.parallel());
        database.setMinimumIdle(0);
        database.setConnectionTimeout(settings.timeout().toMillis());
        database.setInitializationFailTimeout(-1);
        if (settings.jdbcUrl().startsWith("jdbc:postgresql:")) {
            // A portion that does not fit into memory is a failure, and not the end of this service
            database.addDataSourceProperty(
                    TOO_LARGE, Long.toString(settings.rowLimit().toBytes()));
        } else if (settings.jdbcUrl().startsWith("jdbc:mysql:")) {
            // Without it MySQL's own driver brings all rows at once, whatever the fetch size is
            database.addDataSourceProperty("useCursorFetch", "true");
        }
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
    public void read(Subject subject, Records records) throws SourceFailure, InterruptedException {
        long deadline = System.nanoTime() + settings.wholeTimeout().toNanos();
        try (Connection connection = database.getConnection()) {
            // A server that is frozen heeds no other time-out; the statement's own comes first
            connection.setNetworkTimeout(Runnable::run, (int) Math.min(
                    Integer.MAX_VALUE, settings.timeout().multipliedBy(2).toMillis()));
            try (PreparedStatement query =
                    connection.prepareStatement(statement, ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_READ_ONLY)) {
                query.setFetchSize(Math.min(firstRows.get(), mostRows.get()));
                query.setQueryTimeout((int) settings.timeout().toSeconds());
                for (int i = 0; i < parameters.size(); i++) {
                    query.setString(
                            i + 1, SubjectField.of(subject, parameters.get(i)).orElse(null));
                }
                try (ResultSet rows = query.executeQuery()) {
                    read(rows, records, deadline);
                }
            }
            // Whatever a driver makes of "read only": nothing that was done here is ever kept
            connection.rollback();
        } catch (SQLException e) {
            // On a virtual thread an interrupt closes the socket that is being read
            if (Thread.interrupted()) {
                throw new InterruptedException("while a database was read");
            }
            throw failure(e);
        }
    }

    private SourceFailure failure(SQLException e) {
        if (e.getMessage() == null || !e.getMessage().contains(TOO_LARGE)) {
            return new SourceFailure(about.name(), "the database did not answer, SQL state " + e.getSQLState(), e);
        }
        firstRows.set(FIRST_ROWS);
        int rows = mostRows.get();
        if (rows == 1) {
            return new SourceFailure(
                    about.name(),
                    "a row is larger than %d bytes; raise row_limit if that is meant"
                            .formatted(settings.rowLimit().toBytes()),
                    null);
        }
        // Small rows, after which large ones came: what was given is lost, but the next attempt is more careful
        mostRows.compareAndSet(rows, Math.max(1, Math.min(rows, 1_000) / LESS));
        return new SourceFailure(
                about.name(), "%d rows at a time are larger than row_limit; fewer will be taken".formatted(rows), null);
    }

    private void read(ResultSet rows, Records records, long deadline) throws SQLException, SourceFailure {
        var columns = new Columns(rows.getMetaData());
        int untilLook = ROWS_BETWEEN_LOOKS;
        while (rows.next()) {
            records.record(columns.record(rows));
            if (--untilLook == 0) {
                untilLook = ROWS_BETWEEN_LOOKS;
                rows.setFetchSize(portion(columns.widest()));
                if (System.nanoTime() - deadline >= 0) {
                    throw new SourceFailure(
                            about.name(),
                            "not read to its end within %d s"
                                    .formatted(settings.wholeTimeout().toSeconds()),
                            null);
                }
            }
        }
        if (columns.widest() > 0) {
            firstRows.set(Math.max(FIRST_ROWS, portion(columns.widest())));
        }
    }

    /** How many rows fit into memory together, if none is wider than the widest so far. */
    private int portion(long widest) {
        long fitting = settings.rowLimit().toBytes() / 2 / Math.max(1, widest);
        return (int) Math.clamp(fitting, 1, mostRows.get());
    }

    @Override
    public void close() {
        database.close();
    }
}
