package dev.lethe.requests.life;

import static dev.lethe.messages.Messages.ERASURE_START;
import static dev.lethe.messages.Messages.REPORT_READY;
import static dev.lethe.messages.Messages.REQUEST_COMPLETED;
import static dev.lethe.messages.Messages.REQUEST_REJECTED;
import static dev.lethe.messages.Messages.REQUEST_WITHDRAWN;
import static dev.lethe.messages.Topology.COMMANDS_EXCHANGE;
import static dev.lethe.messages.Topology.COMMANDS_QUEUE;
import static dev.lethe.messages.Topology.EVENTS_QUEUE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lethe.messages.MessageJson;
import dev.lethe.messages.request.CompletionOutcome;
import dev.lethe.messages.request.RequestCompleted;
import dev.lethe.messages.request.RequestKind;
import dev.lethe.requests.Broker;
import dev.lethe.requests.Installation;
import dev.lethe.requests.Shop;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * A few people ask for all sorts of things in any order, operators hold, release, refuse and retry, time passes, sources fail: on two
 * instances at once. Whatever happens, each request ends once, and nothing is ever true that must not be.
 */
class ManyLivesIT {

    private static final String CANCELLATION_SERVICE = "cancellation-service";
    private static final Instant NOW = Instant.parse("2027-02-03T12:00:00Z");
    private static final int THREADS = 4;
    private static final int STEPS = 60;
    private static final int PEOPLE = 5;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Sees every change of a state as the database makes it, whoever makes it and however. */
    private static final String WATCHER = """
            create table seen (id bigint generated always as identity, request_id uuid, state text, waiting_for text,
                               stand_alone integer, reports_under_way integer, erasures_under_way integer);
            create function watch() returns trigger language plpgsql as $$
            begin
                insert into seen (request_id, state, waiting_for, stand_alone, reports_under_way, erasures_under_way)
                select new.id, new.state, new.waiting_for,
                       count(*) filter (where kind = new.kind and state <> 'following'),
                       count(*) filter (where kind = 'access'),
                       count(*) filter (where state = 'handed_over')
                  from request
                 where subject_pseudonym = new.subject_pseudonym and ended_at is null;
                return null;
            end
            $$;
            create trigger watch after insert or update of state on request for each row execute function watch();
            """;

    private final List<UUID> requests = new CopyOnWriteArrayList<>();
    private Shop shop;
    private Installation installation;
    private Broker broker;
    private List<RequestLife> lives;
    private List<Submissions> beginnings;

    @BeforeEach
    void install(@TempDir Path folder) throws Exception {
        shop = new Shop();
        installation = new Installation(folder, shop.source());
        broker = installation.broker();
        String[] properties = {
            "lethe.access.workers=2",
            "lethe.regulations.careful.answer-within=P1M",
            "lethe.regulations.careful.extendable-by=P2M",
            "lethe.regulations.careful.cooling-off=P3D"
        };
        lives = new ArrayList<>();
        beginnings = new ArrayList<>();
        for (ConfigurableApplicationContext instance :
                List.of(installation.start(properties), installation.start(properties))) {
            lives.add(instance.getBean(RequestLife.class));
            beginnings.add(instance.getBean(Submissions.class));
        }
        installation.database().sql(WATCHER).update();
        broker.declare(CANCELLATION_SERVICE, COMMANDS_QUEUE, COMMANDS_EXCHANGE, ERASURE_START.name());
    }

    @AfterEach
    void uninstall() throws IOException {
        installation.close();
        shop.close();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = 2027)
    void whateverHappensEachRequestEndsOnce(long seed) throws Exception {
        inThreads(seed);
        comeToAnEnd();

        assertThat(installation
                        .database()
                        .sql("select distinct state from request")
                        .query(String.class)
                        .list())
                .isSubsetOf("ready", "completed", "completed_with_exceptions", "withdrawn", "rejected");
        assertThat(violations("stand_alone > 1"))
                .as("two of a kind that stand for themselves")
                .isEmpty();
        assertThat(violations("state = 'handed_over' and reports_under_way > 0"))
                .as("erasures that did not let a report go first")
                .isEmpty();
        assertThat(violations("state in ('received', 'in_progress') and erasures_under_way > 0"))
                .as("reports about somebody who is being erased")
                .isEmpty();
        assertThat(requests).hasSizeGreaterThan(THREADS * STEPS / 10).allSatisfy(this::assertThatItEndedOnce);
        assertThat(broker.parked(EVENTS_QUEUE)).isZero();
        assertThat(broker.messages(COMMANDS_QUEUE))
                .as("no erasure was started twice")
                .isZero();
    }

    private void assertThatItEndedOnce(UUID request) {
        String state = installation.state(request);
        assertThat(withoutRepetitions(installation.states(request)))
                .as("the history of %s", request)
                .isEqualTo(withoutRepetitions(installation
                        .database()
                        .sql(
                                "select state || coalesce(' ' || waiting_for, '') from seen where request_id = :id order by id")
                        .param("id", request)
                        .query(String.class)
                        .list()));
        await("the fact about the end of " + request).atMost(PATIENCE).until(() -> ends(request) > 0);
        assertThat(ends(request)).as("ends of %s, which is %s", request, state).isOne();
        assertThat(installation.reportsOf(request)).isEqualTo(state.equals("ready") ? 1 : 0);
        assertThat(broker.facts(REPORT_READY, request)).hasSize(state.equals("ready") ? 1 : 0);
        assertThat(broker.notes(request).stream().map(Broker.Note::command).reduce("", (before, last) -> last))
                .as("the last word to message-scheduler about %s", request)
                .isIn("cancel", "");
    }

    private int ends(UUID request) {
        return broker.facts(REQUEST_COMPLETED, request).size()
                + broker.facts(REQUEST_WITHDRAWN, request).size()
                + (int) broker.facts(REQUEST_REJECTED, request).stream()
                        .filter(rejected -> !rejected.refused().equals("request.withdraw"))
                        .count();
    }

    private void inThreads(long seed) throws InterruptedException, ExecutionException {
        try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            var running = new ArrayList<Future<?>>();
            for (int thread = 0; thread < THREADS; thread++) {
                var chance = new Random(seed * THREADS + thread);
                running.add(threads.submit(() -> {
                    for (int step = 0; step < STEPS; step++) {
                        step(chance);
                    }
                    return null;
                }));
            }
            for (Future<?> each : running) {
                each.get();
            }
        }
    }

    private void step(Random chance) throws IOException {
        int instance = chance.nextInt(lives.size());
        RequestLife life = lives.get(instance);
        if (requests.isEmpty() || chance.nextInt(100) < 30) {
            var request =
                    Installation.request("person-" + chance.nextInt(PEOPLE), chance.nextBoolean() ? "gdpr" : "careful");
            beginnings
                    .get(instance)
                    .submit(chance.nextInt(3) == 0 ? RequestKind.ERASURE : RequestKind.ACCESS, request, "frontend");
            requests.add(request.requestId());
            return;
        }
        UUID request = requests.get(chance.nextInt(requests.size()));
        switch (chance.nextInt(16)) {
            case 0, 1 -> life.withdraw(request, "frontend");
            case 2 -> life.reject(request, "unfounded", "operator");
            case 3, 4, 5 -> life.hold(request, "operator");
            case 6, 7 -> life.release(request, "operator");
            case 8 -> life.retry(request, "operator");
            case 9 -> life.extend(request, "a lot", "operator");
            case 10 -> life.check(request);
            case 11, 12 -> {
                installation.set("cooling_off_until = case when cooling_off_until is not null then now() end", request);
                life.check(request);
            }
            case 13 -> endAnErasure();
            case 14 -> shop.breakDown();
            default -> shop.repair();
        }
    }

    /** As cancellation-service does, some time. */
    private void endAnErasure() throws IOException {
        var start = broker.takeIfThere(COMMANDS_QUEUE);
        if (start.isPresent()) {
            broker.tell(
                    CANCELLATION_SERVICE,
                    REQUEST_COMPLETED,
                    new RequestCompleted(
                            MessageJson.requestId(start.get().getBody()).orElseThrow(),
                            NOW,
                            RequestKind.ERASURE,
                            CompletionOutcome.COMPLETED,
                            List.of()));
        }
    }

    /** Operators release what they held, time passes, and everybody does their part. */
    private void comeToAnEnd() {
        shop.repair();
        RequestLife life = lives.getFirst();
        await("all ends").atMost(PATIENCE).pollInterval(Duration.ofMillis(50)).until(() -> {
            endAnErasure();
            List<UUID> open = installation
                    .database()
                    .sql("select id from request where ended_at is null")
                    .query(UUID.class)
                    .list();
            for (UUID request : open) {
                life.release(request, "operator");
                installation.set("cooling_off_until = case when cooling_off_until is not null then now() end", request);
                life.check(request);
            }
            return open.isEmpty();
        });
    }

    private List<String> violations(String condition) {
        return installation
                .database()
                .sql("select seen::text from seen where " + condition)
                .query(String.class)
                .list();
    }

    /** Notes go into the history and leave the state as it is. */
    private static List<String> withoutRepetitions(List<String> states) {
        var changes = new ArrayList<String>();
        for (String state : states) {
            if (changes.isEmpty() || !changes.getLast().equals(state)) {
                changes.add(state);
            }
        }
        return changes;
    }
}
