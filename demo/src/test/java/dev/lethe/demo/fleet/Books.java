package dev.lethe.demo.fleet;

import dev.lethe.servers.PostgresServer;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** What the services' databases say. */
final class Books {

    /** A step in the history of a request. */
    record Step(String state, String cause, String who) {}

    private final PostgresServer postgres;

    Books(PostgresServer postgres) {
        this.postgres = postgres;
    }

    JdbcClient of(Service service) {
        return JdbcClient.create(new DriverManagerDataSource(
                postgres.jdbcUrl(service.database()), postgres.user(), postgres.password()));
    }

    /** Messages that wait to be sent, by any service, now or later. */
    long pending() {
        return rowsInEach("message");
    }

    long undeliverable() {
        return rowsInEach("undeliverable");
    }

    private long rowsInEach(String table) {
        return Arrays.stream(Service.values())
                .mapToLong(service -> of(service)
                        .sql("select count(*) from " + table)
                        .query(Long.class)
                        .single())
                .sum();
    }

    Map<String, Long> requestsByState(Collection<UUID> requests) {
        return counts(
                Service.REQUESTS_MANAGER,
                "select state, count(*) from request where id = any(:ids::uuid[]) group by state",
                requests);
    }

    Map<String, Long> erasuresByOutcome(Collection<UUID> requests) {
        return counts(
                Service.CANCELLATION_SERVICE,
                "select coalesce(outcome, state), count(*) from erasure where request_id = any(:ids::uuid[]) group by 1",
                requests);
    }

    /** Participants to the number of their tasks that were asked once and have an answer. */
    Map<String, Long> answeredTasks(Collection<UUID> requests) {
        return counts(Service.CANCELLATION_SERVICE, """
                select participant, count(*)
                  from erasure_task
                 where request_id = any(:ids::uuid[]) and state = 'answered' and attempt = 1
                 group by participant
                """, requests);
    }

    private Map<String, Long> counts(Service service, String sql, Collection<UUID> requests) {
        return of(service)
                .sql(sql)
                .param("ids", texts(requests))
                .query((row, n) -> Map.entry(row.getString(1), row.getLong(2)))
                .list()
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    Map<UUID, Instant> endsOfErasures(Collection<UUID> requests) {
        return of(Service.CANCELLATION_SERVICE)
                .sql(
                        "select request_id, ended_at from erasure where request_id = any(:ids::uuid[]) and ended_at is not null")
                .param("ids", texts(requests))
                .query((row, n) -> Map.entry(
                        row.getObject(1, UUID.class),
                        row.getObject(2, OffsetDateTime.class).toInstant()))
                .list()
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    Optional<Instant> firstEndOfErasureAfter(Instant moment) {
        return of(Service.CANCELLATION_SERVICE)
                .sql("select ended_at from erasure where ended_at > :moment order by ended_at limit 1")
                .param("moment", moment.atOffset(ZoneOffset.UTC))
                .query(OffsetDateTime.class)
                .optional()
                .map(OffsetDateTime::toInstant);
    }

    /** How requests came to where they are, step by step. */
    Map<UUID, List<Step>> histories(Collection<UUID> requests) {
        return of(Service.REQUESTS_MANAGER)
                .sql(
                        "select request_id, state, cause, who from request_history where request_id = any(:ids::uuid[]) order by id")
                .param("ids", texts(requests))
                .query((row, n) -> Map.entry(
                        row.getObject(1, UUID.class), new Step(row.getString(2), row.getString(3), row.getString(4))))
                .list()
                .stream()
                .collect(Collectors.groupingBy(
                        Map.Entry::getKey, Collectors.mapping(Map.Entry::getValue, Collectors.toList())));
    }

    /** How many pieces are stored of reports that there are not. */
    long strayChunks() {
        return of(Service.REQUESTS_MANAGER)
                .sql(
                        "select count(*) from report_chunk where (request_id, epoch) not in (select request_id, epoch from report)")
                .query(Long.class)
                .single();
    }

    /** Requests to the SHA-256 of their reports. */
    Map<String, String> reports(Collection<UUID> requests) {
        return of(Service.REQUESTS_MANAGER)
                .sql("select request_id::text, sha256 from report where request_id = any(:ids::uuid[])")
                .param("ids", texts(requests))
                .query((row, n) -> Map.entry(row.getString(1), row.getString(2)))
                .list()
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private static String[] texts(Collection<UUID> requests) {
        return requests.stream().map(UUID::toString).toArray(String[]::new);
    }
}
