package dev.lethe.outbox;

import java.io.IOException;
import java.net.Socket;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;

/**
 * A lane's own database session, and the advisory lock by which it owns the lane. The server ends a session that is silent for
 * {@link LaneDatabase#SILENCE}; whoever is alive speaks every second, so a process that is stopped, or cut off, loses its
 * lanes to the others. When it comes back it finds that out before it publishes anything.
 */
final class LaneSession implements Lease, AutoCloseable {

    private static final long SPEAK_EVERY_NANOS = Duration.ofSeconds(1).toNanos();

    private static final String TAKE = "select pg_try_advisory_lock(hashtext('lethe.outbox'), ?)::int";
    private static final String LEAVE = "select pg_advisory_unlock(hashtext('lethe.outbox'), ?)::int";
    private static final String REGISTER =
            "select pg_try_advisory_lock_shared(hashtext('lethe.outbox.instance'), ?)::int";
    private static final String COUNT_INSTANCES = """
            select count(*)
              from pg_locks
             where locktype = 'advisory' and granted and mode = 'ShareLock'
               and database = (select oid from pg_database where datname = current_database())
               and classid = hashtext('lethe.outbox.instance')::oid
               and objid = ?
            """;

    private final Connection connection;
    private final Socket socket;
    private final int shard;
    private long spokenAt = System.nanoTime();

    LaneSession(Connection connection, Socket socket, int shard) throws SQLException {
        this.connection = connection;
        this.socket = socket;
        this.shard = shard;
        ask(REGISTER);
    }

    Connection connection() {
        return connection;
    }

    boolean take() throws SQLException {
        return ask(TAKE) == 1;
    }

    void leave() throws SQLException {
        ask(LEAVE);
    }

    /** Instances that send messages of this shard or stand by to do so, this one included. */
    int instances() throws SQLException {
        return ask(COUNT_INSTANCES);
    }

    private int ask(String question) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(question)) {
            statement.setInt(1, shard);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                int answer = row.getInt(1);
                connection.commit();
                spoken();
                return answer;
            }
        }
    }

    /** The session has just been heard of. */
    void spoken() {
        spokenAt = System.nanoTime();
    }

    @Override
    public void check(boolean waited) throws IOException {
        try {
            // What the server says unasked is that it ends the session, and it says so before it frees the locks
            boolean spokenTo = waited && socket.getInputStream().available() > 0;
            if (spokenTo || System.nanoTime() - spokenAt > SPEAK_EVERY_NANOS) {
                try (PreparedStatement nothing = connection.prepareStatement("select 1")) {
                    nothing.execute();
                }
                spoken();
            }
        } catch (SQLException e) {
            throw new IOException("the database session that owns the lane is gone", e);
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
