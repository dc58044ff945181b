package dev.lethe.outbox;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.AMQP;
import dev.lethe.messages.MessageJson;
import dev.lethe.messages.Messages;
import dev.lethe.messages.Topology;
import dev.lethe.messages.erasure.StopErasure;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.IllegalTransactionStateException;
import org.springframework.transaction.PlatformTransactionManager;

/** That what comes twice has one effect, and what the contract forbids has none. */
class InboxIT {

    private static Database database;
    private static Broker broker;
    private static Engine engine;

    private static int queues;

    private final AtomicInteger succeeded = new AtomicInteger();
    private String queue;
    private Mailbox parked;

    @BeforeAll
    static void engineRuns() throws Exception {
        database = Database.fresh("inbox_it");
        broker = new Broker();
        engine = Engine.on(database);
        database.execute("create table effect (request_id text not null)");
    }

    @AfterAll
    static void engineStops() {
        engine.close();
        broker.close();
    }

    @BeforeEach
    void queueOfThisTest() throws Exception {
        queue = "requests-manager.inbox-it-" + ++queues;
        engine.declare(queue);
        parked = broker.mailbox(Topology.parkingLot(queue));
        database.execute("delete from effect");
    }

    @AfterEach
    void nobodyReads() {
        engine.stopReading();
    }

    @Test
    void theSameMessageTwiceHasOneEffect() throws Exception {
        AMQP.BasicProperties properties = stop().build();
        byte[] body = body();
        broker.put(queue, properties, body);
        broker.put(queue, properties, body);
        broker.put(queue, properties, body);

        read(1, handlers());

        handled(3);
        assertThat(database.count("effect")).isEqualTo(1);
    }

    @Test
    void anotherBodyUnderTheSameIdIsParked() throws Exception {
        AMQP.BasicProperties properties = stop().build();
        byte[] other = body();
        broker.put(queue, properties, body());
        broker.put(queue, properties, other);

        read(1, handlers());

        Mailbox.Letter letter = parked.first();
        assertThat(letter.header("x-parked-reason").toString()).isEqualTo("conflicting_message_id");
        assertThat(letter.text()).isEqualTo(new String(other, UTF_8));
        handled(1);
        assertThat(database.count("effect")).isEqualTo(1);
    }

    /** The first to come is held until the database says that the second one waits for it. */
    @Test
    void twoConsumersRacingOnTheSameMessageHaveOneEffect() throws Exception {
        AMQP.BasicProperties properties = stop().build();
        byte[] body = body();

        read(2, handlers().on(Messages.ERASURE_STOP, (stop, delivery) -> {
            Eventually.until(() -> database.number("select count(*) from pg_stat_activity"
                            + " where datname = current_database() and wait_event_type = 'Lock'")
                    == 1);
            effect(stop);
        }));
        Eventually.until(() -> broker.channel().consumerCount(queue) == 2);
        broker.put(queue, properties, body);
        broker.put(queue, properties, body);

        handled(2);
        assertThat(database.count("effect")).isEqualTo(1);
    }

    @Test
    void aHandlerThatFailedHasLeftNoMarkBehind() throws Exception {
        broker.put(queue, stop().build(), body());
        int[] tries = {0};

        read(1, handlers().on(Messages.ERASURE_STOP, (stop, delivery) -> {
            effect(stop);
            if (++tries[0] == 1) {
                throw new IllegalStateException("after the effect");
            }
        }));

        handled(1);
        assertThat(tries[0]).isEqualTo(2);
        assertThat(database.count("effect")).isEqualTo(1);
    }

    @Test
    void outsideATransactionNothingIsMarked() {
        assertThatThrownBy(() -> engine.get(Inbox.class).isNew(queue, UUID.randomUUID(), new byte[0]))
                .isInstanceOf(IllegalTransactionStateException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "no_message_id",
                "unknown_schema_version",
                "unknown_type",
                "wrong_sender",
                "too_large",
                "not_json",
                "invalid_body"
            })
    void whatTheContractForbidsIsParkedWithItsReasonAndTheNextPasses(String reason) throws Exception {
        byte[] body = body();
        switch (reason) {
            case "no_message_id" -> broker.put(queue, stop().messageId("17").build(), body);
            case "unknown_schema_version" ->
                broker.put(
                        queue, stop().headers(Map.of("schema_version", "2.0")).build(), body);
            case "unknown_type" ->
                broker.put(queue, stop().type("erasure.pause").build(), body);
            case "wrong_sender" -> broker.put(queue, stop().userId(null).build(), body);
            case "too_large" -> broker.put(queue, stop().build(), new byte[1024 * 1024 + 1]);
            case "not_json" -> broker.put(queue, stop().build(), "{");
            case "invalid_body" -> broker.put(queue, stop().build(), "{}");
            default -> throw new IllegalArgumentException(reason);
        }
        broker.put(queue, stop().build(), body);

        read(1, handlers().on(Messages.ERASURE_STOP, Broker.ADMINISTRATOR, (stop, delivery) -> effect(stop)));

        handled(1);
        assertThat(parked.first().header("x-parked-reason").toString()).isEqualTo(reason);
        assertThat(database.count("effect")).isEqualTo(1);
        assertThat(parked.letters()).hasSize(1);
    }

    @Test
    void aSenderWhoWasToldOfItsMistakeIsNotParkedAndIsToldOnce() throws Exception {
        AMQP.BasicProperties properties = stop().build();
        broker.put(queue, properties, "{}");
        broker.put(queue, properties, "{}");

        read(1, handlers().whenInvalid((delivery, invalid) -> {
            database.execute("insert into effect values ('told of " + invalid.reason() + "')");
            return true;
        }));

        handled(2);
        assertThat(database.jdbc()
                        .sql("select request_id from effect")
                        .query(String.class)
                        .list())
                .containsExactly("told of invalid_body");
    }

    @Test
    void theTraceOfAMessageGoesOnInWhatIsSentBecauseOfIt() throws Exception {
        String trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        String answers = queue + ".answers";
        broker.exchange("requests-manager.inbox-it");
        broker.queue(answers, "requests-manager.inbox-it");
        Mailbox mailbox = broker.mailbox(answers);
        broker.put(queue, stop().headers(Map.of("traceparent", trace)).build(), body());

        read(1, handlers().on(Messages.ERASURE_STOP, (stop, delivery) -> engine.outbox()
                .send("requests-manager.inbox-it", answers, Messages.ERASURE_STOP, stop, stop.requestId())));

        assertThat(mailbox.first().header("traceparent").toString()).isEqualTo(trace);
    }

    private void read(int threads, MessageHandlers handlers) {
        engine.read(queue, threads, delivery -> {
            handlers.handle(delivery);
            succeeded.incrementAndGet();
        });
    }

    /** So many deliveries were handled, and none of those will be parked. */
    private void handled(int deliveries) {
        Eventually.untilAsserted(() -> assertThat(succeeded).hasValue(deliveries));
    }

    private MessageHandlers handlers() {
        return new MessageHandlers(queue, engine.get(Inbox.class), engine.get(PlatformTransactionManager.class))
                .on(Messages.ERASURE_STOP, (stop, delivery) -> effect(stop));
    }

    private static void effect(StopErasure stop) {
        engine.get(JdbcClient.class)
                .sql("insert into effect values (?)")
                .param(stop.requestId().toString())
                .update();
    }

    private static AMQP.BasicProperties.Builder stop() {
        return new AMQP.BasicProperties.Builder()
                .contentType("application/json")
                .type(Messages.ERASURE_STOP.name())
                .messageId(UUID.randomUUID().toString())
                .userId(Broker.ADMINISTRATOR)
                .deliveryMode(2);
    }

    private static byte[] body() {
        return MessageJson.write(new StopErasure(UUID.randomUUID()));
    }
}
