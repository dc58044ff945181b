package dev.lethe.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import dev.lethe.outbox.History.Message;
import dev.lethe.outbox.History.Step;
import dev.lethe.outbox.Recorded.Answered;
import dev.lethe.outbox.Recorded.Arrival;
import dev.lethe.outbox.Schedule.Cancelled;
import dev.lethe.outbox.Schedule.Put;
import dev.lethe.outbox.ScheduledMessage.When;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Random histories against the engine, with two instances that lose their lanes and others that die between publishing and
 * committing; a {@link Model} judges each. {@code -Dlethe.histories.seed=N} plays one again, as far as a race can be played
 * again; {@code -Dlethe.histories.seconds=N} plays for longer.
 */
class RandomHistoriesIT {

    private static final Logger log = LoggerFactory.getLogger(RandomHistoriesIT.class);
    private static final String EXCHANGE = "requests-manager.histories";
    private static final @Nullable Long SEED = Long.getLong("lethe.histories.seed");
    private static final Duration BUDGET = Duration.ofSeconds(Integer.getInteger("lethe.histories.seconds", 25));
    private static final int STEPS = 40;
    private static final String END = "the end";
    private static final String[] SETTINGS = {
        "lethe.outbox.standby=100ms",
        "lethe.outbox.sweep=1s",
        "lethe.outbox.shards=" + Integer.getInteger("lethe.histories.shards", 2)
    };

    private static Database database;
    private static Broker broker;
    private static List<Engine> engines;

    private int runs;
    private int operations;
    private int deaths;
    private int repetitions;

    @BeforeAll
    static void twoInstances() throws Exception {
        database = Database.fresh("histories_it");
        broker = new Broker();
        broker.exchange(EXCHANGE);
        engines = List.of(engine("one"), engine("two"));
        database.execute("create table due_of (name text, due_at timestamptz)");
        database.execute("""
                create function note_due() returns trigger language plpgsql as $$
                begin
                  insert into due_of values (convert_from(new.body, 'UTF8'), new.due_at);
                  return null;
                end $$
                """);
        database.execute(
                "create trigger note_due after insert or update on message for each row execute function note_due()");
    }

    @AfterAll
    static void instancesStop() {
        engines.forEach(Engine::close);
        broker.close();
    }

    private static Engine engine(String name) {
        List<String> settings = new ArrayList<>(List.of(SETTINGS));
        settings.add("spring.application.name=" + name);
        return Engine.on(database, settings.toArray(String[]::new));
    }

    @Test
    void whateverHappensTheModelHolds() throws Exception {
        long seed = SEED == null ? System.nanoTime() : SEED;
        long end = System.nanoTime() + BUDGET.toNanos();
        try (var doomed = new DoomedInstances(database, SETTINGS)) {
            do {
                History history = History.random(seed, STEPS);
                List<String> violations = play(history, doomed);
                if (!violations.isEmpty()) {
                    throw new AssertionError(shortest(history, violations, doomed));
                }
                seed++;
            } while (SEED == null && System.nanoTime() < end);
            deaths += doomed.deaths().size();
            log.info(
                    "{} random histories, {} operations, {} messages repeated; {} lanes cut off, {} processes died",
                    runs,
                    operations,
                    repetitions,
                    deaths - doomed.deaths().size(),
                    doomed.deaths().size());
            assertThat(doomed.deaths()).isNotEmpty();
        }
    }

    /** Plays ever longer beginnings of it: the first that fails is the one to think about. */
    private String shortest(History failed, List<String> violations, DoomedInstances doomed) throws Exception {
        History shortest = failed;
        List<String> found = violations;
        for (int steps : List.of(5, 10, 20)) {
            for (int attempt = 0; attempt < 5 && shortest == failed; attempt++) {
                List<String> again = play(failed.first(steps), doomed);
                if (!again.isEmpty()) {
                    shortest = failed.first(steps);
                    found = again;
                }
            }
        }
        return "seed %d, -Dlethe.histories.seed=%d plays it again; its first %d steps:%n%s%n%s"
                .formatted(failed.seed(), failed.seed(), shortest.steps(), String.join("\n", found), shortest);
    }

    private List<String> play(History history, DoomedInstances doomed) throws Exception {
        runs++;
        operations += history.steps();
        database.execute("delete from message");
        database.execute("delete from due_of");
        String queue = "requests-manager.history-" + runs;
        try (Channel channel = broker.newChannel()) {
            broker.queue(queue, EXCHANGE);
            List<Arrival> arrivals = new CopyOnWriteArrayList<>();
            channel.basicConsume(
                    queue,
                    true,
                    (tag, delivery) -> arrivals.add(new Arrival(
                            new String(delivery.getBody(), StandardCharsets.UTF_8),
                            delivery.getProperties().getMessageId(),
                            Instant.now(),
                            System.nanoTime())),
                    tag -> {});
            List<Long> cuts = new CopyOnWriteArrayList<>();
            List<List<Answered>> clients = together(history, queue, cuts);
            Eventually.within(Duration.ofSeconds(30))
                    .until(() -> database.number("select count(*) from message where due_at < now() + interval '1 day'")
                            == 0);
            broker.put(queue, Engine.withNewId(), END);
            Eventually.until(
                    () -> arrivals.stream().anyMatch(arrival -> arrival.name().equals(END)));
            deaths += cuts.size();
            cuts.addAll(doomed.deaths());
            var recorded = new Recorded(
                    clients,
                    arrivals.stream()
                            .filter(arrival -> !arrival.name().equals(END))
                            .toList(),
                    due(),
                    new HashSet<>(database.jdbc()
                            .sql("select convert_from(body, 'UTF8') from message")
                            .query(String.class)
                            .list()),
                    cuts);
            repetitions += Model.repetitions(recorded);
            return Model.violations(recorded);
        } finally {
            broker.channel().queueDelete(queue);
        }
    }

    private static Map<String, Instant> due() {
        return database
                .jdbc()
                .sql("select name, min(due_at) from due_of group by name")
                .query((row, n) -> Map.entry(
                        row.getString(1), row.getObject(2, OffsetDateTime.class).toInstant()))
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private static List<List<Answered>> together(History history, String queue, List<Long> cuts) throws Exception {
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            List<Callable<List<Answered>>> clients = history.clients().stream()
                    .<Callable<List<Answered>>>map(steps -> () -> perform(steps, queue, new Random(history.seed())))
                    .toList();
            List<Future<List<Answered>>> answers =
                    clients.stream().map(threads::submit).toList();
            var random = new Random(history.seed());
            for (int i = random.nextInt(3); i > 0; i--) {
                TimeUnit.MILLISECONDS.sleep(random.nextInt(400));
                cutOffLanes(cuts);
            }
            List<List<Answered>> all = new ArrayList<>();
            for (Future<List<Answered>> each : answers) {
                all.add(each.get());
            }
            return all;
        }
    }

    /** To the database it is what a crash of all owners is. */
    private static void cutOffLanes(List<Long> cuts) {
        int lanes = database.number("""
                select count(pg_terminate_backend(pid))
                  from pg_locks join pg_stat_activity using (pid)
                 where locktype = 'advisory' and mode = 'ExclusiveLock' and granted and datname = current_database()
                """);
        cuts.addAll(Collections.nCopies(lanes, System.nanoTime()));
    }

    private static List<Answered> perform(List<Step> steps, String queue, Random random) throws Exception {
        List<Answered> answers = new ArrayList<>();
        for (Step step : steps) {
            Engine engine = engines.get(random.nextInt(engines.size()));
            switch (step) {
                case Step.Wait(int millis) -> TimeUnit.MILLISECONDS.sleep(millis);
                case Step.Store store -> answers.add(store(engine, store, queue));
                case Step.Cancel(String key) -> {
                    List<Cancelled> cancelled = new ArrayList<>();
                    engine.inTransaction(
                            () -> cancelled.addAll(engine.schedule().cancel(List.of(new Name(Engine.USER, key)))));
                    answers.add(new Answered.Asked(key, cancelled.getFirst(), System.nanoTime()));
                }
                case Step.Forget(String subject) -> {
                    var count = new int[1];
                    engine.inTransaction(() -> count[0] = engine.schedule().forget(subject, Engine.USER));
                    answers.add(new Answered.Forgot(subject, count[0], System.nanoTime()));
                }
            }
        }
        return answers;
    }

    private static Answered store(Engine engine, Step.Store store, String queue) {
        List<String> ids = store.messages().stream()
                .map(message -> UUID.randomUUID().toString())
                .toList();
        List<Put> puts = new ArrayList<>();
        List<ScheduledMessage> messages = IntStream.range(0, ids.size())
                .mapToObj(i -> scheduled(store.messages().get(i), ids.get(i), queue))
                .toList();
        Runnable work = () -> {
            if (store.namesEachKeyOnce()) {
                puts.addAll(engine.schedule().put(messages, store.keep()));
            } else {
                messages.forEach(message -> puts.addAll(engine.schedule().put(List.of(message), store.keep())));
            }
        };
        if (store.rolledBack()) {
            engine.inTransactionRolledBack(work);
        } else {
            engine.inTransaction(work);
        }
        return new Answered.Stored(store.messages(), ids, puts, store.rolledBack(), System.nanoTime());
    }

    private static ScheduledMessage scheduled(Message message, String id, String queue) {
        return new ScheduledMessage(
                Engine.USER,
                message.key(),
                message.subject(),
                EXCHANGE,
                queue,
                Engine.withId(id),
                message.name().getBytes(StandardCharsets.UTF_8),
                When.in(message.isFarOff() ? Duration.ofDays(30_000) : Duration.ofMillis(message.delayMillis())),
                When.NEVER);
    }
}
