package dev.lethe.demo.fleet;

import dev.lethe.servers.BrokerDefinitions;
import dev.lethe.servers.Guard;
import dev.lethe.servers.LocalServers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Servers and services on this machine, each a process of its own. A service that dies is started again. Nothing outlives this
 * JVM, however it ends.
 */
public final class Fleet implements AutoCloseable {

    /** Two services that die at once are not started in a tight loop. */
    private static final Duration PAUSE_BEFORE_RESTART = Duration.ofSeconds(1);

    private final FleetSettings settings;
    private final Consumer<String> say;
    private final PlanNames plan;
    private final LocalServers servers;
    private final Programs programs;
    /** The key for requests-manager, too. */
    private final String operatorsPassword = newPassword();

    private final Map<Service, List<ServiceProcess>> services = new EnumMap<>(Service.class);
    private final ExecutorService restarts = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("restarts").daemon().factory());
    private volatile boolean closing;
    private final CompletableFuture<Void> started = new CompletableFuture<>();

    /**
     * A fleet that is not started yet.
     *
     * @param say told what happens, a line each
     * @throws dev.lethe.files.InvalidFile if the participants' file cannot be read
     */
    public Fleet(FleetSettings settings, Consumer<String> say) throws IOException {
        this.settings = settings;
        this.say = say;
        this.plan = PlanNames.in(settings.participants());
        this.programs = new Programs(settings.root());
        Path serversFolder = Files.createDirectories(settings.dir().resolve("servers"));
        this.servers = LocalServers.in(
                serversFolder,
                BrokerDefinitions.of(plan.participants(), plan.notifiers(), LocalServers.passwords(serversFolder)));
        Guard.closeAtExit(this);
    }

    public LocalServers servers() {
        return servers;
    }

    public Path dir() {
        return settings.dir();
    }

    public List<ServiceProcess> services(Service service) {
        return services.getOrDefault(service, List.of());
    }

    /** @throws IllegalStateException if they cannot be started, or if another fleet runs in this folder */
    public void startServers() throws IOException {
        if (!FleetFolder.isInUse(settings.dir())) {
            // Of one that was killed: who waits for ours must not take it for ready
            FleetFile.delete(settings.dir());
        }
        servers.startAll(say);
        for (Service service : Service.values()) {
            servers.postgres().createDatabase(service.database());
        }
    }

    /** Starts all services side by side, returns when all are ready, and writes {@code fleet.json}. */
    public void startServices() throws IOException, InterruptedException {
        Path logs = Files.createDirectories(settings.dir().resolve("logs"));
        var ports = new ServicePorts(settings.dir());
        for (Service service : Service.values()) {
            int instances = settings.instances().getOrDefault(service, 1);
            var processes = new ArrayList<ServiceProcess>();
            for (int n = 1; n <= instances; n++) {
                String name = "%s-%d".formatted(service.label(), n);
                int port = ports.of(name);
                processes.add(new ServiceProcess(
                        name,
                        programs.commandOf(service),
                        environment(service, port),
                        port,
                        logs.resolve(name + ".log")));
            }
            services.put(service, processes);
        }
        for (ServiceProcess process : all()) {
            process.launch(() -> restart(process));
        }
        for (ServiceProcess process : all()) {
            process.awaitReady();
            say.accept("%s is ready on %s".formatted(process.name(), process.url()));
        }
        writeFleetFile();
        started.complete(null);
    }

    private List<ServiceProcess> all() {
        return services.values().stream().flatMap(List::stream).toList();
    }

    /** One that dies while we wait for others to start has its turn after that; one that we wait for fails the start. */
    private void restart(ServiceProcess dead) {
        started.thenRunAsync(() -> startAgain(dead), restarts);
    }

    private void startAgain(ServiceProcess dead) {
        if (closing) {
            return;
        }
        say.accept("%s died (exit %d) and is started again".formatted(dead.name(), dead.exitValue()));
        try {
            Thread.sleep(PAUSE_BEFORE_RESTART);
            dead.launch(() -> restart(dead));
            writeFleetFile();
        } catch (IOException e) {
            say.accept("%s could not be started again: %s".formatted(dead.name(), e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Map<String, String> environment(Service service, int port) throws IOException {
        var environment = new LinkedHashMap<>(settings.environment());
        environment.put("SERVER_ADDRESS", "127.0.0.1");
        environment.put("SERVER_PORT", Integer.toString(port));
        // Otherwise in the machine's temporary folder, where it stays when a service is killed
        environment.put(
                "SERVER_TOMCAT_BASEDIR",
                settings.dir().resolve("tomcat").resolve(Integer.toString(port)).toString());
        environment.put("SPRING_DATASOURCE_URL", servers.postgres().jdbcUrl(service.database()));
        environment.put("SPRING_DATASOURCE_USERNAME", servers.postgres().user());
        environment.put("SPRING_DATASOURCE_PASSWORD", servers.postgres().password());
        environment.put("SPRING_RABBITMQ_ADDRESSES", servers.rabbit().amqpUrl());
        environment.put("SPRING_RABBITMQ_USERNAME", service.label());
        environment.put("SPRING_RABBITMQ_PASSWORD", servers.rabbit().password(service.label()));
        environment.put("LETHE_LOG_FORMAT", "ecs");
        switch (service) {
            case REQUESTS_MANAGER -> {
                environment.put("LETHE_REDIS_URL", servers.redis().url());
                var keys = new Keys(settings.dir());
                environment.put("LETHE_REQUESTS_PSEUDONYM_KEY", keys.of("pseudonyms"));
                environment.put("LETHE_REPORTS_MASTER_KEYS", "local:" + keys.of("reports"));
                environment.put("LETHE_API_KEYS_OPERATOR_SHA256", sha256(operatorsPassword));
                environment.put("LETHE_API_KEYS_OPERATOR_MAY", "submit,read,operate");
                environment.put("LETHE_ACCESS_PUBLIC_URL", "http://127.0.0.1:" + port);
                if (settings.sources() != null) {
                    environment.put("LETHE_ACCESS_SOURCES", settings.sources().toString());
                }
            }
            case CANCELLATION_SERVICE ->
                environment.put("LETHE_PLAN", settings.participants().toString());
            case MESSAGE_SCHEDULER -> environment.put("LETHE_OPERATORS_PASSWORD", operatorsPassword);
        }
        return environment;
    }

    private static String newPassword() {
        var random = new byte[24];
        new SecureRandom().nextBytes(random);
        return HexFormat.of().formatHex(random);
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private void writeFleetFile() throws IOException {
        FleetFile.write(settings.dir(), servers, plan.participants(), services, operatorsPassword);
    }

    /** After this nothing is started any more, and fleet.json is not written again. */
    private void endRestarts() {
        restarts.shutdownNow();
        try {
            if (!restarts.awaitTermination(10, TimeUnit.SECONDS)) {
                say.accept("a service that was being started again is killed");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Services first, then servers; the data stays. */
    @Override
    public void close() {
        if (closing) {
            return;
        }
        closing = true;
        endRestarts();
        if (started.isDone()) {
            FleetFile.delete(settings.dir());
        }
        all().stream()
                .map(process -> Thread.ofPlatform().start(process::stop))
                .toList()
                .forEach(stopping -> {
                    try {
                        stopping.join();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
        servers.close();
    }
}
