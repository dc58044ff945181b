package dev.lethe.outbox;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import dev.lethe.messages.Topology;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.jdbc.core.simple.JdbcClient;

/** That every delivery is handled or parked, whatever its handler and the servers do, and holds up no other. */
class ReliableListenerIT {

    private static Database database;
    private static Broker broker;
    private static Engine engine;
    private static int queues;

    private final List<String> handled = Collections.synchronizedList(new ArrayList<>());
    private String queue;
    private Mailbox parked;

    @BeforeAll
    static void engineRuns() throws Exception {
        database = Database.fresh("listener_it");
        broker = new Broker();
        engine = Engine.on(database);
        database.execute("create table effect (text text not null)");
    }

    @AfterAll
    static void engineStops() {
        engine.close();
        broker.close();
    }

    @BeforeEach
    void queueOfThisTest() throws Exception {
        queue = "requests-manager.listener-it-" + ++queues;
        engine.declare(queue);
        parked = broker.mailbox(Topology.parkingLot(queue));
    }

    @AfterEach
    void nobodyReads() {
        engine.stopReading();
    }

    @Test
    void aHandlerThatFailsIsTriedThreeTimesThenTheMessageIsParkedAndTheNextPasses() throws Exception {
        put("bad");
        put("good");

        read(text -> {
            if (text.equals("bad")) {
                throw new IllegalArgumentException("with personal data");
            }
        });

        Mailbox.Letter letter = parked.first();
        Eventually.until(() -> handled.contains("good"));
        assertThat(handled).containsExactly("bad", "bad", "bad", "good");
        assertThat(letter.text()).isEqualTo("bad");
        assertThat(letter.header("x-parked-reason").toString()).isEqualTo("handling_failed");
        assertThat(letter.header("x-parked-detail").toString()).isEqualTo(IllegalArgumentException.class.getName());
        assertThat(letter.properties().getHeaders().toString()).doesNotContain("personal");
    }

    @Test
    void aHandlerThatOverflowsTheStackDoesNotEndTheConsumer() throws Exception {
        put("bottomless");
        put("good");

        read(text -> {
            if (text.equals("bottomless")) {
                throw new StackOverflowError();
            }
        });

        assertThat(parked.first().header("x-parked-reason").toString()).isEqualTo("handling_failed");
        Eventually.until(() -> handled.contains("good"));
        assertThat(handled).containsExactly("bottomless", "bottomless", "bottomless", "good");
    }

    @Test
    void aMessageIsParkedAsItCame() throws Exception {
        Map<String, Object> headers = new HashMap<>(Map.of(
                "traceparent",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "list",
                List.of(1, Map.of("nested", true)),
                "big",
                1L << 40));
        AMQP.BasicProperties properties = new AMQP.BasicProperties.Builder()
                .messageId(UUID.randomUUID().toString())
                .correlationId("correlation")
                .contentType("text/plain")
                .contentEncoding("identity")
                .type("some.type")
                .appId("some app")
                .replyTo("admin.replies")
                .timestamp(new Date(1_700_000_000_000L))
                .priority(3)
                .userId(Broker.ADMINISTRATOR)
                .headers(withStrangers(headers))
                .build();
        broker.put(queue, properties, "body");

        read(text -> {
            throw new Unacceptable("some_reason", "some detail");
        });

        Mailbox.Letter letter = parked.first();
        headers.put("x-parked-reason", "some_reason");
        headers.put("x-parked-detail", "some detail");
        headers.put("x-parked-sender", Broker.ADMINISTRATOR);
        assertThat(letter.text()).isEqualTo("body");
        assertThat(letter.headersInWords()).isEqualTo(Mailbox.inWords(headers));
        assertThat(letter.properties().builder().headers(null).build())
                .isEqualTo(properties
                        .builder()
                        .headers(null)
                        .userId(Engine.USER)
                        .deliveryMode(2)
                        .build());
        assertThat(handled).hasSize(1);
    }

    /** With these the sender would have the parked message copied to queues of its choice, or lie about its past. */
    private static Map<String, Object> withStrangers(Map<String, Object> headers) {
        Map<String, Object> more = new HashMap<>(headers);
        more.put("CC", List.of("some.queue"));
        more.put("x-death", List.of(Map.of("count", 7L)));
        return more;
    }

    /** What fills its frame to the last byte has no room for a reason; who sends such must not stop the consumer. */
    @Test
    void aMessageWithoutRoomForTheReasonIsParkedWithoutItsHeaders() throws Exception {
        var full = new AMQP.BasicProperties.Builder()
                .messageId(UUID.randomUUID().toString())
                .headers(Map.of("full", new byte[131_072 - 100]))
                .build();
        broker.put(queue, full, "body");
        put("good");

        read(text -> {
            if (text.equals("body")) {
                throw new Unacceptable("some_reason", "some detail");
            }
        });

        Mailbox.Letter letter = parked.first();
        assertThat(letter.text()).isEqualTo("body");
        assertThat(letter.id()).isEqualTo(full.getMessageId());
        assertThat(letter.header("x-parked-reason").toString()).isEqualTo("some_reason");
        assertThat(letter.header("x-parked-detail").toString()).startsWith("some detail; ");
        Eventually.until(() -> handled.contains("good"));
    }

    /** The last two deaths are real, each that of a process of its own; of the others only the traces are laid. */
    @Test
    void aMessageThatKillsItsConsumerIsParkedAfterTheSixthDeathAndTheNextPasses() throws Exception {
        UUID deadly = UUID.randomUUID();
        broker.put(queue, Engine.withId(deadly.toString()), KillerConsumer.DEADLY);
        put("harmless");
        broker.deliverOnceInVain(queue);
        IntStream.rangeClosed(2, 4).forEach(death -> engine.get(Inbox.class).countAttempt(queue, deadly));

        List<Integer> exits = new ArrayList<>();
        while (exits.isEmpty() || exits.getLast() == ChildJvm.KILLED && exits.size() < 20) {
            try (var child = new ChildJvm(
                    KillerConsumer.class, Engine.settings(database), "-D" + KillerConsumer.QUEUE + "=" + queue)) {
                exits.add(child.exitCode());
            }
        }

        assertThat(exits).containsExactly(ChildJvm.KILLED, ChildJvm.KILLED, 0);
        Mailbox.Letter letter = parked.first();
        assertThat(letter.text()).isEqualTo(KillerConsumer.DEADLY);
        assertThat(letter.header("x-parked-reason").toString()).isEqualTo("handling_never_ends");
        assertThat(database.number("select count(*) from effect where text = 'harmless'"))
                .isEqualTo(1);
        assertThat(database.count("delivery_attempt")).isZero();
    }

    /** Only what begins handling counts as a beginning, not how often one waits within it. */
    @Test
    void aLockThatIsWaitedForIsNoBeginningThatNeverEnds() throws Exception {
        UUID id = UUID.randomUUID();
        broker.put(queue, Engine.withId(id.toString()), "patient");
        broker.deliverOnceInVain(queue);
        // One more would be one too many
        IntStream.range(0, 4).forEach(beginning -> engine.get(Inbox.class).countAttempt(queue, id));

        read(text -> {
            if (handled.size() <= 2) {
                throw new CannotAcquireLockException("somebody else has it");
            }
        });

        Eventually.until(() -> handled.size() == 3);
        Eventually.until(() -> database.count("delivery_attempt") == 0);
        assertThat(parked.letters()).isEmpty();
    }

    @Test
    void aDatabaseThatIsDownIsWaitedForAndNothingIsParked() throws Exception {
        var dies = new CountDownLatch(1);
        engine.read(queue, 2, delivery -> {
            String text = new String(delivery.body(), UTF_8);
            if (text.equals("5")) {
                dies.countDown();
            }
            engine.inTransaction(() -> {
                if (engine.get(Inbox.class).isNew(queue, delivery.messageId().orElseThrow(), delivery.body())) {
                    engine.get(JdbcClient.class)
                            .sql("insert into effect values (?)")
                            .param(text)
                            .update();
                }
            });
        });
        IntStream.range(0, 10).forEach(this::put);
        dies.await();

        Database.SERVER.kill();
        try {
            IntStream.range(10, 20).forEach(this::put);
            Eventually.until(() -> broker.depth(queue) == 0);
        } finally {
            Database.SERVER.start();
        }

        List<String> everything =
                IntStream.range(0, 20).mapToObj(String::valueOf).toList();
        Eventually.within(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(database.jdbc()
                        .sql("select text from effect where text not in ('harmless', 'after all')")
                        .query(String.class)
                        .list())
                .containsExactlyInAnyOrderElementsOf(everything));
        assertThat(parked.letters()).isEmpty();
    }

    /** A failover leaves many behind, and the pool hands out without a look what was in use half a second ago. */
    @Test
    void aPoolFullOfDeadConnectionsIsNoReasonToPark() throws Exception {
        var begun = new CountDownLatch(1);
        var connectionsAreDead = new CountDownLatch(1);
        engine.read(queue, 1, delivery -> {
            begun.countDown();
            Eventually.until(() -> connectionsAreDead.getCount() == 0);
            engine.inTransaction(() -> engine.get(JdbcClient.class)
                    .sql("insert into effect values ('after all')")
                    .update());
        });
        put("message");
        begun.await();
        engine.useConnectionsAtOnce(12);

        int killed = database.number("select count(pg_terminate_backend(pid)) from pg_stat_activity"
                + " where datname = current_database() and pid <> pg_backend_pid()");
        connectionsAreDead.countDown();

        assertThat(killed).isGreaterThanOrEqualTo(12);
        Eventually.until(() -> !parked.letters().isEmpty()
                || database.number("select count(*) from effect where text = 'after all'") == 1);
        assertThat(parked.letters()).isEmpty();
    }

    private interface Handling {
        void of(String text);
    }

    private void read(Handling handling) {
        engine.read(queue, 1, delivery -> {
            String text = new String(delivery.body(), UTF_8);
            handled.add(text);
            handling.of(text);
        });
    }

    private void put(Object text) {
        try {
            broker.put(queue, Engine.withNewId(), String.valueOf(text));
        } catch (Exception e) {
            throw new AssertionError("the test's own message was not taken", e);
        }
    }
}
