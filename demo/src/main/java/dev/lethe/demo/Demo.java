package dev.lethe.demo;

import dev.lethe.demo.fleet.Fleet;
import dev.lethe.demo.fleet.FleetFolder;
import dev.lethe.demo.fleet.FleetSettings;
import dev.lethe.demo.fleet.PlanNames;
import dev.lethe.demo.fleet.Service;
import dev.lethe.demo.sample.BrokerAddress;
import dev.lethe.demo.sample.Person;
import dev.lethe.demo.sample.ReceivedMail;
import dev.lethe.demo.sample.Samples;
import dev.lethe.messages.request.Fact;
import dev.lethe.messages.request.NotificationSent;
import dev.lethe.messages.request.ReportReady;
import dev.lethe.messages.request.RequestCompleted;
import dev.lethe.messages.request.RequestKind;
import dev.lethe.messages.request.RequestReceived;
import dev.lethe.servers.BrokerDefinitions;
import dev.lethe.servers.LocalServers;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/** Shows requests on their way through the fleet, and checks at the end that all of it really happened. */
final class Demo {

    private static final int PEOPLE = 12;
    private static final int REQUESTS_OF_EACH_KIND = 4;
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private static final Map<Service, Integer> INSTANCES =
            Map.of(Service.REQUESTS_MANAGER, 2, Service.CANCELLATION_SERVICE, 1, Service.MESSAGE_SCHEDULER, 1);

    private final Story story = new Story();
    private final Ledger ledger = new Ledger();
    /** People to whether the mail system still had their address when their goodbye arrived. */
    private final Map<String, Boolean> addressKnownAtGoodbye = new ConcurrentHashMap<>();

    private final Path root;
    private final Path dir;
    private final Path plan;
    private volatile Samples samples;

    @SuppressWarnings("NullAway.Init") // set before anything can be heard of
    private Demo(Path root, Path dir) throws IOException {
        this.root = root;
        this.dir = dir;
        this.plan = SamplePlan.writeTo(dir);
    }

    static int run(List<String> words) throws IOException, InterruptedException {
        var arguments = new Arguments(words, Set.of("--once", "--attach"), Set.of("--report", "--dir"));
        Path root = Path.of(System.getProperty("lethe.root", ".")).toAbsolutePath();
        boolean attach = arguments.has("--attach");
        // In a container the working directory is not writable
        Path otherwise =
                attach ? Path.of(System.getProperty("java.io.tmpdir"), "lethe-demo") : root.resolve(".lethe/demo");
        Path dir = arguments.value("--dir").map(Path::of).orElse(otherwise).toAbsolutePath();
        FleetFolder.forget(dir);
        Files.createDirectories(dir);
        var demo = new Demo(root, dir);
        DemoReport report = attach ? demo.attached(arguments) : demo.withFleet(arguments);
        return report.isGood() ? 0 : 1;
    }

    private DemoReport withFleet(Arguments arguments) throws IOException, InterruptedException {
        Path sources = dir.resolve("sources.yaml");
        // Its token is known only once it runs, but services inherit the environment that they are started with
        var environment = new ConcurrentHashMap<String, String>();
        var settings = new FleetSettings(root, dir, plan, sources, INSTANCES, environment);
        try (var fleet = new Fleet(settings, story::say)) {
            story.say("private servers and services, all below " + dir);
            fleet.startServers();
            try (var landscape = startSamples(fleet.servers())) {
                environment.put("SAMPLE_USERS_DB_PASSWORD", landscape.usersDatabasePassword());
                environment.put("SAMPLE_BILLING_TOKEN", landscape.billingToken());
                Files.writeString(sources, sourcesOf(landscape));
                fleet.startServices();
                DemoReport report = play(fleet.servers());
                write(report, arguments);
                if (!arguments.has("--once")) {
                    whereToLook(fleet);
                    new CountDownLatch(1).await();
                }
                return report;
            }
        }
    }

    /** The same with a fleet that somebody else runs, at the addresses that the environment names. */
    private DemoReport attached(Arguments arguments) throws IOException, InterruptedException {
        PlanNames names = PlanNames.in(plan);
        var definitions = BrokerDefinitions.of(names.participants(), names.notifiers(), Demo::passwordByEnvironment);
        try (var servers = LocalServers.in(dir.resolve("servers"), definitions);
                var landscape = startSamples(servers)) {
            DemoReport report = play(servers);
            write(report, arguments);
            return report;
        }
    }

    private static String passwordByEnvironment(String user) {
        String variable = "BROKER_PASSWORD_" + user.replace('-', '_').toUpperCase(Locale.ROOT);
        return Objects.requireNonNull(System.getenv(variable), variable + " is not set; set it to the user's password");
    }

    private Samples startSamples(LocalServers servers) throws IOException {
        URI broker = URI.create(servers.rabbit().amqpUrl());
        var address = new BrokerAddress(broker.getHost(), broker.getPort(), servers.rabbit()::password);
        samples = Samples.start(Samples.Settings.of(address, servers.postgres(), PEOPLE)
                .withLines(story::say)
                .withFacts(this::onFact)
                .withMails(this::onMail));
        story.say(
                "four services hold data of %d people, and message-scheduler a greeting to each; billing has an API at %s"
                        .formatted(PEOPLE, samples.billingUrl()));
        return samples;
    }

    private static String sourcesOf(Samples samples) {
        return """
                sources:
                  account:
                    via: sql
                    jdbc_url: "%s"
                    user: "%s"
                    password_env: SAMPLE_USERS_DB_PASSWORD
                    sql: "select id, full_name, email, language, created_at from accounts where id = :subject.id"
                    explain: "Your account"
                  payments:
                    via: http
                    url: "%s/users/{subject.id}/payments"
                    private: true     # on this machine
                    bearer_env: SAMPLE_BILLING_TOKEN
                    records: "/items"
                    explain: "What you paid"
                  pending:
                    via: amqp
                    participant: message-scheduler
                    wait: 1m
                    explain: "What we are about to send you"
                """.formatted(samples.usersJdbcUrl(), samples.usersDatabaseUser(), samples.billingUrl());
    }

    private DemoReport play(LocalServers servers) throws IOException, InterruptedException {
        if (!samples.awaitReady(PATIENCE)) {
            throw new IllegalStateException("the facts' exchange did not appear; are the services running?");
        }
        var checks = new DemoChecks(
                samples, servers, dir.resolve("logs"), PlanNames.in(plan).participants());
        for (Person person : samples.people()) {
            samples.frontend().greetInAMonth(person);
        }
        checks.countRowsBefore(PATIENCE);
        story.blank();
        List<Person> people = samples.people();
        for (int i = 0; i < REQUESTS_OF_EACH_KIND; i++) {
            submit(RequestKind.ERASURE, people.get(i));
            submit(RequestKind.ACCESS, people.get(REQUESTS_OF_EACH_KIND + i));
        }
        boolean all = ledger.awaitAll(PATIENCE);
        story.blank();
        if (!all) {
            story.say("not everything was done within %d s".formatted(PATIENCE.toSeconds()));
        }
        DemoReport report = checks.make(ledger, addressKnownAtGoodbye);
        report.checks()
                .forEach(check -> story.say(
                        "%s  %s: %s".formatted(check.ok() ? "ok    " : "FAILED", check.name(), check.detail())));
        return report;
    }

    private void submit(RequestKind kind, Person person) throws IOException, InterruptedException {
        var entry = new Ledger.Entry(UUID.randomUUID(), kind, person.id());
        ledger.submitted(entry);
        story.submitted(entry);
        samples.frontend().submit(entry.id, kind, person);
    }

    private void onFact(String type, Fact fact, String sender) {
        ledger.find(fact.requestId()).ifPresent(entry -> {
            story.heard(entry, fact, sender);
            switch (fact) {
                case RequestReceived received -> ledger.received(entry, received.occurredAt());
                case ReportReady ready -> ledger.reportReady(entry, ready.downloadUrl());
                case RequestCompleted completed -> ledger.completed(entry);
                case NotificationSent sent -> ledger.notified(entry, sent.occurredAt());
                default -> {}
            }
        });
    }

    private void onMail(ReceivedMail mail) {
        story.say("mail             to %s: %s".formatted(mail.recipient(), mail.subject()));
        mail.text().lines().filter(line -> !line.isBlank()).forEach(line -> story.say("                 | " + line));
        samples.people().stream()
                .filter(person -> person.email().equals(mail.recipient()))
                .forEach(person -> addressKnownAtGoodbye.put(
                        person.id(), samples.rowsAbout(person.id()).getOrDefault("emailing", 0L) > 0));
    }

    private void write(DemoReport report, Arguments arguments) throws IOException {
        if (arguments.value("--report").isPresent()) {
            report.write(Path.of(arguments.value("--report").get()).toAbsolutePath());
        }
    }

    private void whereToLook(Fleet fleet) {
        story.blank();
        story.say("still running, until Ctrl-C:");
        for (Service service : Service.values()) {
            fleet.services(service)
                    .forEach(process ->
                            story.say("  %-24s %s/actuator/health".formatted(process.name(), process.url())));
        }
        story.say("  %-24s %s".formatted("RabbitMQ", fleet.servers().rabbit().amqpUrl()));
        story.say(
                "  %-24s %s".formatted("PostgreSQL", fleet.servers().postgres().jdbcUrl("requests_manager")));
        story.say("  %-24s %s".formatted("addresses and passwords", dir.resolve("fleet.json")));
        story.say("  %-24s %s".formatted("logs (ECS JSON)", dir.resolve("logs")));
        story.say("  %-24s %s".formatted("reports", dir.resolve("reports")));
    }
}
