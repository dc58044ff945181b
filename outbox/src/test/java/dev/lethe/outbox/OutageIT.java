package dev.lethe.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** Servers and instances that die or stand still while messages are on their way. */
class OutageIT {

    private static final String EXCHANGE = "requests-manager.outage-it";
    private static final int BATCH = 500;
    private static final int MESSAGES = 5_000;

    private static Database database;

    private Broker broker;
    private String queue;

    @BeforeAll
    static void ownDatabase() {
        database = Database.fresh("outage_it");
    }

    @BeforeEach
    void queueOfThisTest(TestInfo test) throws Exception {
        broker = new Broker();
        broker.exchange(EXCHANGE);
        queue = "requests-manager." + test.getTestMethod().orElseThrow().getName();
        broker.queue(queue, EXCHANGE);
    }

    @AfterEach
    void disconnected() {
        broker.close();
    }

    @Test
    void aBrokerThatIsKilledDuringADrainGetsEverythingAndAtMostABatchTwice() throws Exception {
        Broker.SERVER.settle();
        try (Engine engine = engine()) {
            List<String> sent = drainBegins(engine);

            Broker.SERVER.kill();
            assertThat(database.count("message")).isPositive();
            Broker.SERVER.start();

            broker.reconnect();
            everythingArrives(sent);
        }
    }

    @Test
    void aDatabaseThatIsKilledDuringADrainLosesNothingAndRepeatsAtMostABatch() throws Exception {
        try (Engine engine = engine()) {
            List<String> sent = drainBegins(engine);

            Database.SERVER.kill();
            assertThat(broker.depth(queue)).isLessThan(MESSAGES);
            Database.SERVER.start();

            everythingArrives(sent);
        }
    }

    private List<String> drainBegins(Engine engine) {
        List<ScheduledMessage> messages = IntStream.range(0, MESSAGES)
                .mapToObj(i -> Engine.now(EXCHANGE, queue, String.valueOf(i)))
                .toList();
        engine.inTransaction(() -> messages.forEach(engine.outbox()::send));
        Eventually.until(() -> database.count("message") <= MESSAGES - BATCH);
        return messages.stream().map(each -> each.properties().getMessageId()).toList();
    }

    private void everythingArrives(List<String> sent) throws Exception {
        Eventually.within(Duration.ofSeconds(30)).until(() -> database.count("message") == 0);
        int arrived = broker.depth(queue);
        assertThat(arrived).isBetween(MESSAGES, MESSAGES + BATCH);
        Mailbox mailbox = broker.mailbox(queue);
        mailbox.await(arrived);
        // What is repeated keeps its id and its place: without the repetitions, this is the order of sending
        assertThat(mailbox.ids().stream().distinct().toList()).isEqualTo(sent);
    }

    @Test
    void oneOfTwoInstancesOwnsTheLaneAndTheOtherTakesOver() throws Exception {
        Mailbox mailbox = broker.mailbox(queue);
        try (Engine one = engine("spring.application.name=one")) {
            Eventually.until(() -> database.laneOwners().equals(List.of("one: outbox")));
            try (Engine other = engine("spring.application.name=other")) {
                other.send(Engine.now(EXCHANGE, queue, "through the other's lane"));
                mailbox.await(1);
                Eventually.until(() -> one.counted("sent") == 1);
                assertThat(database.laneOwners()).containsExactly("one: outbox");

                one.close();
                other.send(Engine.now(EXCHANGE, queue, "through its own"));

                mailbox.await(2, Duration.ofSeconds(5));
                Eventually.until(() -> other.counted("sent") == 1);
                assertThat(database.laneOwners()).containsExactly("other: outbox");
            }
        }
    }

    /** With a poll this long, it would show if the lane slept although something had become due while it was busy. */
    @Test
    void whatBecomesDueWhileTheBrokerIsSlowIsSentRightAfterwards() throws Exception {
        Mailbox mailbox = broker.mailbox(queue);
        try (Engine engine = engine("lethe.outbox.poll=2s")) {
            engine.send(Engine.now(EXCHANGE, queue, "opens the channel"));
            mailbox.await(1);
            Broker.SERVER.pause();
            try {
                engine.inTransaction(() -> {
                    engine.outbox().send(Engine.now(EXCHANGE, queue, "now"));
                    engine.outbox().send(Engine.named("later", EXCHANGE, queue, "later", Duration.ofMillis(300)));
                });
                Eventually.until(() ->
                        database.number("select count(*) from message where key is not null and due_at < now()") == 1);
            } finally {
                Broker.SERVER.resume();
            }

            mailbox.await(3, Duration.ofMillis(1500));
            assertThat(mailbox.texts()).containsExactly("opens the channel", "now", "later");
        }
    }

    private static Engine engine(String... settings) {
        var all = new ArrayList<>(List.of(settings));
        all.add("lethe.outbox.standby=200ms");
        return Engine.on(database, all.toArray(String[]::new));
    }
}
