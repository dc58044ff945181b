package dev.lethe.scheduler.faults;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.lethe.servers.BrokerDefinitions;
import dev.lethe.servers.Guard;
import dev.lethe.servers.LocalServers;
import dev.lethe.servers.PostgresServer;
import dev.lethe.servers.RabbitServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.util.FileSystemUtils;

/** Servers of their own, that wait for the disk, and instances of the service that may be hurt as one likes. */
final class Site implements AutoCloseable {

    static final String USER = "message-scheduler";
    static final String SENDER = "users";
    private static final String DATABASE = "faults";

    private static final AtomicInteger SITES = new AtomicInteger();

    private static Path folder = Path.of("");

    final PostgresServer postgres;
    final RabbitServer rabbit;
    private int shards;
    private final LocalServers servers;
    private final Map<String, Instance> instances = new HashMap<>();

    Site(int shards) {
        this.shards = shards;
        Path home = folder().resolve("servers-" + SITES.incrementAndGet());
        servers = LocalServers.in(home, BrokerDefinitions.of(List.of(SENDER), Set.of(), LocalServers.passwords(home)));
        postgres = servers.postgres();
        rabbit = servers.rabbit();
        postgres.start();
        rabbit.start();
        postgres.createDatabase(DATABASE);
    }

    /** For instances that are started from now on. */
    void spreadOver(int lanes) {
        shards = lanes;
    }

    int shards() {
        return shards;
    }

    /** A folder of this JVM, deleted with it. */
    static synchronized Path folder() {
        if (!folder.isAbsolute()) {
            try {
                Path made = Files.createTempDirectory("lethe-faults-");
                // PostgreSQL, if it runs as another user, must be able to pass
                Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rwx--x--x"));
                Guard.closeAtExit(() -> FileSystemUtils.deleteRecursively(made));
                folder = made;
            } catch (IOException e) {
                throw new UncheckedIOException("cannot make a temporary folder", e);
            }
        }
        return folder;
    }

    /** Sees to it that nothing is left of a test that failed. */
    void tidy() throws IOException, SQLException {
        postgres.start();
        rabbit.start();
        if (isLeft()) {
            keepOnly(List.of());
            clear();
        }
    }

    /** Sees to it that these instances run, and no others. */
    void run(String... names) throws IOException {
        List<String> wanted = List.of(names);
        keepOnly(wanted);
        var launched = new ArrayList<Instance>();
        for (String name : wanted) {
            if (!instances.containsKey(name)) {
                launched.add(launch(name, Map.of(), Map.of()));
            }
        }
        launched.forEach(Instance::awaitReady);
        if (!wanted.isEmpty()) {
            Eventually.until(() -> owners().size() == shards);
        }
    }

    private void keepOnly(List<String> wanted) throws IOException {
        for (Instance instance : List.copyOf(instances.values())) {
            if (!wanted.contains(instance.name) || !instance.isRunning()) {
                instance.close();
                instances.remove(instance.name);
            }
        }
    }

    private boolean isLeft() throws SQLException {
        try (var connection = database();
                var statement = connection.createStatement();
                var table = statement.executeQuery("select to_regclass('message') is not null")) {
            table.next();
            if (!table.getBoolean(1)) {
                return false;
            }
            try (var rows = connection.createStatement().executeQuery("select exists (select from message)")) {
                rows.next();
                return rows.getBoolean(1);
            }
        }
    }

    private void clear() throws SQLException {
        try (var connection = database();
                var statement = connection.createStatement()) {
            statement.execute(
                    "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()");
            statement.execute("truncate message");
        }
    }

    /** Not ready yet. */
    Instance launch(String name, Map<String, String> settings, Map<String, String> environment) throws IOException {
        var instance = new Instance(name, new TcpProxy(postgres.port()), new TcpProxy(rabbit.port()), folder());
        Map<String, String> all = new HashMap<>(Map.of(
                "spring.datasource.url",
                        "jdbc:postgresql://127.0.0.1:%d/%s".formatted(instance.database.port(), DATABASE),
                "spring.datasource.username", postgres.user(),
                "spring.datasource.password", postgres.password(),
                "spring.rabbitmq.host", "127.0.0.1",
                "spring.rabbitmq.port", String.valueOf(instance.broker.port()),
                "spring.rabbitmq.username", USER,
                "spring.rabbitmq.password", rabbit.password(USER),
                "lethe.outbox.shards", String.valueOf(shards)));
        all.putAll(settings);
        instance.launch(all, environment);
        instances.put(name, instance);
        return instance;
    }

    /** Whether its lanes have begun a session with the database after this moment, which is of the database's clock. */
    boolean hasComeBack(Instance instance, OffsetDateTime after) throws SQLException {
        try (var connection = database();
                var sessions = connection.prepareStatement("""
                        select client_port from pg_stat_activity
                         where application_name like '%: outbox' and backend_start > ?
                        """)) {
            sessions.setObject(1, after);
            try (var rows = sessions.executeQuery()) {
                while (rows.next()) {
                    if (instance.database.isFrom(rows.getInt(1))) {
                        return true;
                    }
                }
                return false;
            }
        }
    }

    Instance instance(String name) {
        return instances.get(name);
    }

    /** The instance that owns the first lane, and so at least its share of all. */
    Instance owner() throws SQLException {
        return instance(owners().get(0));
    }

    Instance standby() throws SQLException {
        String owner = owner().name;
        return instances.values().stream()
                .filter(instance -> !instance.name.equals(owner))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("nobody stands by"));
    }

    /** Who owns which lane, as the database sees it: the name of the instance by the shard. */
    Map<Integer, String> owners() throws SQLException {
        Map<Integer, String> owners = new HashMap<>();
        try (var connection = database();
                var rows = connection.createStatement().executeQuery("""
                        select objid::int, client_port
                          from pg_locks join pg_stat_activity using (pid)
                         where locktype = 'advisory' and granted and datname = current_database()
                           and classid = hashtext('lethe.outbox')::bigint & 4294967295
                        """)) {
            while (rows.next()) {
                int port = rows.getInt(2);
                String name = instances.values().stream()
                        .filter(instance -> instance.database.isFrom(port))
                        .map(instance -> instance.name)
                        .findFirst()
                        .orElse("nobody that is left");
                if (owners.put(rows.getInt(1), name) != null) {
                    throw new IllegalStateException("two own lane " + rows.getInt(1));
                }
            }
        }
        return owners;
    }

    java.sql.Connection database() throws SQLException {
        return DriverManager.getConnection(
                postgres.jdbcUrl(DATABASE) + "?connectTimeout=2&socketTimeout=20",
                postgres.user(),
                postgres.password());
    }

    /** As administrator. */
    Connection broker() throws IOException, TimeoutException {
        return broker("admin");
    }

    Connection broker(String user) throws IOException, TimeoutException {
        var factory = new ConnectionFactory();
        factory.setHost("127.0.0.1");
        factory.setPort(rabbit.port());
        factory.setUsername(user);
        factory.setPassword(rabbit.password(user));
        factory.setAutomaticRecoveryEnabled(false);
        factory.setConnectionTimeout(2_000);
        factory.setHandshakeTimeout(2_000);
        return factory.newConnection("test");
    }

    @Override
    public void close() throws IOException {
        for (Instance instance : instances.values()) {
            instance.close();
        }
        servers.close();
    }
}
