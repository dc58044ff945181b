package dev.lethe.outbox;

import java.sql.SQLException;
import java.util.Set;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionSystemException;

/** Tells a failure of the surroundings, which passes, from a failure of the message, which does not. */
public final class Outages {

    /** SQL state classes: connection, resources, rollback, operator, system; see the PostgreSQL manual, appendix A. */
    private static final Set<String> PASSING_CLASSES = Set.of("08", "40", "53", "57", "58");
    /** Lock not available; and read only, which a server is while it is not yet the primary. */
    private static final Set<String> PASSING_STATES = Set.of("55P03", "25006");

    private Outages() {}

    public static boolean isOutage(Throwable thrown) {
        Throwable failure = beforeRollback(thrown);
        String state = sqlState(failure);
        return failure instanceof CannotCreateTransactionException
                || failure instanceof TransientDataAccessException
                || (state.length() == 5
                        && (PASSING_CLASSES.contains(state.substring(0, 2)) || PASSING_STATES.contains(state)));
    }

    /** On a connection that broke, the rollback fails too, and takes the place of what came first; as no cause of it. */
    private static Throwable beforeRollback(Throwable thrown) {
        Throwable first =
                thrown instanceof TransactionSystemException rollback ? rollback.getApplicationException() : null;
        return first == null ? thrown : first;
    }

    /** The SQL state at the root of a failure; empty if there is none. */
    public static String sqlState(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && sql.getSQLState() != null) {
                return sql.getSQLState();
            }
        }
        return "";
    }
}
