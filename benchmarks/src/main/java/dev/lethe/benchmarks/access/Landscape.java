package dev.lethe.benchmarks.access;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lethe.benchmarks.servers.Servers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/**
 * The databases that reports are gathered from: five with 50 records of about 200 bytes for each of some thousand people, and one with very
 * many of about 1 KB for one person. The same texts in every run.
 */
final class Landscape {

    static final List<String> SMALL = List.of("payments", "messages", "ratings", "visits", "logins");
    static final String LARGE = "archive";
    static final int RECORDS = 50;

    /** Whose data {@link #LARGE} holds. */
    static final String LARGE_PERSON = "collector";

    static final String WARM_UP_PERSON = "beginner";
    static final String PASSWORD_VARIABLE = "BENCH_DATABASE_PASSWORD";

    private static final String DATABASE = "landscape";
    private static final int NOTE = 105;
    private static final int PAGE = 870;
    /** More would not be faster on two cores, and PostgreSQL gives 100 connections to all. */
    private static final int PARALLEL = 8;

    private static final long SAY_EVERY = 2_000_000_000;
    private static final int AT_ONCE = 1 << 16;
    private static final Instant FIRST = Instant.parse("2024-01-01T00:00:00Z");
    private static final List<String> WORDS =
            List.of(("the of and a to in is you that it he was for on are as with his they at be this "
                            + "have from or one had by word but not what all were we when your can said there use an each which she do how "
                            + "their if will up other about out many then them these so some her would make like him into time has look two "
                            + "more write go see number no way could people my than first water been call who oil its now find long down day "
                            + "did get come made may part delivery invoice subscription customer returned address changed confirmed reminder")
                    .split(" "));

    private final Servers servers;
    private final Consumer<String> say;
    private boolean hasSmall;
    private boolean hasLarge;

    Landscape(Servers servers, Consumer<String> say) throws SQLException {
        this.servers = servers;
        this.say = say;
        servers.createDatabase(DATABASE);
    }

    static String person(int number) {
        return "person-%06d".formatted(number);
    }

    /** The file that says where small reports are gathered from. Their data is made when it is first needed. */
    Path smallSources(Scale scale) throws SQLException, IOException {
        if (!hasSmall) {
            for (String table : SMALL) {
                say.accept("storing %s: %,d people with %d records each".formatted(table, scale.people(), RECORDS));
                create(table);
                fill(table, scale.people() * RECORDS, NOTE, n -> person(n % scale.people()));
            }
            hasSmall = true;
        }
        return sources("small", SMALL);
    }

    /** The same for the large report. */
    Path largeSources(Scale scale) throws SQLException, IOException {
        if (!hasLarge) {
            say.accept("storing %s: %,d records of about 1 KB for one person".formatted(LARGE, scale.rows()));
            create(LARGE);
            fill(LARGE, scale.rows(), PAGE, n -> LARGE_PERSON);
            fill(LARGE, scale.warmUpRows(), PAGE, n -> WARM_UP_PERSON);
            hasLarge = true;
        }
        return sources("large", List.of(LARGE));
    }

    /** Nobody needs it after a crash; for who reads it there is no difference. */
    private void create(String table) throws SQLException {
        servers.execute(
                DATABASE,
                "create unlogged table %s (id bigint, person text, at timestamptz, kind text, amount numeric, note text)"
                        .formatted(table));
    }

    private interface Owner {
        String of(int number);
    }

    /** Records of one person lie apart, as they come in the course of time. */
    private void fill(String table, int records, int noteLength, Owner owner) throws SQLException, IOException {
        var random = new SplittableRandom(table.hashCode());
        long toSay = System.nanoTime() + SAY_EVERY;
        try (Connection connection = servers.connect(DATABASE)) {
            CopyIn copy =
                    connection.unwrap(PGConnection.class).getCopyAPI().copyIn("copy %s from stdin".formatted(table));
            var lines = new StringBuilder(AT_ONCE + 2 * noteLength);
            for (int n = 0; n < records; n++) {
                line(lines, n, owner.of(n), noteLength, random);
                if (lines.length() > AT_ONCE || n == records - 1) {
                    byte[] bytes = lines.toString().getBytes(UTF_8);
                    copy.writeToCopy(bytes, 0, bytes.length);
                    lines.setLength(0);
                    if (System.nanoTime() > toSay) {
                        say.accept("… %,d of %,d".formatted(n, records));
                        toSay = System.nanoTime() + SAY_EVERY;
                    }
                }
            }
            copy.endCopy();
        }
        servers.execute(
                DATABASE,
                "create index if not exists %1$s_person on %1$s (person)".formatted(table),
                "vacuum analyze " + table);
    }

    private static void line(StringBuilder lines, int n, String owner, int noteLength, SplittableRandom random) {
        lines.append(n)
                .append('\t')
                .append(owner)
                .append('\t')
                .append(FIRST.plusSeconds(61L * n))
                .append('\t');
        lines.append(word(random)).append('\t');
        int cents = random.nextInt(100_000);
        lines.append(cents / 100)
                .append('.')
                .append(cents / 10 % 10)
                .append(cents % 10)
                .append('\t');
        int end = lines.length() + noteLength;
        while (lines.length() < end) {
            lines.append(word(random)).append(' ');
        }
        lines.setLength(end);
        lines.append('\n');
    }

    private static String word(SplittableRandom random) {
        return WORDS.get(random.nextInt(WORDS.size()));
    }

    private Path sources(String name, List<String> tables) throws IOException {
        var yaml = new StringBuilder("sources:\n");
        for (String table : tables) {
            yaml.append("""
                      %1$s:
                        via: sql
                        jdbc_url: "%2$s"
                        user: "%3$s"
                        password_env: %4$s
                        parallel: %5$d
                        sql: "select id, at, kind, amount, note from %1$s where person = :subject.id"
                        explain: "What is kept of your %1$s"
                    """.formatted(
                            table,
                            servers.postgres().jdbcUrl(DATABASE),
                            servers.postgres().user(),
                            PASSWORD_VARIABLE,
                            PARALLEL));
        }
        return Files.writeString(servers.folder().resolve("sources-%s.yaml".formatted(name)), yaml);
    }
}
