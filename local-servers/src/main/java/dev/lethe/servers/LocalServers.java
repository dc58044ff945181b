package dev.lethe.servers;

import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * PostgreSQL, Redis and RabbitMQ for this JVM alone: ordinary processes on free loopback ports, with everything they write
 * below one folder. Where the environment names a server ({@code LETHE_POSTGRES_URL}, {@code LETHE_REDIS_URL},
 * {@code LETHE_RABBITMQ_URL}, {@code LETHE_ELASTICSEARCH_URL}), that one is used instead. Elasticsearch is there for those who search in
 * it, and starts only when it is told to.
 *
 * <p>None of them outlives this JVM, see {@link Guard}.
 */
public final class LocalServers implements AutoCloseable {
    /** The users of the shared broker; emailing is the one that tells people. */
    private static final List<String> SHARED_PARTICIPANTS =
            List.of("users", "billing", "viewing-history", "analytics", "emailing");

    private final Folder folder;
    private final PostgresServer postgres;
    private final RedisServer redis;
    private final RabbitServer rabbit;
    private final ElasticsearchServer elasticsearch;
    private final boolean shared;
    private final Set<Server> startOnUse = ConcurrentHashMap.newKeySet();
    private volatile Consumer<String> progress = System.out::println;

    LocalServers(Path path, BrokerDefinitions definitions, Map<String, String> environment, boolean shared) {
        this.folder = new Folder(path);
        this.shared = shared;
        Consumer<String> lines = line -> progress.accept(line);
        postgres = new PostgresServer(folder, environment, !shared, lines);
        redis = new RedisServer(folder, environment, lines);
        rabbit = new RabbitServer(folder, definitions, environment, lines);
        elasticsearch = new ElasticsearchServer(folder, environment, lines);
        if (shared) {
            startOnUse.addAll(everything());
        }
        Guard.closeAtExit(shared ? this::discard : this);
    }

    /**
     * Servers that live in this folder; none is started yet. The same folder again means the same data and passwords, and the
     * same ports where they are still free. They are stopped when this JVM ends, if not before.
     *
     * @throws IllegalArgumentException if the environment names a server in a form that cannot be understood
     */
    public static LocalServers in(Path folder, BrokerDefinitions definitions) {
        return new LocalServers(folder, definitions, System.getenv(), false);
    }

    /**
     * The servers that all tests of this JVM share, each started when it is first asked for (only then: a test that kills one
     * starts it again), stopped and deleted when the JVM ends. PostgreSQL does not wait for the disk there. The broker knows
     * the participants users, billing, viewing-history, analytics and emailing, which is the notifier.
     */
    public static LocalServers shared() {
        return Shared.SERVERS;
    }

    /** Passwords for {@link BrokerDefinitions}: made up for each user when first asked for, and kept in this folder. */
    public static UnaryOperator<String> passwords(Path folder) {
        return user -> new Folder(folder).password("rabbitmq-" + user);
    }

    public PostgresServer postgres() {
        return used(postgres);
    }

    public RedisServer redis() {
        return used(redis);
    }

    public RabbitServer rabbit() {
        return used(rabbit);
    }

    /** Neither among {@link #all()} nor started by {@link #startAll()}. Its archive must be on the class path. */
    public ElasticsearchServer elasticsearch() {
        return used(elasticsearch);
    }

    private <S extends Server> S used(S server) {
        if (startOnUse.contains(server)) {
            server.start();
            startOnUse.remove(server);
        }
        return server;
    }

    /** What the services need, in the order in which they are named everywhere; asking for them starts none. */
    public List<Server> all() {
        return List.of(postgres, redis, rabbit);
    }

    private List<Server> everything() {
        return List.of(postgres, redis, rabbit, elasticsearch);
    }

    /** Starts all of them side by side and returns when the last is ready. Those that did start stay if another fails. */
    public void startAll() {
        together(all(), Server::start);
        startOnUse.removeAll(all());
    }

    /** As {@link #startAll()}; what happens is told here, a line each, instead of on the standard output. */
    public void startAll(Consumer<String> progress) {
        this.progress = progress;
        startAll();
    }

    /** Stops all of them and leaves the folder to whoever wants it next; of the shared ones, does nothing. */
    @Override
    public void close() {
        if (!shared) {
            together(everything(), Server::close);
            folder.unlock();
        }
    }

    /** Quickly, as nobody needs the data; only PostgreSQL would leave traces in the machine's memory if it were killed. */
    private void discard() {
        together(everything(), server -> {
            if (server.pid() < 0 || server == postgres) {
                server.close();
            } else {
                server.kill();
            }
        });
        folder.unlock();
        folder.delete();
    }

    private static void together(List<Server> servers, Consumer<Server> action) {
        // Not virtual ones: while they load classes they cannot leave their carrier. On two cores, two that waited for
        // a
        // third, which held the lock of the jar and had no carrier, waited for ever; about one start in a hundred
        try (ExecutorService threads =
                Executors.newThreadPerTaskExecutor(Thread.ofPlatform().factory())) {
            List<? extends Future<?>> running = servers.stream()
                    .map(server -> threads.submit(() -> action.accept(server)))
                    .toList();
            List<Throwable> failures = new ArrayList<>();
            for (Future<?> each : running) {
                try {
                    each.get();
                } catch (ExecutionException e) {
                    failures.add(e.getCause() == null ? e : e.getCause());
                } catch (InterruptedException e) {
                    throw Programs.interrupted("waiting for the servers");
                }
            }
            if (!failures.isEmpty()) {
                IllegalStateException failure = new IllegalStateException(
                        failures.stream().map(Throwable::getMessage).collect(joining("\n")), failures.getFirst());
                failures.stream().skip(1).forEach(failure::addSuppressed);
                throw failure;
            }
        }
    }

    private static final class Shared {
        static final LocalServers SERVERS = create();

        private static LocalServers create() {
            try {
                Path folder = Files.createTempDirectory("lethe-servers-");
                // PostgreSQL, if it runs as another user, must be able to pass.
                Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
                Guard.deleteIfKilled(folder);
                BrokerDefinitions definitions =
                        BrokerDefinitions.of(SHARED_PARTICIPANTS, Set.of("emailing"), passwords(folder));
                return new LocalServers(folder, definitions, System.getenv(), true);
            } catch (IOException e) {
                throw new UncheckedIOException("cannot make a temporary folder for the shared servers", e);
            }
        }
    }
}
