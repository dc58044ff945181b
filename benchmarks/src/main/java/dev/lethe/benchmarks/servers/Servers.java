package dev.lethe.benchmarks.servers;

import com.rabbitmq.client.ConnectionFactory;
import dev.lethe.servers.BrokerDefinitions;
import dev.lethe.servers.Guard;
import dev.lethe.servers.LocalServers;
import dev.lethe.servers.PostgresServer;
import dev.lethe.servers.RabbitServer;
import dev.lethe.servers.RedisServer;
import dev.lethe.servers.Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.springframework.util.FileSystemUtils;

/** The one PostgreSQL and the one RabbitMQ that all are measured on, new for every run and gone after it; Redis for those that start it. */
public final class Servers implements AutoCloseable {

    /** The same for all; everything else is as PostgreSQL comes, above all fsync and synchronous_commit, which are on. */
    public static final List<String> SETTINGS = List.of(
            "shared_preload_libraries = 'pg_stat_statements'", "shared_buffers = '512MB'", "max_wal_size = '4GB'");

    private static final String BROKER_USER = "admin";
    private static final String PREFIX = "servers-";

    private final Path folder;
    private final LocalServers servers;
    private final Map<String, Duration> tidying = new ConcurrentHashMap<>();
    private boolean closed;

    private Servers(Path folder) {
        this.folder = folder;
        this.servers =
                LocalServers.in(folder, BrokerDefinitions.of(List.of(), Set.of(), LocalServers.passwords(folder)));
        Guard.closeAtExit(this);
    }

    /**
     * @param parent where they get a folder of their own, deleted in the end; what killed runs have left there is deleted too
     * @throws IllegalStateException if the environment names servers: what others use cannot be measured
     */
    public static Servers start(Path parent, Consumer<String> say) throws IOException, SQLException {
        for (String variable : List.of("LETHE_POSTGRES_URL", "LETHE_REDIS_URL", "LETHE_RABBITMQ_URL")) {
            if (System.getenv(variable) != null) {
                throw new IllegalStateException(
                        "%s is set, but a benchmark needs servers of its own; unset it".formatted(variable));
            }
        }
        Files.createDirectories(parent);
        deleteLeftOvers(parent);
        Path folder = Files.createDirectories(
                parent.resolve(PREFIX + ProcessHandle.current().pid()));
        var started = new Servers(folder);
        try {
            started.startBoth(say);
            return started;
        } catch (IOException | SQLException | RuntimeException e) {
            started.close();
            throw e;
        }
    }

    private void startBoth(Consumer<String> say) throws SQLException, IOException {
        say.accept("starting a private PostgreSQL and a private RabbitMQ");
        Thread broker = Thread.ofPlatform().start(() -> servers.rabbit().start());
        servers.postgres().start();
        try (Connection connection = connect("postgres");
                Statement statement = connection.createStatement()) {
            for (String setting : SETTINGS) {
                statement.execute("alter system set " + setting);
            }
        }
        servers.postgres().restart();
        try {
            broker.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while RabbitMQ started", e);
        }
        servers.rabbit().start(); // throws what it threw before, if it did
    }

    private static void deleteLeftOvers(Path parent) throws IOException {
        try (Stream<Path> all = Files.list(parent)) {
            for (Path old : all.filter(Servers::isLeftOver).toList()) {
                FileSystemUtils.deleteRecursively(old);
            }
        }
    }

    private static boolean isLeftOver(Path path) {
        String name = path.getFileName().toString();
        return name.startsWith(PREFIX)
                && ProcessHandle.of(Long.parseLong(name.substring(PREFIX.length())))
                        .isEmpty();
    }

    /** Deleted in the end, with everything in it. */
    public Path folder() {
        return folder;
    }

    public PostgresServer postgres() {
        return servers.postgres();
    }

    public RabbitServer rabbit() {
        return servers.rabbit();
    }

    /** It runs only once it is started. */
    public RedisServer redis() {
        return servers.redis();
    }

    /** A new database, in which statements are counted. */
    public void createDatabase(String name) throws SQLException {
        postgres().createDatabase(name);
        execute(name, "create extension if not exists pg_stat_statements");
    }

    public Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(
                postgres().jdbcUrl(database), postgres().user(), postgres().password());
    }

    public void execute(String database, String... statements) throws SQLException {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    public double number(String database, String query) throws SQLException {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getDouble(1);
        }
    }

    public boolean isTrue(String database, String query) throws SQLException {
        return number(database, "select (%s)::int".formatted(query)) == 1;
    }

    /** So that nobody pays for what was done before. */
    public void tidyUp(String database) throws SQLException {
        long begun = System.nanoTime();
        execute(database, "vacuum analyze", "checkpoint");
        tidying.put(database, Duration.ofNanos(System.nanoTime() - begun));
    }

    /** How long that took the last time. */
    public Duration tidying(String database) {
        return tidying.getOrDefault(database, Duration.ofSeconds(1));
    }

    /** A connection as the user who may do everything. */
    public com.rabbitmq.client.Connection broker(String name) throws IOException, TimeoutException {
        var factory = new ConnectionFactory();
        factory.setHost("127.0.0.1");
        factory.setPort(rabbit().port());
        factory.setUsername(BROKER_USER);
        factory.setPassword(rabbit().password(BROKER_USER));
        factory.setAutomaticRecoveryEnabled(false);
        return factory.newConnection(name);
    }

    public static String brokerUser() {
        return BROKER_USER;
    }

    /** With the user and its password in it. */
    public String amqpUrlWithUser() {
        return "amqp://%s:%s@127.0.0.1:%d".formatted(BROKER_USER, rabbit().password(BROKER_USER), rabbit().port());
    }

    public String postgresVersion() throws SQLException {
        try (Connection connection = connect("postgres");
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("show server_version")) {
            row.next();
            return row.getString(1);
        }
    }

    public String rabbitVersion() throws IOException, TimeoutException {
        var connection = broker("version");
        try {
            return String.valueOf(connection.getServerProperties().get("version"));
        } finally {
            connection.close();
        }
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        List.<Server>of(servers.rabbit(), servers.redis(), servers.postgres()).forEach(Servers::end);
        servers.close();
        try {
            FileSystemUtils.deleteRecursively(folder);
        } catch (IOException e) {
            System.err.printf("what the servers wrote could not be deleted: %s%n", e);
        }
    }

    /** Nobody needs the data; but PostgreSQL would leave traces in the machine's memory if it were killed. */
    private static void end(Server server) {
        if (server instanceof RabbitServer) {
            server.kill();
        } else {
            server.close();
        }
    }

    /** Waits for a condition, and says when it gives up. */
    public static void await(String what, long seconds, Condition condition) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (!condition.holds()) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("after %d s still not so: %s".formatted(seconds, what));
            }
            Thread.sleep(10);
        }
    }

    public interface Condition {
        boolean holds() throws Exception;
    }
}
