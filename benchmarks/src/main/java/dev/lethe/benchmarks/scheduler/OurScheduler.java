package dev.lethe.benchmarks.scheduler;

import dev.lethe.benchmarks.servers.Servers;
import dev.lethe.benchmarks.servers.ServiceProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Ours: the built jar as a process of its own, with nothing configured but its addresses. */
final class OurScheduler implements Contender {

    private static final String SERVICE = "message-scheduler";

    private final Servers servers;
    private final String name;
    private final String database;
    private final int future;
    private final Path root;
    private final Path logs;
    private final Rows rows;
    private @Nullable ServiceProcess process;
    private Instant due = Instant.EPOCH;

    /**
     * @param root where the project is, with its built jar
     * @param future rows that are never due
     */
    OurScheduler(Servers servers, Path root, Path logs, String name, String database, int future) {
        this.servers = servers;
        this.root = root;
        this.name = name;
        this.database = database;
        this.future = future;
        this.logs = logs;
        this.rows = new Rows(servers, database);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String configuration() {
        return "default configuration, JVM with " + String.join(" ", ServiceProcess.JVM.subList(0, 2));
    }

    @Override
    public int rows(Scale scale) {
        return scale.rows();
    }

    @Override
    public int repeats(Scale scale) {
        return scale.repeats();
    }

    Rows rows() {
        return rows;
    }

    @Override
    public void open() throws Exception {
        servers.createDatabase(database);
        launch();
        rows.learn();
        rows.future(future);
    }

    /** As {@link #open()}, with rows that look like the other's: two that run side by side share what comes over AMQP. */
    void openLike(OurScheduler other) throws Exception {
        servers.createDatabase(database);
        launch();
        rows.learnFrom(other.rows);
        rows.future(future);
    }

    private void launch() throws IOException, InterruptedException {
        process = ServiceProcess.start(servers, root, logs, SERVICE, database, Map.of());
    }

    /** It works all the time: nothing is due before everything is stored and the tables are tidy. */
    @Override
    public void load(int number) throws Exception {
        due = rows.dueAfterStoring(number);
        rows.due("'%s'::timestamptz".formatted(due), number);
    }

    @Override
    public boolean isReady() {
        boolean ready = Instant.now().isBefore(due);
        if (!ready) {
            rows.plannedTooShort();
        }
        return ready;
    }

    @Override
    public void start() throws InterruptedException {
        Thread.sleep(Duration.between(Instant.now(), due));
    }

    @Override
    public String isDone() {
        return rows.isDone();
    }

    /** It goes on; there is nothing to do for it. */
    @Override
    public void stop() {}

    @Override
    public String database() {
        return database;
    }

    @Override
    public long pid() {
        ServiceProcess running = process;
        return running == null ? -1 : running.pid();
    }

    @Override
    public void close() {
        ServiceProcess running = process;
        if (running != null) {
            running.close();
        }
    }
}
