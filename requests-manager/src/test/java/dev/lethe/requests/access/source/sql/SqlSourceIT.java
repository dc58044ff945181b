package dev.lethe.requests.access.source.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.lethe.messages.Subject;
import dev.lethe.requests.Link;
import dev.lethe.requests.access.source.About;
import dev.lethe.requests.access.source.Collected;
import dev.lethe.requests.access.source.Records;
import dev.lethe.requests.access.source.SourceFailure;
import dev.lethe.servers.LocalServers;
import dev.lethe.servers.PostgresServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.util.unit.DataSize;

@Timeout(30)
class SqlSourceIT {

    private static final PostgresServer POSTGRES = LocalServers.shared().postgres();
    private static final String DATABASE = "sql_source";
    private static final Subject ADA = new Subject("ada", "ada@example.com", Map.of("crm", "42"));

    @BeforeAll
    static void people() throws SQLException {
        POSTGRES.createDatabase(DATABASE);
        execute("create table person (id text primary key, number int, secret text)");
        execute("insert into person values ('ada', 42, 'adas'), ('bob', 43, 'bobs'), ('%', 44, 'percents'),"
                + " ('c_t', 45, 'underscores'), (''' or 1=1 --', 46, 'quotes'), ('?', 47, 'question marks')");
    }

    @AfterAll
    static void nobody() {
        POSTGRES.dropDatabase(DATABASE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ada", "%", "c_t", "' or 1=1 --", "?"})
    void aSubjectIsAValueWhateverItIsCalled(String id) throws Exception {
        assertThat(read("select id from person where id = :subject.id", new Subject(id, null)))
                .containsExactly(Map.of("id", id));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*",
                "../../x",
                "\u202e\u05d0\u05d3\u05d4",
                "' or 1=1",
                "' or '1'='1",
                "ada'; drop table person; --",
                "a%",
                "ada\\",
                ":subject.id",
                "$1"
            })
    void whatLooksLikeSqlFindsNobody(String id) throws Exception {
        assertThat(read("select id from person where id = :subject.id", new Subject(id, null)))
                .isEmpty();
    }

    @Test
    void castsAreNoParametersAndParametersMayBeCast() throws Exception {
        assertThat(read("""
                select number::text as number, :subject.email::text as mail
                  from person
                 where id = :subject.id and number = :subject.identities.crm::int
                """, ADA)).containsExactly(Map.of("number", "42", "mail", "ada@example.com"));
    }

    @Test
    void whoeverLacksANameIsNotFoundByIt() throws Exception {
        assertThat(read("select id from person where secret = :subject.email", new Subject("ada", null)))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "update person set secret = 'gone' where id = :subject.id returning id",
                "with gone as (delete from person where id = :subject.id returning id) select id from gone",
                "select id from person where id = :subject.id for update"
            })
    void whatChangesOrLocksAnythingFails(String sql) throws Exception {
        assertThat(failure(sql))
                .isEqualTo("source profile: the database did not answer, SQL state 25006 (PSQLException)");
        assertThat(read("select secret from person where id = :subject.id", ADA))
                .containsExactly(Map.of("secret", "adas"));
    }

    @Test
    void valuesKeepTheirMeaningInJson() throws Exception {
        Map<String, @Nullable Object> record = read("""
                select 42::int as a_number, 9007199254740993 as a_large_number, 12345678901234567.890 as money, 1.5::float8 as ratio,
                       true as truth, null as nothing, 'text'::varchar as words, '{"a": 1}'::jsonb as document,
                       '2026-03-29 02:30:00.123456'::timestamp as local_time, '2026-03-29 02:30:00.123456+05:30'::timestamptz as moment,
                       'infinity'::timestamptz as forever, 'NaN'::float8 as no_number, 'NaN'::numeric as none_either,
                       '10:00:00.123456'::time as hour, '1 day 2 hours'::interval as time_span, '$1,234.50'::money as cash,
                       '<a>b</a>'::xml as markup, B'101' as bits, 7::smallint as small, null::int as no_int, 1.5::real as real,
                       '2026-02-28'::date as day, 'd2719aa6-0d2e-4b9a-8a8f-3f0f5c6f9a10'::uuid as key,
                       '\\x00ff'::bytea as bytes, array['a','b'] as list
                 where :subject.id is not null
                """, ADA).getFirst();

        assertThat(record.entrySet())
                .extracting(column -> column.getKey() + ": " + column.getValue())
                .containsExactly(
                        "a_number: 42",
                        "a_large_number: 9007199254740993",
                        "money: 12345678901234567.890",
                        "ratio: 1.5",
                        "truth: true",
                        "nothing: null",
                        "words: text",
                        "document: {\"a\": 1}",
                        "local_time: 2026-03-29T02:30:00.123456",
                        "moment: 2026-03-28T21:00:00.123456Z",
                        "forever: infinity",
                        "no_number: NaN",
                        "none_either: NaN",
                        "hour: 10:00:00.123456",
                        "time_span: 1 day 02:00:00",
                        "cash: $1,234.50",
                        "markup: <a>b</a>",
                        "bits: 101",
                        "small: 7",
                        "no_int: null",
                        "real: 1.5",
                        "day: 2026-02-28",
                        "key: d2719aa6-0d2e-4b9a-8a8f-3f0f5c6f9a10",
                        "bytes: AP8=",
                        "list: {a,b}");
        assertThat(List.of(record.get("a_number"), record.get("money"), record.get("ratio")))
                .hasOnlyElementsOfType(Number.class);
        assertThat(record.get("truth")).isEqualTo(true);
    }

    @Test
    void twoColumnsOfOneNameAreBothThere() throws Exception {
        assertThat(read(
                        "select a.secret, b.secret from person a, person b where a.id = :subject.id and b.id = 'c_t'",
                        ADA))
                .containsExactly(Map.of("secret", "adas", "secret (2)", "underscores"));
    }

    @Test
    void aHundredThousandRowsComeThrough() throws Exception {
        try (var source = source(POSTGRES.port(), "select n, :subject.id as id from generate_series(1, 100000) n")) {
            var count = new long[1];
            source.read(ADA, each(row -> count[0]++));
            assertThat(count[0]).isEqualTo(100_000);
        }
    }

    /** The few rows before the end show that they come in portions: a result that was fetched whole would still be read. */
    @Test
    void aDatabaseThatGoesDownInTheMiddleIsAFailure() throws Exception {
        try (var source = source(
                POSTGRES.port(),
                "select n, pg_backend_pid() as pid from generate_series(1, 100000) n where :subject.id <> ''")) {
            var count = new long[1];
            SourceFailure failure = failure(source, row -> {
                if (count[0]++ == 0) {
                    terminate(row.get("pid"));
                }
            });
            assertThat(failure.reason()).startsWith("source profile: the database did not answer, SQL state 57P01");
            assertThat(count[0]).isBetween(1L, 1_020L);
        }
    }

    /** 300 MB in rows of 1 MB, by a source that may hold 4: what the driver has taken is all that comes after the end. */
    @Test
    void hugeColumnsComeInSmallerPortions() throws Exception {
        try (var source = source(
                POSTGRES.port(),
                "select n, pg_backend_pid() as pid, repeat('x', 1000000) as huge from generate_series(1, 300) n"
                        + " where :subject.id <> ''",
                1_000,
                DataSize.ofMegabytes(32),
                Duration.ofMinutes(1))) {
            var count = new long[1];
            source.read(ADA, each(row -> count[0]++));
            assertThat(count[0]).isEqualTo(300);

            count[0] = 0;
            failure(source, row -> {
                if (count[0]++ == 100) {
                    terminate(row.get("pid"));
                }
            });
            assertThat(count[0]).isBetween(101L, 101L + 2 * 32);
        }
    }

    @Test
    void aRowThatIsLargerThanItMayBeIsAFailure() {
        try (var source = source(
                POSTGRES.port(),
                "select repeat('ada', 1000000) as huge where :subject.id <> ''",
                1,
                DataSize.ofMegabytes(2),
                Duration.ofMinutes(1))) {
            assertThat(failure(source, row -> {}).reason())
                    .isEqualTo("source profile: a row is larger than 2097152 bytes; raise row_limit if that is meant");
        }
    }

    /** As letters with and without an enclosure are: what the small ones promise the large ones do not keep. */
    @Test
    void largeRowsAfterSmallOnesAreReadByALaterAttempt() throws Exception {
        try (var source = source(
                POSTGRES.port(),
                "select n, repeat('x', case when n < 500 then 10 else 1000000 end) as huge"
                        + " from generate_series(1, 600) n where :subject.id <> ''",
                1_000,
                DataSize.ofMegabytes(4),
                Duration.ofMinutes(1))) {
            int attempts = 1;
            var count = new long[1];
            while (true) {
                count[0] = 0;
                try {
                    source.read(ADA, each(row -> count[0]++));
                    break;
                } catch (SourceFailure e) {
                    assertThat(e.reason()).endsWith("rows at a time are larger than row_limit; fewer will be taken");
                    attempts++;
                }
            }
            assertThat(count[0]).isEqualTo(600);
            assertThat(attempts).isBetween(2, 4);
        }
    }

    @Test
    void aResultThatTakesTooLongAsAWholeIsAFailure() throws Exception {
        try (var source = source(
                POSTGRES.port(),
                "select generate_series(1, 100000000) n where :subject.id <> ''",
                1_000,
                SqlSettings.USUAL_ROW_LIMIT,
                Duration.ofSeconds(1))) {
            assertThat(failure(source, row -> {}).reason()).isEqualTo("source profile: not read to its end within 1 s");
        }
    }

    /** As many connections as readers: the third waits and gets none in its time. */
    @Test
    void thereAreAsManyConnectionsAsReaders() throws Exception {
        var reading = new CountDownLatch(2);
        var enough = new CountDownLatch(1);
        try (var source = source(POSTGRES.port(), "select id from person where id = :subject.id")) {
            var readers = new Thread[2];
            for (int i = 0; i < readers.length; i++) {
                readers[i] = Thread.ofVirtual().start(() -> {
                    try {
                        source.read(ADA, each(row -> {
                            reading.countDown();
                            await(enough);
                        }));
                    } catch (SourceFailure | InterruptedException e) {
                        throw new AssertionError(e);
                    }
                });
            }
            await(reading);
            assertThat(failure(source, row -> {}).reason()).contains("SQLTransientConnectionException");
            enough.countDown();
            for (Thread reader : readers) {
                reader.join();
            }
            source.read(ADA, each(row -> {}));
        }
    }

    @Test
    void whoeverIsInterruptedStopsReading() throws Exception {
        var thrown = new AtomicReference<Throwable>();
        try (var source = source(POSTGRES.port(), "select generate_series(1, 100000000) n where :subject.id <> ''")) {
            var begun = new CountDownLatch(1);
            Thread reader = Thread.ofVirtual().start(() -> {
                try {
                    source.read(ADA, each(row -> begun.countDown()));
                } catch (Exception e) {
                    thrown.set(e);
                }
            });
            await(begun);
            reader.interrupt();
            reader.join();
        }
        assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aDatabaseThatFreezesInTheMiddleIsAFailure() throws Exception {
        try (var link = new Link(POSTGRES.port());
                var source =
                        source(link.port(), "select n from generate_series(1, 100000) n where :subject.id <> ''")) {
            assertThat(failure(source, row -> link.hold()).reason())
                    .isEqualTo("source profile: the database did not answer, SQL state 08006 (PSQLException)");
        }
    }

    @Test
    void aStatementThatTakesTooLongIsAFailure() {
        assertThat(failure("select pg_sleep(60) where :subject.id <> ''"))
                .isEqualTo("source profile: the database did not answer, SQL state 57014 (PSQLException)");
    }

    @Test
    void aDatabaseThatIsDownIsAFailure() throws IOException {
        int nobodysPort;
        try (var bound = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobodysPort = bound.getLocalPort();
        }
        try (var source = source(nobodysPort, "select id from person where id = :subject.id")) {
            assertThat(failure(source, row -> {}).reason())
                    .isEqualTo(
                            "source profile: the database did not answer, SQL state 08001 (SQLTransientConnectionException)");
        }
    }

    @Test
    void aFailureQuotesNoData() {
        assertThat(failure("select secret::int from person where id = :subject.id"))
                .isEqualTo("source profile: the database did not answer, SQL state 22P02 (PSQLException)");
    }

    private static SqlSource source(int port, String sql) {
        return source(port, sql, 1_000, SqlSettings.USUAL_ROW_LIMIT, SqlSettings.USUAL_WHOLE_TIMEOUT);
    }

    private static SqlSource source(int port, String sql, int fetchSize, DataSize rowLimit, Duration wholeTimeout) {
        return new SqlSource(
                new About("profile", "Your account", 2, Map.of()),
                new SqlSettings(
                        "jdbc:postgresql://127.0.0.1:%d/%s".formatted(port, DATABASE),
                        POSTGRES.user(),
                        POSTGRES.password(),
                        sql,
                        Duration.ofSeconds(1),
                        wholeTimeout,
                        fetchSize,
                        rowLimit));
    }

    private static List<Map<String, @Nullable Object>> read(String sql, Subject subject) throws Exception {
        try (var source = source(POSTGRES.port(), sql)) {
            var collected = new Collected();
            source.read(subject, collected);
            return collected.records();
        }
    }

    private static Records each(Consumer<Map<String, @Nullable Object>> action) {
        return new Records() {
            @Override
            public void record(Map<String, @Nullable Object> record) {
                action.accept(record);
            }

            @Override
            public void document(String title, String mediaType, InputStream content) {
                throw new AssertionError("no document was expected");
            }
        };
    }

    private static String failure(String sql) {
        try (var source = source(POSTGRES.port(), sql)) {
            return failure(source, row -> {}).reason();
        }
    }

    private static SourceFailure failure(SqlSource source, Consumer<Map<String, @Nullable Object>> records) {
        SourceFailure failure = catchThrowableOfType(SourceFailure.class, () -> source.read(ADA, each(records)));
        assertThat(failure).as("a failure").isNotNull();
        assertThat(failure).hasNoCause();
        assertThat(failure.getMessage() + failure.reason()).doesNotContain("ada", POSTGRES.password());
        return failure;
    }

    private static void terminate(@Nullable Object pid) {
        try {
            execute("select pg_terminate_backend(" + pid + ")");
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private static void execute(String sql) throws SQLException {
        try (Connection connection =
                        DriverManager.getConnection(POSTGRES.jdbcUrl(DATABASE), POSTGRES.user(), POSTGRES.password());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
