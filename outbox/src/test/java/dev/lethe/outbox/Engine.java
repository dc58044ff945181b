package dev.lethe.outbox;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.rabbitmq.client.AMQP;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.springframework.amqp.core.AmqpAdmin;
import org.springframework.amqp.core.Binding;
import org.springframework.amqp.core.Exchange;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.rabbit.listener.MessageListenerContainer;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** A service that has nothing but the engine, with the broker user of a real one. */
public final class Engine implements AutoCloseable {

    public static final String USER = "requests-manager";

    @SpringBootConfiguration
    @EnableAutoConfiguration
    @Import(OutboxConfiguration.class)
    public static class Application {}

    private final ConfigurableApplicationContext context;
    private final TransactionTemplate transaction;
    private final List<MessageListenerContainer> containers = new ArrayList<>();

    private Engine(Map<String, String> settings) {
        context = new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .properties(new HashMap<>(settings))
                .run();
        transaction = new TransactionTemplate(get(PlatformTransactionManager.class));
    }

    public static Engine on(Database database, String... settings) {
        Map<String, String> all = settings(database);
        for (String setting : settings) {
            String[] keyAndValue = setting.split("=", 2);
            all.put(keyAndValue[0], keyAndValue[1]);
        }
        return new Engine(all);
    }

    public static Map<String, String> settings(Database database) {
        Map<String, String> settings = new HashMap<>(database.settings());
        settings.putAll(Broker.settings(USER));
        settings.put("spring.config.import", "classpath:lethe-defaults.yaml");
        settings.put("spring.application.name", USER);
        // What fails on purpose here would fill the log with stack traces
        settings.put("logging.level.org.springframework", "off");
        settings.put("logging.level.com.zaxxer.hikari", "off");
        settings.put("logging.level.dev.lethe.outbox.Lane", "off");
        settings.put("logging.level.dev.lethe.outbox.ReliableListener", "off");
        settings.put("logging.level.dev.lethe.outbox.ParkingLot", "off");
        settings.put("logging.level.com.rabbitmq", "off");
        return settings;
    }

    public <T> T get(Class<T> bean) {
        return context.getBean(bean);
    }

    public Outbox outbox() {
        return get(Outbox.class);
    }

    public Schedule schedule() {
        return get(Schedule.class);
    }

    public void inTransaction(Runnable work) {
        transaction.executeWithoutResult(status -> work.run());
    }

    public void inTransactionRolledBack(Runnable work) {
        transaction.executeWithoutResult(status -> {
            work.run();
            status.setRollbackOnly();
        });
    }

    public void send(ScheduledMessage message) {
        inTransaction(() -> outbox().send(message));
    }

    /** Fills the pool with so many that have just been used. */
    public void useConnectionsAtOnce(int number) throws InterruptedException {
        var together = new CyclicBarrier(number);
        try (ExecutorService threads = Executors.newFixedThreadPool(number)) {
            threads.invokeAll(Collections.nCopies(number, () -> {
                inTransaction(() -> {
                    get(JdbcClient.class).sql("select 1").query().singleValue();
                    try {
                        together.await();
                    } catch (InterruptedException | BrokenBarrierException e) {
                        throw new IllegalStateException(e);
                    }
                });
                return null;
            }));
        }
    }

    /** How many messages came to this end, such as {@code sent}, since the engine was started. */
    public double counted(String result) {
        Counter counter = get(MeterRegistry.class)
                .find("lethe.outbox.messages")
                .tag("result", result)
                .counter();
        return counter == null ? 0 : counter.count();
    }

    public void declare(String queue) {
        AmqpAdmin admin = get(AmqpAdmin.class);
        admin.declareQueue(Queues.named(queue));
        Queues.parkingLotOf(queue).getDeclarables().forEach(declarable -> {
            switch (declarable) {
                case Exchange exchange -> admin.declareExchange(exchange);
                case Queue parked -> admin.declareQueue(parked);
                case Binding binding -> admin.declareBinding(binding);
                default -> throw new IllegalStateException("cannot declare " + declarable);
            }
        });
    }

    /** Reads a queue until {@link #stopReading()}. */
    public void read(String queue, int threads, DeliveryHandler handler) {
        MessageListenerContainer container = get(Consumers.class).reading(queue, threads, handler);
        container.afterPropertiesSet();
        container.start();
        containers.add(container);
    }

    /** Returns before the last of them has noticed, which takes a second. */
    public void stopReading() {
        containers.forEach(container -> container.stop(() -> {}));
        containers.clear();
    }

    public static AMQP.BasicProperties withId(String id) {
        return new AMQP.BasicProperties.Builder().messageId(id).deliveryMode(2).build();
    }

    public static AMQP.BasicProperties withNewId() {
        return withId(UUID.randomUUID().toString());
    }

    public static ScheduledMessage now(String exchange, String routingKey, String text) {
        return ScheduledMessage.now(exchange, routingKey, withNewId(), text.getBytes(UTF_8));
    }

    public static ScheduledMessage named(String key, String exchange, String routingKey, String text, Duration delay) {
        return new ScheduledMessage(
                USER,
                key,
                null,
                exchange,
                routingKey,
                withNewId(),
                text.getBytes(UTF_8),
                ScheduledMessage.When.in(delay),
                ScheduledMessage.When.NEVER);
    }

    @Override
    public void close() {
        stopReading();
        context.close();
    }
}
