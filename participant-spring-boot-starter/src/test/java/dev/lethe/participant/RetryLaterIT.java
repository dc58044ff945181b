package dev.lethe.participant;

import static dev.lethe.participant.Backoff.exponential;
import static dev.lethe.participant.Backoff.fixed;
import static dev.lethe.participant.Backoff.park;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import dev.lethe.servers.LocalServers;
import dev.lethe.servers.RabbitServer;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.rabbit.annotation.RabbitListener;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.GenericApplicationContext;

/** A plain Spring service, its listener that fails, and the exchange where message-scheduler takes what it hands over. */
@ExtendWith(OutputCaptureExtension.class)
class RetryLaterIT {

    private static final String QUEUE = "billing.orders";
    private static final String SCHEDULER = "scheduler";
    private static final String HANDED_OVER = "test.handed-over";
    private static final String PERSONAL = "ada@example.com";
    private static final Set<String> ADDED =
            Set.of("x-routing-key", "x-delay", "x-backoff", "x-max-delay", "x-max-attempts", "x-reason");

    private final RabbitServer server = LocalServers.shared().rabbit();
    private final Listener listener = new Listener();
    private Broker broker;
    private Connection admin;
    private Channel channel;
    private ConfigurableApplicationContext service;

    /** A service as another team would write it. */
    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Service {}

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class ServiceWithATable {
        @Bean
        RetryRules rules() {
            return RetryRules.otherwise(exponential(Duration.ofSeconds(5), Duration.ofHours(1), 8))
                    .on(IllegalArgumentException.class, park())
                    .on(IOException.class, fixed(Duration.ofMillis(1500), 3));
        }
    }

    /** Fails as it is told to, and remembers when. */
    static class Listener {
        private final List<Instant> calls = new CopyOnWriteArrayList<>();
        private volatile Handling handling = () -> {
            throw new SocketTimeoutException("no answer about " + PERSONAL);
        };

        @RabbitListener(queues = QUEUE)
        void take(Message message) throws Exception {
            calls.add(Instant.now());
            handling.handle();
        }
    }

    static class BatchListener {
        @RabbitListener(queues = QUEUE)
        void take(List<Message> messages) throws IOException {
            throw new IOException("one of " + messages.size());
        }
    }

    interface Handling {
        void handle() throws Exception;
    }

    @BeforeEach
    void freshBroker() throws Exception {
        connect();
        clear();
        channel.queueDeclare(QUEUE, true, false, false, Map.of("x-queue-type", "quorum"));
    }

    @AfterEach
    void stop() throws Exception {
        stopService();
        clear();
        admin.close();
        broker.close();
    }

    @Test
    void aFailedMessageIsHandedOverAsItCame() throws Exception {
        declareScheduler();
        start();
        AMQP.BasicProperties sent = everyProperty().headers(everyType()).build();

        send(sent);

        GetResponse handedOver = handedOver(1).get(0);
        assertThat(handedOver.getBody()).isEqualTo(PERSONAL.getBytes(UTF_8));
        AMQP.BasicProperties properties = handedOver.getProps();
        assertThat(properties.getUserId()).isEqualTo("billing");
        assertThat(properties.builder().userId(null).headers(null).build())
                .isEqualTo(sent.builder().headers(null).build());
        Map<String, Object> own = new HashMap<>(properties.getHeaders());
        own.keySet().removeAll(ADDED);
        assertThat(own).usingRecursiveComparison().isEqualTo(asTheBrokerDelivers(sent));
        assertAcknowledged();
    }

    @Test
    void aMessageWithoutPropertiesIsGivenNoneButWhatSpringAssumes() throws Exception {
        declareScheduler();
        start();

        send(new AMQP.BasicProperties.Builder().build());

        AMQP.BasicProperties properties = handedOver(1).get(0).getProps();
        assertThat(properties.getHeaders()).containsOnlyKeys(ADDED);
        assertThat(properties.builder().headers(null).build())
                .isEqualTo(new AMQP.BasicProperties.Builder()
                        .contentType("application/octet-stream")
                        .userId("billing")
                        .build());
    }

    @ParameterizedTest
    @CsvSource({
        "java.lang.IllegalStateException,, exponential, 5000, 3600000, 8, IllegalStateException",
        "java.net.SocketTimeoutException,, fixed, 1500,, 3, SocketTimeoutException",
        "java.lang.IllegalStateException, java.io.FileNotFoundException, fixed, 1500,, 3, FileNotFoundException",
        "java.lang.NumberFormatException,, fixed, 0,, 1, NumberFormatException",
    })
    void theTableDecidesByTheException(
            String thrown, String cause, String backoff, long delay, Long maxDelay, int attempts, String reason)
            throws Exception {
        declareScheduler();
        listener.handling = () -> {
            throw exception(thrown, cause);
        };
        start(ServiceWithATable.class, "billing", listener);

        send(new AMQP.BasicProperties.Builder().build());

        Map<String, Object> headers = texts(handedOver(1).get(0));
        Map<String, Object> expected = new HashMap<>(Map.of(
                "x-routing-key", QUEUE,
                "x-delay", delay,
                "x-backoff", backoff,
                "x-max-attempts", attempts,
                "x-reason", reason));
        if (maxDelay != null) {
            expected.put("x-max-delay", maxDelay);
        }
        assertThat(headers).isEqualTo(expected);
    }

    @Test
    void theMessageOfAnExceptionIsNeitherSentNorLogged(CapturedOutput output) throws Exception {
        declareScheduler();
        start();

        send(new AMQP.BasicProperties.Builder().build());

        assertThat(handedOver(1).get(0).getProps().toString()).doesNotContain(PERSONAL);
        await().atMost(Duration.ofSeconds(30)).until(() -> output.getAll()
                .contains(
                        "attempt 1 at a message of queue billing.orders failed with java.net.SocketTimeoutException"));
        assertThat(output).doesNotContain(PERSONAL);
    }

    @Test
    void theCountOfTheSchedulerIsHandedBackAndAForgedOneIsNot() throws Exception {
        declareScheduler();
        start();
        var counted = Map.<String, Object>of(
                "x-attempt", 3, "x-attempts", List.of("2026-03-02T09:15:00Z IOException", "2026-03-02T09:15:06Z A"));

        send(new AMQP.BasicProperties.Builder().headers(counted).build());
        broker.sendTo(QUEUE, "billing", counted);

        List<GetResponse> handedOver = handedOver(2);
        assertThat(texts(handedOver.get(0))).containsOnlyKeys(ADDED);
        assertThat(texts(handedOver.get(1))).containsAllEntriesOf(counted);
    }

    @Test
    void whatTheSenderSaidToASchedulerIsNotSaidAgain() throws Exception {
        declareScheduler();
        start();
        Map<String, Object> headers = new HashMap<>();
        for (String header : List.of("x-deliver-at", "x-exchange", "x-key", "x-on-conflict", "x-expires-at")) {
            headers.put(header, "1");
        }
        headers.put("x-routing-key", "billing.other");
        headers.put("x-delay", 1L);
        headers.put("x-max-attempts", 1_000_000);

        send(new AMQP.BasicProperties.Builder().headers(headers).build());

        assertThat(texts(handedOver(1).get(0)))
                .containsOnlyKeys(ADDED)
                .containsEntry("x-routing-key", QUEUE)
                .containsEntry("x-delay", 5000L)
                .containsEntry("x-max-attempts", 5);
    }

    @Test
    void aMessageStaysWhileThereIsNoExchangeAndIsTriedAgainAfterGrowingPauses(CapturedOutput output) throws Exception {
        // Also where the service would have refused what fails, which without a dead-letter exchange is its end
        start(Service.class, "billing", listener, "spring.rabbitmq.listener.simple.default-requeue-rejected=false");

        send(new AMQP.BasicProperties.Builder().build());

        await().atMost(Duration.ofSeconds(30)).until(() -> listener.calls.size() >= 4);
        assertThat(gaps().get(0)).isGreaterThanOrEqualTo(Duration.ofMillis(200));
        assertThat(gaps().get(1)).isGreaterThanOrEqualTo(Duration.ofMillis(400));
        assertThat(gaps().get(2)).isGreaterThanOrEqualTo(Duration.ofMillis(800));
        declareScheduler();
        assertThat(texts(handedOver(1).get(0)))
                .as("the broker's own x-delivery-count stays behind")
                .containsOnlyKeys(ADDED);
        assertThat(output).contains("stays there").doesNotContain(PERSONAL);
        assertAcknowledged();
    }

    @Test
    void aMessageStaysWhileNoQueueIsBound(CapturedOutput output) throws Exception {
        channel.exchangeDeclare(SCHEDULER, BuiltinExchangeType.DIRECT, true);
        start();

        send(new AMQP.BasicProperties.Builder().build());

        await().atMost(Duration.ofSeconds(30)).until(() -> output.getAll().contains("no queue is bound"));
        declareScheduler();
        handedOver(1);
        assertAcknowledged();
    }

    @Test
    void aMessageStaysWhileTheQueueOfTheSchedulerIsFull(CapturedOutput output) throws Exception {
        channel.exchangeDeclare(SCHEDULER, BuiltinExchangeType.DIRECT, true);
        channel.queueDeclare(
                HANDED_OVER, true, false, false, Map.of("x-max-length", 1, "x-overflow", "reject-publish"));
        channel.queueBind(HANDED_OVER, SCHEDULER, "retry");
        channel.basicPublish("", HANDED_OVER, null, "in the way".getBytes(UTF_8));
        await().atMost(Duration.ofSeconds(10)).until(() -> channel.messageCount(HANDED_OVER) == 1);
        start();

        send(new AMQP.BasicProperties.Builder().build());

        await().atMost(Duration.ofSeconds(30)).until(() -> output.getAll().contains("(nack)"));
        assertThat(handedOver(2))
                .extracting(message -> new String(message.getBody(), UTF_8))
                .containsExactly("in the way", PERSONAL);
        assertAcknowledged();
    }

    @Test
    void aMessageAtHandWhenTheBrokerGoesIsHandedOverWhenItIsBack() throws Exception {
        declareScheduler();
        var begun = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        listener.handling = () -> {
            begun.countDown();
            goOn.await();
            throw new IOException("failed");
        };
        start();
        send(new AMQP.BasicProperties.Builder().deliveryMode(2).build());
        begun.await();

        server.stop();
        goOn.countDown();
        await().atMost(Duration.ofSeconds(30)).until(() -> !admin.isOpen());
        server.start();

        connect();
        handedOver(1);
    }

    @Test
    void aServiceThatWaitsForTheSchedulerStopsAtOnceAndLosesNothing(CapturedOutput output) throws Exception {
        start();
        send(new AMQP.BasicProperties.Builder().build());
        await().atMost(Duration.ofSeconds(30)).until(() -> listener.calls.size() >= 5);

        Instant began = Instant.now();
        stopService();

        assertThat(Duration.between(began, Instant.now())).isLessThan(Duration.ofMillis(2500));
        assertThat(output).doesNotContain("Workers not finished");
        await().atMost(Duration.ofSeconds(10)).until(() -> channel.messageCount(QUEUE) == 1);
    }

    @Test
    void allMessagesOfABatchAreHandedOver() throws Exception {
        declareScheduler();
        for (int i = 0; i < 3; i++) {
            send(new AMQP.BasicProperties.Builder().build());
        }
        start(
                Service.class,
                "billing",
                new BatchListener(),
                "spring.rabbitmq.listener.simple.consumer-batch-enabled=true",
                "spring.rabbitmq.listener.simple.batch-size=3");

        handedOver(3);
        assertAcknowledged();
    }

    @Test
    void aQueueOfSomebodyElseIsWarnedOf(CapturedOutput output) throws Exception {
        declareScheduler();
        start(Service.class, "admin", listener);
        send(new AMQP.BasicProperties.Builder().build());
        send(new AMQP.BasicProperties.Builder().build());

        handedOver(2);

        assertThat(output.getAll()
                        .lines()
                        .filter(line -> line.contains("'billing.orders' does not belong to broker user 'admin'")))
                .hasSize(1);
    }

    private static AMQP.BasicProperties.Builder everyProperty() {
        return new AMQP.BasicProperties.Builder()
                .contentType("application/vnd.example+xml; charset=utf-8")
                .contentEncoding("identity")
                .deliveryMode(2)
                .priority(3)
                .correlationId("correlation")
                .replyTo("billing.answers")
                .expiration("86400000")
                .messageId("not a uuid")
                .timestamp(new Date(1_767_322_800_000L))
                .type("order.placed")
                .appId("shop");
    }

    private static Map<String, Object> everyType() {
        Map<String, Object> inner = new HashMap<>();
        inner.put("list", Arrays.asList(1, "two", null, Map.of("deep", List.of(true))));
        inner.put("bytes", new byte[] {0, -1});
        Map<String, Object> headers = new HashMap<>();
        headers.put("table", inner);
        headers.put("bytes", new byte[] {-1, 0, 1});
        headers.put("timestamp", new Date(1_767_322_801_000L));
        headers.put("decimal", new BigDecimal("12.345"));
        headers.put("long", Long.MAX_VALUE);
        headers.put("int", 42);
        headers.put("short", (short) 7);
        headers.put("byte", (byte) -7);
        headers.put("boolean", true);
        headers.put("double", 1.5);
        headers.put("float", 2.5f);
        headers.put("nothing", null);
        headers.put("text", "Amélie");
        headers.put("long text", "é".repeat(5000));
        headers.put("retry-count", 9L);
        return headers;
    }

    /** The same message, taken from a queue without any Spring between. */
    private Map<String, Object> asTheBrokerDelivers(AMQP.BasicProperties sent) throws IOException {
        String queue = channel.queueDeclare().getQueue();
        channel.basicPublish("", queue, sent, new byte[0]);
        return take(queue, 1).get(0).getProps().getHeaders();
    }

    private static Exception exception(String type, String cause) throws ReflectiveOperationException {
        var exception = (Exception) Class.forName(type).getConstructor().newInstance();
        if (cause != null) {
            exception.initCause(exception(cause, null));
        }
        return exception;
    }

    private List<Duration> gaps() {
        var gaps = new ArrayList<Duration>();
        for (int i = 1; i < listener.calls.size(); i++) {
            gaps.add(Duration.between(listener.calls.get(i - 1), listener.calls.get(i)));
        }
        return gaps;
    }

    private void connect() throws Exception {
        broker = new Broker(server);
        admin = broker.connect("admin");
        channel = admin.createChannel();
    }

    private void clear() throws IOException {
        channel.queueDelete(QUEUE);
        channel.queueDelete(HANDED_OVER);
        channel.exchangeDelete(SCHEDULER);
    }

    private void declareScheduler() throws IOException {
        channel.exchangeDeclare(SCHEDULER, BuiltinExchangeType.DIRECT, true);
        // A classic queue shows what was sent: a quorum queue adds its x-delivery-count
        channel.queueDeclare(HANDED_OVER, true, false, false, Map.of());
        channel.queueBind(HANDED_OVER, SCHEDULER, "retry");
    }

    private void send(AMQP.BasicProperties properties) throws IOException {
        channel.basicPublish("", QUEUE, true, properties, PERSONAL.getBytes(UTF_8));
    }

    private List<GetResponse> handedOver(int count) {
        return take(HANDED_OVER, count);
    }

    private List<GetResponse> take(String queue, int count) {
        var taken = new ArrayList<GetResponse>();
        await("messages in " + queue).atMost(Duration.ofSeconds(30)).until(() -> {
            GetResponse next = channel.basicGet(queue, true);
            if (next != null) {
                taken.add(next);
            }
            return taken.size() == count;
        });
        return taken;
    }

    /** What was acknowledged does not come back when its reader is gone. */
    private void assertAcknowledged() throws IOException {
        stopService();
        await().atMost(Duration.ofSeconds(10)).until(() -> channel.consumerCount(QUEUE) == 0);
        assertThat(channel.messageCount(QUEUE)).isZero();
        assertThat(channel.messageCount(HANDED_OVER)).isZero();
    }

    /** With texts as such, and not as the client's own type of them. */
    private static Map<String, Object> texts(GetResponse message) {
        Map<String, Object> headers = new HashMap<>(message.getProps().getHeaders());
        headers.replaceAll((name, value) -> {
            if (value instanceof List<?> list) {
                return list.stream().map(Object::toString).toList();
            }
            return value instanceof Number ? value : value.toString();
        });
        return headers;
    }

    private void start() {
        start(Service.class, "billing", listener);
    }

    private <L> void start(Class<?> application, String user, L listening, String... settings) {
        @SuppressWarnings("unchecked")
        var type = (Class<L>) listening.getClass();
        ApplicationContextInitializer<GenericApplicationContext> beans =
                context -> context.registerBean(type, () -> listening);
        service = new SpringApplicationBuilder(application)
                .web(WebApplicationType.NONE)
                .initializers(beans)
                .properties(
                        "spring.application.name=billing",
                        "spring.rabbitmq.host=127.0.0.1",
                        "spring.rabbitmq.port=" + server.port(),
                        "spring.rabbitmq.username=" + user,
                        "spring.rabbitmq.password=" + server.password(user),
                        "spring.rabbitmq.listener.simple.retry.enabled=true",
                        "spring.rabbitmq.listener.simple.retry.max-retries=0",
                        "lethe.retry.enabled=true",
                        "spring.main.banner-mode=off")
                .properties(settings)
                .run();
    }

    private void stopService() {
        if (service != null) {
            service.close();
            service = null;
        }
    }
}
