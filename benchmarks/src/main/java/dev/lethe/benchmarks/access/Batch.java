package dev.lethe.benchmarks.access;

import dev.lethe.benchmarks.access.Frontend.Asked;
import dev.lethe.benchmarks.access.RequestsManager.Costs;
import dev.lethe.benchmarks.servers.Servers;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** Access requests that are all submitted and stored first, and then worked on at once. */
final class Batch {

    private static final AtomicInteger LAST = new AtomicInteger();
    private static final long VERSION_4 = 0x4000;
    private static final long VARIANT = 0x8000_0000_0000_0000L;

    /** So many take seconds to be stored. */
    private static final int MANY = 500;

    private static final int POLL_MILLIS = 100;
    private static final long SAY_EVERY = TimeUnit.SECONDS.toNanos(5);

    /** Without a single report for so long, something is wrong: a large one takes its time, but one that failed has said why. */
    private static final long PATIENCE = TimeUnit.MINUTES.toNanos(10);

    private static final long PATIENCE_AFTER_FAILURE = TimeUnit.SECONDS.toNanos(20);

    /** By the database's clock; what was claimed more than once counts from its first claim. */
    private static final String FIGURES = """
            with one as (
                select request_id,
                       min(at) filter (where state = 'in_progress')   as claimed,
                       max(at) filter (where state = 'ready')         as ready,
                       count(*) filter (where state = 'in_progress')  as claims,
                       count(*) filter (where state = 'ready')        as reports
                  from request_history
                 where %s
                 group by request_id)
            select count(*) filter (where reports = 1)                                                               as ready,
                   sum(claims)                                                                                       as claims,
                   extract(epoch from max(ready) - min(claimed))                                                     as seconds,
                   percentile_disc(0.50) within group (order by extract(epoch from ready - claimed))                 as p50,
                   percentile_disc(0.95) within group (order by extract(epoch from ready - claimed))                 as p95
              from one
            """;

    private final Stage stage;
    private final RequestsManager ours;
    private final List<Asked> requests;
    private final String isOurs;

    /** @param people whose reports are asked for; nobody twice */
    Batch(Stage stage, RequestsManager ours, List<String> people) {
        this.stage = stage;
        this.ours = ours;
        int batch = LAST.incrementAndGet();
        this.requests = IntStream.range(0, people.size())
                .mapToObj(n -> new Asked(id(batch, n), people.get(n)))
                .toList();
        this.isOurs = "between '%s' and '%s'".formatted(id(batch, 0), id(batch, people.size() - 1));
    }

    static Batch ofPeople(Stage stage, RequestsManager ours, int number) {
        return new Batch(
                stage,
                ours,
                IntStream.range(0, number).mapToObj(Landscape::person).toList());
    }

    /** In the order of the numbers, as PostgreSQL sorts them, too. */
    static UUID id(int batch, int number) {
        return new UUID((long) batch << 32 | VERSION_4, VARIANT | number);
    }

    /**
     * How it went.
     *
     * @param seconds from the first claim to the last report
     * @param p50 milliseconds from claim to report
     * @param claims more than there are requests if some were tried again
     * @param costs CPU milliseconds for one report
     */
    record Result(int requests, double seconds, double p50, double p95, int claims, Costs costs) {

        double perSecond() {
            return requests / seconds;
        }
    }

    List<Asked> requests() {
        return requests;
    }

    /**
     * Returns when the last report is ready and the frontend was told of all.
     *
     * @throws IllegalStateException if one request did not end with exactly one report
     */
    Result run() throws Exception {
        if (requests.size() >= MANY) {
            stage.say().accept("submitting %,d requests".formatted(requests.size()));
        }
        stage.frontend().forget();
        stage.frontend().submit(requests);
        try (Connection connection = stage.servers().connect(ours.database());
                Statement statement = connection.createStatement()) {
            Servers.await(
                    "all requests are stored",
                    60 + requests.size() / 100,
                    () -> count(statement, "state = 'received'") == requests.size());
            stage.servers().tidyUp(ours.database());
            Costs before = ours.costs();
            statement.execute("update request set next_attempt_at = now() where id " + isOurs);
            awaitEnd(statement);
            Costs costs = ours.costs().since(before);
            Servers.await(
                    "the frontend knows all reports", 60, () -> stage.frontend().reports() == requests.size());
            return result(statement, costs);
        }
    }

    private void awaitEnd(Statement statement) throws Exception {
        long progress = System.nanoTime();
        long toSay = progress + SAY_EVERY;
        int ended = 0;
        while (ended < requests.size()) {
            Thread.sleep(POLL_MILLIS);
            int now = count(statement, "ended_at is not null");
            long time = System.nanoTime();
            if (now > ended) {
                ended = now;
                progress = time;
            } else if (time - progress > PATIENCE_AFTER_FAILURE) {
                giveUpIfPointless(statement, ended, time - progress);
            }
            if (time > toSay && ended < requests.size()) {
                stage.say().accept("… %,d of %,d reports".formatted(ended, requests.size()));
                toSay = time + SAY_EVERY;
            }
        }
    }

    /** Sources and servers are all well: what cannot be built now will not be later. */
    private void giveUpIfPointless(Statement statement, int ended, long waited) throws SQLException, IOException {
        String reason;
        try (ResultSet row = statement.executeQuery(
                "select max(last_reason) from request where id %s and ended_at is null".formatted(isOurs))) {
            row.next();
            reason = row.getString(1);
        }
        if (reason != null || waited > PATIENCE) {
            throw new IllegalStateException(
                    "no report for %d s, %d of %d are there; the last reason is '%s', requests-manager's log ends:%n%s"
                            .formatted(
                                    TimeUnit.NANOSECONDS.toSeconds(waited),
                                    ended,
                                    requests.size(),
                                    reason,
                                    ours.endOfLog()));
        }
    }

    private int count(Statement statement, String condition) throws SQLException {
        try (ResultSet row = statement.executeQuery(
                "select count(*) from request where id %s and %s".formatted(isOurs, condition))) {
            row.next();
            return row.getInt(1);
        }
    }

    private Result result(Statement statement, Costs costs) throws SQLException {
        try (ResultSet row = statement.executeQuery(FIGURES.formatted("request_id " + isOurs))) {
            row.next();
            if (row.getInt("ready") != requests.size()) {
                throw new IllegalStateException("%d requests ended with %d reports: expected one for each"
                        .formatted(requests.size(), row.getInt("ready")));
            }
            return new Result(
                    requests.size(),
                    row.getDouble("seconds"),
                    row.getDouble("p50") * 1_000,
                    row.getDouble("p95") * 1_000,
                    row.getInt("claims"),
                    costs.times(1_000.0 / requests.size()));
        }
    }
}
