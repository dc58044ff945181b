package dev.lethe.benchmarks.access;

import dev.lethe.benchmarks.servers.Servers;
import dev.lethe.benchmarks.servers.ServiceProcess;
import dev.lethe.benchmarks.servers.Usage;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.Base64;
import java.util.Map;

/**
 * Ours: one instance as it was built, with a new database of its own. Requests that it takes in are held back until the benchmark lets them
 * go, so that its workers begin with all of them at once.
 */
final class RequestsManager implements AutoCloseable {

    private static final String SERVICE = "requests-manager";
    private static final int KEY_BYTES = 32;

    /** Whatever the service itself says: nobody takes it before tomorrow. */
    private static final String HOLD = """
            create function bench_hold() returns trigger language plpgsql as $$
            begin
                new.next_attempt_at := now() + interval '1 day';
                return new;
            end
            $$
            """;

    private final Servers servers;
    private final String database;
    private final ServiceProcess process;

    private RequestsManager(Servers servers, String database, ServiceProcess process) {
        this.servers = servers;
        this.database = database;
        this.process = process;
    }

    /** @param name of what is measured, so that its log can be found */
    static RequestsManager start(Stage stage, String name, int workers, Path sources)
            throws SQLException, IOException, InterruptedException {
        Servers servers = stage.servers();
        String database = "requests_manager_" + name;
        stage.say().accept("starting requests-manager with %d workers".formatted(workers));
        servers.redis().start();
        servers.postgres().dropDatabase(database);
        servers.createDatabase(database);
        var process = ServiceProcess.start(
                servers,
                stage.root(),
                stage.logs(),
                SERVICE,
                database,
                Map.of(
                        "LETHE_REDIS_URL",
                        servers.redis().url(),
                        "LETHE_REQUESTS_PSEUDONYM_KEY",
                        key(),
                        "LETHE_REPORTS_MASTER_KEYS",
                        "bench:" + key(),
                        "LETHE_ACCESS_PUBLIC_URL",
                        "{url}",
                        "LETHE_ACCESS_SOURCES",
                        sources.toString(),
                        "LETHE_ACCESS_WORKERS",
                        String.valueOf(workers),
                        Landscape.PASSWORD_VARIABLE,
                        servers.postgres().password()));
        var started = new RequestsManager(servers, database, process);
        try {
            servers.execute(
                    database,
                    HOLD,
                    "create trigger bench_hold before insert on request for each row execute function bench_hold()");
            return started;
        } catch (SQLException | RuntimeException e) {
            started.close();
            throw e;
        }
    }

    private static String key() {
        var bytes = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(bytes);
        return Base64.getEncoder().encodeToString(bytes);
    }

    String database() {
        return database;
    }

    Metrics metrics() throws IOException, InterruptedException {
        return Metrics.of(process.url());
    }

    String endOfLog() throws IOException {
        return process.endOfLog();
    }

    /** In MiB, so far. */
    double peakMemory() {
        return Usage.peakMebibytes(process.pid());
    }

    /** CPU seconds so far. */
    Costs costs() {
        return new Costs(
                Usage.cpuSeconds(process.pid()),
                Usage.cpuSeconds(servers.postgres().pid()),
                Usage.cpuSeconds(servers.rabbit().pid()));
    }

    /** CPU time, of all reports or of one, in seconds or thousandths. */
    record Costs(double service, double database, double broker) {

        Costs since(Costs before) {
            return new Costs(service - before.service, database - before.database, broker - before.broker);
        }

        Costs times(double factor) {
            return new Costs(service * factor, database * factor, broker * factor);
        }
    }

    /** Its reports take space that the next one may need. */
    @Override
    public void close() {
        process.close();
        servers.postgres().dropDatabase(database);
    }
}
