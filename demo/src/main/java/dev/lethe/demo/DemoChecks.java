package dev.lethe.demo;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.lethe.demo.DemoReport.Check;
import dev.lethe.demo.fleet.Service;
import dev.lethe.demo.sample.Person;
import dev.lethe.demo.sample.Samples;
import dev.lethe.messages.Topology;
import dev.lethe.messages.request.RequestKind;
import dev.lethe.servers.LocalServers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** Looks for itself whether what was said to have happened has happened: in the databases, the mails, the reports, the queues. */
final class DemoChecks {

    private final Samples samples;
    private final LocalServers servers;
    private final Path logs;
    private final List<String> participants;
    private final Map<String, Map<String, Long>> rowsBefore = new HashMap<>();
    private final List<Check> checks = new ArrayList<>();

    DemoChecks(Samples samples, LocalServers servers, Path logs, List<String> participants) {
        this.samples = samples;
        this.servers = servers;
        this.logs = logs;
        this.participants = participants;
    }

    /** Waits until message-scheduler has stored what it was given, or the checks would find that somebody had nothing there. */
    void countRowsBefore(Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (peopleWithMessages() < samples.people().size() && System.nanoTime() < deadline) {
            Thread.sleep(50);
        }
        samples.people().forEach(person -> rowsBefore.put(person.id(), rowsAbout(person.id())));
    }

    private long peopleWithMessages() {
        return database(Service.MESSAGE_SCHEDULER)
                .sql("select count(distinct subject) from message")
                .query(Long.class)
                .single();
    }

    /** With each participant; message-scheduler is one, with what it was asked to send later. */
    private Map<String, Long> rowsAbout(String personId) {
        Map<String, Long> rows = new HashMap<>(samples.rowsAbout(personId));
        rows.put(
                Service.MESSAGE_SCHEDULER.label(),
                database(Service.MESSAGE_SCHEDULER)
                        .sql("select count(*) from message where subject = :subject")
                        .param("subject", personId)
                        .query(Long.class)
                        .single());
        return rows;
    }

    DemoReport make(Ledger ledger, Map<String, Boolean> addressKnownAtGoodbye)
            throws IOException, InterruptedException {
        for (RequestKind kind : RequestKind.values()) {
            numbersInSync(ledger, kind);
        }
        rowsAreGone(ledger);
        goodbyeCameFirst(ledger, addressKnownAtGoodbye);
        reportsAreWhole(ledger);
        reportsWereBuiltOnce(ledger);
        nothingWasLeftBehind();
        logsNameNobody();
        List<DemoReport.Request> requests =
                ledger.all().stream().map(this::request).toList();
        return new DemoReport(
                ledger.all().size(),
                ledger.count(Ledger.Entry::isReceived),
                ledger.count(Ledger.Entry::isCompleted),
                ledger.count(Ledger.Entry::isNotified),
                requests,
                checks);
    }

    private void check(String name, boolean ok, String detail, Object... arguments) {
        checks.add(new Check(name, ok, detail.formatted(arguments)));
    }

    private void numbersInSync(Ledger ledger, RequestKind kind) {
        Predicate<Ledger.Entry> ofKind = entry -> entry.kind == kind;
        long submitted = ledger.count(ofKind);
        long received = ledger.count(ofKind.and(Ledger.Entry::isReceived));
        long completed = ledger.count(ofKind.and(Ledger.Entry::isCompleted));
        long notified = ledger.count(ofKind.and(Ledger.Entry::isNotified));
        check(
                "%s requests: submitted = received = completed = notified"
                        .formatted(kind.name().toLowerCase(Locale.ROOT)),
                submitted > 0 && received == submitted && completed == submitted && notified == submitted,
                "%d, %d, %d, %d",
                submitted,
                received,
                completed,
                notified);
    }

    private void rowsAreGone(Ledger ledger) {
        List<String> erased = personsOf(ledger, RequestKind.ERASURE);
        long before = erased.stream()
                .mapToLong(id -> sum(rowsBefore.getOrDefault(id, Map.of())))
                .sum();
        boolean everybodyHadSome = erased.stream()
                .allMatch(id ->
                        rowsBefore.getOrDefault(id, Map.of()).values().stream().allMatch(rows -> rows > 0));
        long after = erased.stream().mapToLong(id -> sum(rowsAbout(id))).sum();
        check(
                "no row is left with any participant",
                everybodyHadSome && after == 0,
                "%d rows about %d people in %d databases before, %d after",
                before,
                erased.size(),
                participants.size(),
                after);
        // The mail system logs the mails it sends, so its rows may grow
        long lost = samples.people().stream()
                .map(Person::id)
                .filter(id -> !erased.contains(id))
                .filter(id -> rowsAbout(id).entrySet().stream()
                        .anyMatch(rows -> rows.getValue()
                                < rowsBefore.getOrDefault(id, Map.of()).getOrDefault(rows.getKey(), 0L)))
                .count();
        check(
                "nobody else lost a row",
                lost == 0,
                "%d of %d others did",
                lost,
                samples.people().size() - erased.size());
    }

    private static long sum(Map<String, Long> rows) {
        return rows.values().stream().mapToLong(Long::longValue).sum();
    }

    private void goodbyeCameFirst(Ledger ledger, Map<String, Boolean> addressKnownAtGoodbye) {
        List<String> erased = personsOf(ledger, RequestKind.ERASURE);
        long known = erased.stream()
                .filter(id -> addressKnownAtGoodbye.getOrDefault(id, false))
                .count();
        check(
                "the mail system still had the address when it said goodbye",
                known == erased.size(),
                "%d of %d",
                known,
                erased.size());
    }

    private void reportsAreWhole(Ledger ledger) throws IOException, InterruptedException {
        var problems = new ArrayList<String>();
        long opened = 0;
        for (Ledger.Entry entry : ledger.all()) {
            if (entry.kind != RequestKind.ACCESS) {
                continue;
            }
            if (entry.downloadUrl().isEmpty()) {
                problems.add("%s has none".formatted(entry.id));
                continue;
            }
            Person person = samples.people().stream()
                    .filter(each -> each.id().equals(entry.personId))
                    .findAny()
                    .orElseThrow();
            List<String> others = samples.people().stream()
                    .filter(each -> !each.equals(person))
                    .map(Person::email)
                    .toList();
            String problem =
                    ReportCheck.problemOf(entry.downloadUrl().get(), List.of(person.email(), person.name()), others);
            if (!problem.isEmpty()) {
                problems.add("%s: %s".formatted(entry.id, problem));
            }
            opened++;
        }
        check(
                "every report opens, fits its manifest and is about one person",
                problems.isEmpty(),
                "%d opened%s",
                opened,
                problems.isEmpty() ? "" : "; " + String.join("; ", problems));
    }

    private void reportsWereBuiltOnce(Ledger ledger) {
        JdbcClient database = database(Service.REQUESTS_MANAGER);
        var workers = new java.util.TreeSet<String>();
        long once = 0;
        List<Ledger.Entry> access =
                ledger.all().stream().filter(e -> e.kind == RequestKind.ACCESS).toList();
        for (Ledger.Entry entry : access) {
            List<String> steps = database.sql(
                            "select cause || ': ' || who from request_history where request_id = :id and cause in ('claimed by a worker', 'report finished') order by id")
                    .param("id", entry.id)
                    .query(String.class)
                    .list();
            // Claimed to ask the participants, claimed again when they had answered, and then finished: once, and
            // nothing after that
            if (steps.stream()
                                    .filter(step -> step.startsWith("report finished"))
                                    .count()
                            == 1
                    && steps.getLast().startsWith("report finished")) {
                once++;
                workers.add(steps.get(steps.size() - 2));
            }
        }
        check(
                "no two workers built the same report",
                once == access.size(),
                "%d of %d were finished once, by who claimed them last; %d different workers",
                once,
                access.size(),
                workers.size());
    }

    private void nothingWasLeftBehind() throws IOException {
        long undeliverable = Stream.of(Service.values())
                .mapToLong(service -> database(service)
                        .sql("select count(*) from undeliverable")
                        .query(Long.class)
                        .single())
                .sum();
        long parked = 0;
        var factory = new ConnectionFactory();
        try {
            factory.setUri(servers.rabbit().amqpUrl());
            factory.setUsername("admin");
            factory.setPassword(servers.rabbit().password("admin"));
            try (Connection connection = factory.newConnection("demo: checks");
                    Channel channel = connection.createChannel()) {
                for (String queue : queues()) {
                    parked += channel.messageCount(Topology.parkingLot(queue));
                }
            }
        } catch (java.net.URISyntaxException | java.security.GeneralSecurityException | TimeoutException e) {
            throw new IOException("cannot look into the parking lots", e);
        }
        check(
                "nothing is parked or undeliverable",
                parked == 0 && undeliverable == 0,
                "%d parked, %d undeliverable",
                parked,
                undeliverable);
    }

    private List<String> queues() {
        return Stream.concat(
                        Stream.of(
                                Topology.REQUESTS_QUEUE,
                                Topology.EVENTS_QUEUE,
                                Topology.COMMANDS_QUEUE,
                                Topology.REPLIES_QUEUE,
                                Topology.SCHEDULE_QUEUE),
                        participants.stream().map(Topology::participantQueue))
                .toList();
    }

    private void logsNameNobody() throws IOException {
        if (!Files.isDirectory(logs)) {
            return;
        }
        long lines = 0;
        long found = 0;
        try (Stream<Path> files = Files.list(logs)) {
            for (Path file : files.toList()) {
                List<String> log = Files.readAllLines(file);
                lines += log.size();
                found += log.stream()
                        .filter(line -> samples.people().stream()
                                .anyMatch(person -> line.contains(person.email())
                                        || line.contains(person.name())
                                        || line.contains(person.id())))
                        .count();
            }
        }
        check("no log names anybody", lines > 0 && found == 0, "%d of %d lines do", found, lines);
    }

    private DemoReport.Request request(Ledger.Entry entry) {
        String state = database(Service.REQUESTS_MANAGER)
                .sql("select state from request where id = :id")
                .param("id", entry.id)
                .query(String.class)
                .optional()
                .orElse("unknown");
        double seconds =
                entry.completedAfter().map(after -> after.toMillis() / 1000.0).orElse(0.0);
        return new DemoReport.Request(entry.id.toString(), entry.kind.name().toLowerCase(Locale.ROOT), state, seconds);
    }

    private static List<String> personsOf(Ledger ledger, RequestKind kind) {
        return ledger.all().stream()
                .filter(entry -> entry.kind == kind)
                .map(entry -> entry.personId)
                .toList();
    }

    private JdbcClient database(Service service) {
        return JdbcClient.create(new DriverManagerDataSource(
                servers.postgres().jdbcUrl(service.database()),
                servers.postgres().user(),
                servers.postgres().password()));
    }
}
