package dev.lethe.servers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL 18 on a loopback port, with password logins only, or the server of {@code LETHE_POSTGRES_URL} (the JDBC URL of
 * an administrator's database, without credentials), {@code LETHE_POSTGRES_USER} and {@code LETHE_POSTGRES_PASSWORD}.
 */
public final class PostgresServer extends LocalServer {
    private static final String VARIABLE = "LETHE_POSTGRES_URL";
    private static final Pattern DATABASE = Pattern.compile("[a-z][a-z0-9_]{0,62}");
    private static final String ALREADY_THERE = "42P04";
    private static final String MADE_BY_ANOTHER_JUST_NOW = "23505";

    private final @Nullable GivenAddress given;
    private final Map<String, String> environment;
    private final boolean durable;
    private Path binaries = Path.of("");

    /** @param durable whether a commit waits for the disk, as it does by default */
    PostgresServer(Folder folder, Map<String, String> environment, boolean durable, Consumer<String> progress) {
        super("postgres", folder, given(environment), progress);
        this.given = given(environment);
        this.environment = environment;
        this.durable = durable;
    }

    private static @Nullable GivenAddress given(Map<String, String> environment) {
        String form = "jdbc:postgresql://host:port/database";
        String url = environment.getOrDefault(VARIABLE, "").strip();
        if (url.isEmpty()) {
            return null;
        }
        if (!environment.containsKey("LETHE_POSTGRES_USER") || !environment.containsKey("LETHE_POSTGRES_PASSWORD")) {
            throw new IllegalArgumentException(
                    VARIABLE + " is set, so LETHE_POSTGRES_USER and LETHE_POSTGRES_PASSWORD must be set too");
        }
        // A JDBC URL without its prefix is an ordinary one; without having had it, it is wrong.
        String ordinary = url.startsWith("jdbc:") ? url.substring("jdbc:".length()) : "not " + form;
        return GivenAddress.from(Map.of(VARIABLE, ordinary), VARIABLE, List.of("postgresql"), form);
    }

    /** It stays the same once the server has started. */
    public int port() {
        return given == null ? folder.port(name()) : given.port(5432);
    }

    /** An administrator, who may create databases and roles. */
    public String user() {
        return given == null ? "postgres" : environment.getOrDefault("LETHE_POSTGRES_USER", "");
    }

    public String password() {
        return given == null ? folder.password(name()) : environment.getOrDefault("LETHE_POSTGRES_PASSWORD", "");
    }

    /** Without user and password. */
    public String jdbcUrl(String database) {
        if (given == null) {
            return "jdbc:postgresql://127.0.0.1:" + port() + "/" + database;
        }
        String query = given.uri().getRawQuery();
        return "jdbc:postgresql://" + given.uri().getRawAuthority() + "/" + database
                + (query == null ? "" : "?" + query);
    }

    /** Creates the database if there is none of this name, in UTF-8; the name is lower case letters, digits and {@code _}. */
    public void createDatabase(String name) {
        try {
            execute("create database " + checked(name));
        } catch (SQLException e) {
            if (!ALREADY_THERE.equals(e.getSQLState()) && !MADE_BY_ANOTHER_JUST_NOW.equals(e.getSQLState())) {
                throw new IllegalStateException("cannot create database " + name, e);
            }
        }
    }

    /** Drops the database, if there is one, from under whoever is connected to it. */
    public void dropDatabase(String name) {
        try {
            execute("drop database if exists " + checked(name) + " with (force)");
        } catch (SQLException e) {
            throw new IllegalStateException("cannot drop database " + name, e);
        }
    }

    private static String checked(String name) {
        if (!DATABASE.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "a database's name must match " + DATABASE + ", and this does not: " + name);
        }
        return name;
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = connect(0);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private Connection connect(int seconds) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", user());
        properties.setProperty("password", password());
        properties.setProperty("connectTimeout", String.valueOf(seconds));
        properties.setProperty("socketTimeout", String.valueOf(seconds));
        return DriverManager.getConnection(administration(), properties);
    }

    private String administration() {
        return given == null ? jdbcUrl("postgres") : "jdbc:" + given.uri();
    }

    @Override
    void prepare() throws IOException {
        binaries = Binaries.postgres();
        if (!Files.exists(data())) {
            initialize();
        }
        // What a killed server leaves here would stop the next one if another process has its number by then. That none
        // still runs on these data, the folder's lock and the file of pids have seen to.
        Files.deleteIfExists(data().resolve("postmaster.pid"));
    }

    /** Makes the data beside their place and moves them there when they are whole. */
    private void initialize() throws IOException {
        Path unfinished = home.resolve("data.new");
        Path password = home.resolve("password");
        Folder.delete(unfinished);
        Files.createDirectory(
                unfinished, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Nobody.own(unfinished);
        Folder.writeSecret(password, password());
        Nobody.own(password);
        try {
            List<String> command = List.of(
                    binaries.resolve("bin/initdb").toString(),
                    "--pgdata=" + unfinished,
                    "--username=" + user(),
                    "--pwfile=" + password,
                    "--auth=scram-sha-256",
                    "--encoding=UTF8",
                    "--locale-provider=builtin",
                    "--builtin-locale=C.UTF-8",
                    "--locale=C",
                    "--no-sync",
                    "--no-instructions");
            Programs.Result result =
                    Programs.run(builder(Nobody.command("PostgreSQL", command, home), Map.of()), Duration.ofMinutes(2));
            if (result.exit() != 0) {
                throw new IllegalStateException("initdb ended with exit code " + result.exit() + ": " + result.err());
            }
            Files.move(unfinished, data(), StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(password);
        }
    }

    private Path data() {
        return home.resolve("data");
    }

    @Override
    void launch() throws IOException {
        List<String> command = List.of(
                binaries.resolve("bin/postgres").toString(),
                "-D",
                data().toString(),
                "--listen_addresses=127.0.0.1",
                "--port=" + port(),
                "--unix_socket_directories=",
                "--max_connections=200",
                "--fsync=" + durable,
                // Below the data: a killed server leaves nothing in the machine's shared memory.
                "--dynamic_shared_memory_type=mmap",
                "--timezone=UTC",
                "--log_timezone=UTC");
        launch(Nobody.command("PostgreSQL", command, home), Map.of());
    }

    @Override
    void probe() throws SQLException {
        connect(5).close();
    }

    /** Fast shutdown: without waiting for clients to leave. */
    @Override
    String stopSignal() {
        return "INT";
    }

    @Override
    List<String> ports() {
        return List.of(name());
    }

    @Override
    Duration startLimit() {
        return Duration.ofMinutes(1);
    }

    @Override
    String variable() {
        return VARIABLE;
    }
}
