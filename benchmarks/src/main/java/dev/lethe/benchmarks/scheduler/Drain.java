package dev.lethe.benchmarks.scheduler;

import dev.lethe.benchmarks.servers.Servers;
import dev.lethe.benchmarks.servers.Usage;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** How long somebody takes to get what is due into the queue, and what that costs. */
final class Drain {

    /** Whoever is slower gets fewer rows, or is stuck. */
    private static final int ROWS_PER_SECOND_AT_LEAST = 500;

    private static final int ATTEMPTS = 3;

    /**
     * @param rate messages a second
     * @param worker CPU seconds of the worker for 100,000 messages; {@code broker} and {@code database} likewise
     * @param walBytes of write-ahead log for each message
     */
    record Result(double rate, int duplicates, double worker, double broker, double database, double walBytes) {}

    private record Costs(double worker, double broker, double database, double wal) {}

    private Drain() {}

    static Result measure(Servers servers, BenchQueue queue, Contender contender, int rows) throws Exception {
        prepare(servers, queue, contender, rows);
        long limit = 120 + rows / ROWS_PER_SECOND_AT_LEAST;
        double seconds;
        int counted = rows;
        Costs before = costs(servers, contender);
        contender.start();
        long begun = System.nanoTime();
        try (Connection connection = servers.connect(contender.database());
                Statement statement = connection.createStatement()) {
            if (contender.beginsWithFirstMessage()) {
                Servers.await("the first message arrives", 30, () -> queue.depth() > 0);
                begun = System.nanoTime();
                counted = rows - queue.depth();
            }
            Servers.await(
                    "%d messages of %s arrive".formatted(rows, contender.name()), limit, () -> queue.depth() >= rows);
            Servers.await("no due row is left", 30, () -> isTrue(statement, contender.isDone()));
            seconds = (System.nanoTime() - begun) / 1e9;
        } catch (Exception e) {
            stop(contender, e);
            throw e;
        }
        contender.stop();
        Costs after = costs(servers, contender);
        BenchQueue.Content content = queue.empty(rows);
        if (content.distinct() < rows && !contender.beginsWithFirstMessage()) {
            throw new IllegalStateException(
                    "%s lost messages: %d of %d arrived".formatted(contender.name(), content.distinct(), rows));
        }
        servers.tidyUp(contender.database());
        double per100k = 100_000.0 / rows;
        return new Result(
                counted / seconds,
                content.duplicates(),
                (after.worker - before.worker) * per100k,
                (after.broker - before.broker) * per100k,
                (after.database - before.database) * per100k,
                (after.wal - before.wal) / rows);
    }

    private static void prepare(Servers servers, BenchQueue queue, Contender contender, int rows) throws Exception {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            queue.renew();
            contender.load(rows);
            servers.tidyUp(contender.database());
            if (contender.isReady()) {
                return;
            }
            awaitEmptied(servers, contender);
        }
        throw new IllegalStateException("the rows cannot be stored in time; is the machine busy?");
    }

    private static void awaitEmptied(Servers servers, Contender contender) throws Exception {
        try (Connection connection = servers.connect(contender.database());
                Statement statement = connection.createStatement()) {
            Servers.await("no due row is left", 120, () -> isTrue(statement, contender.isDone()));
        }
    }

    private static void stop(Contender contender, Exception because) {
        try {
            contender.stop();
        } catch (Exception e) {
            because.addSuppressed(e);
        }
    }

    private static boolean isTrue(Statement statement, String query) throws SQLException {
        try (ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getBoolean(1);
        }
    }

    private static Costs costs(Servers servers, Contender contender) throws SQLException {
        return new Costs(
                Usage.cpuSeconds(contender.pid()),
                Usage.cpuSeconds(servers.rabbit().pid()),
                Usage.cpuSeconds(servers.postgres().pid()),
                servers.number("postgres", "select pg_current_wal_insert_lsn() - '0/0'::pg_lsn"));
    }
}
