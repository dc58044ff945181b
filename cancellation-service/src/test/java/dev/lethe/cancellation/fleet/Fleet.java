package dev.lethe.cancellation.fleet;

import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.GetResponse;
import dev.lethe.cancellation.CancellationService;
import dev.lethe.messages.Messages;
import dev.lethe.messages.Subject;
import dev.lethe.messages.Topology;
import dev.lethe.messages.erasure.StartErasure;
import dev.lethe.servers.LocalServers;
import dev.lethe.servers.PostgresServer;
import dev.lethe.servers.RabbitServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The service, one or more instances on a database of their own, and everybody around it. */
public final class Fleet implements AutoCloseable {

    /** Three that erase at once, and one that waits for the notice. */
    public static final String PLAN = """
            participants:
              users:           { via: amqp, owner: identity@example.com }
              billing:         { via: amqp, owner: payments@example.com }
              viewing-history: { via: amqp, owner: video@example.com }
              emailing:        { via: amqp, owner: crm@example.com, after: notice, delay: 300ms }
            """;

    static {
        Awaitility.setDefaultPollDelay(Duration.ZERO);
        Awaitility.setDefaultPollInterval(Duration.ofMillis(10));
        Awaitility.setDefaultTimeout(Duration.ofSeconds(30));
    }

    private final String database;
    private final List<ConfigurableApplicationContext> instances = new ArrayList<>();
    private final Map<String, ParticipantStandIn> participants = new HashMap<>();
    private final SchedulerStandIn scheduler;
    private final FactLog facts;
    private final AmqpUser requestsManager;
    private final AmqpUser admin;

    private Fleet(String database, int numberOfInstances) throws Exception {
        this.database = database;
        LocalServers.shared().postgres().createDatabase(database);
        scheduler = new SchedulerStandIn();
        Path plan = Files.createTempFile("participants", ".yaml");
        try {
            Files.writeString(plan, PLAN);
            for (int i = 0; i < numberOfInstances; i++) {
                instances.add(instance(plan));
            }
        } finally {
            Files.delete(plan);
        }
        admin = AmqpUser.named("admin");
        // Declared on connecting, which the consumers do while the service starts
        await().ignoreExceptions().untilAsserted(() -> {
            try (AmqpUser look = AmqpUser.named("admin")) {
                look.channel().queueDeclarePassive(Topology.REPLIES_QUEUE);
                look.channel().queueDeclarePassive(Topology.participantQueue("emailing"));
            }
        });
        for (String queue : List.of(Topology.COMMANDS_QUEUE, Topology.REPLIES_QUEUE)) {
            admin.purge(Topology.parkingLot(queue));
        }
        for (String name : List.of("users", "billing", "viewing-history", "emailing")) {
            participants.put(name, new ParticipantStandIn(name));
        }
        requestsManager = AmqpUser.named("requests-manager");
        facts = new FactLog();
    }

    public static Fleet start(String database, int instances) throws Exception {
        return new Fleet(database, instances);
    }

    private ConfigurableApplicationContext instance(Path plan) {
        PostgresServer postgres = LocalServers.shared().postgres();
        RabbitServer rabbit = LocalServers.shared().rabbit();
        return SpringApplication.run(
                CancellationService.class,
                "--server.port=0",
                "--lethe.plan=" + plan,
                "--spring.datasource.url=" + postgres.jdbcUrl(database),
                "--spring.datasource.username=" + postgres.user(),
                "--spring.datasource.password=" + postgres.password(),
                "--spring.rabbitmq.host=127.0.0.1",
                "--spring.rabbitmq.port=" + rabbit.port(),
                "--spring.rabbitmq.username=cancellation-service",
                "--spring.rabbitmq.password=" + rabbit.password("cancellation-service"));
    }

    public static StartErasure order() {
        UUID id = UUID.randomUUID();
        return new StartErasure(
                id,
                new Subject("subject-" + id, id + "@example.com", Map.of("customer", "c-" + id)),
                "gdpr",
                Instant.now().plus(30, ChronoUnit.DAYS).truncatedTo(ChronoUnit.MILLIS));
    }

    /** Says what requests-manager says, and returns the request's id. */
    public UUID starts(StartErasure order) throws Exception {
        requestsManager.publish(
                Topology.COMMANDS_EXCHANGE,
                Messages.ERASURE_START.name(),
                Messages.ERASURE_START,
                order,
                order.requestId());
        return order.requestId();
    }

    public ParticipantStandIn participant(String name) {
        return participants.get(name);
    }

    public Stream<ParticipantStandIn> participants(String... names) {
        return Stream.of(names).map(participants::get);
    }

    public SchedulerStandIn scheduler() {
        return scheduler;
    }

    public FactLog facts() {
        return facts;
    }

    public AmqpUser requestsManager() {
        return requestsManager;
    }

    public AmqpUser admin() {
        return admin;
    }

    public JdbcClient database() {
        return instances.getFirst().getBean(JdbcClient.class);
    }

    public int webPort() {
        return Integer.parseInt(instances.getFirst().getEnvironment().getProperty("local.server.port", "0"));
    }

    /** Waits until a message was handled for good. */
    public void isHandled(UUID messageId) {
        await().until(() -> database()
                .sql("select count(*) = 1 from inbox where message_id = :id")
                .param("id", messageId)
                .query(Boolean.class)
                .single());
    }

    /** Waits for the next message in a queue's parking lot and says why it is there. */
    public String nextParked(String queue) {
        GetResponse parked = await().until(() -> admin.take(Topology.parkingLot(queue)), response -> response != null);
        return String.valueOf(parked.getProps().getHeaders().get(Topology.PARKED_REASON_HEADER));
    }

    public boolean nothingIsParked(String queue) throws IOException {
        return admin.take(Topology.parkingLot(queue)) == null;
    }

    @Override
    public void close() {
        instances.forEach(ConfigurableApplicationContext::close);
        participants.values().forEach(ParticipantStandIn::close);
        List.of(facts, scheduler, requestsManager, admin).forEach(each -> {
            try {
                each.close();
            } catch (Exception e) {
                throw new IllegalStateException("a stand-in could not be closed", e);
            }
        });
        LocalServers.shared().postgres().dropDatabase(database);
    }
}
