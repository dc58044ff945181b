package dev.lethe.participant;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.GetResponse;
import dev.lethe.messages.MessageJson;
import dev.lethe.messages.Messages;
import dev.lethe.messages.Subject;
import dev.lethe.messages.participant.EraseSubject;
import dev.lethe.messages.participant.ErasureOutcome;
import dev.lethe.messages.participant.ExportOutcome;
import dev.lethe.messages.participant.ExportSubject;
import dev.lethe.messages.participant.ExportedDocument;
import dev.lethe.messages.participant.SubjectErased;
import dev.lethe.messages.participant.SubjectExported;
import dev.lethe.servers.LocalServers;
import dev.lethe.servers.RabbitServer;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.GenericApplicationContext;

@ExtendWith(OutputCaptureExtension.class)
class ParticipantIT {

    private static final String FLEET = "cancellation-service";
    private static final Instant DEADLINE = Instant.parse("2026-04-01T00:00:00Z");

    private final RabbitServer server = LocalServers.shared().rabbit();
    private Broker broker;
    private ConfigurableApplicationContext service;

    /** A service as another team would write it: only what it declares itself, the rest comes with the starter. */
    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Service {}

    @BeforeEach
    void freshBroker() throws Exception {
        broker = new Broker(server);
        broker.clear();
    }

    @AfterEach
    void stop() throws Exception {
        stopService();
        broker.clear();
        broker.close();
    }

    @Test
    void anErasureIsAnsweredAsTheContractSays() throws Exception {
        declareAll();
        start(subject -> subject.id().equals("u-1001") ? Erasure.erased(7) : Erasure.nothingFound());
        EraseSubject task = erasure();

        broker.ask(FLEET, "participant.erase", task);

        GetResponse answer = broker.answer();
        assertThat(read(answer))
                .isEqualTo(new SubjectErased(task.taskId(), ErasureOutcome.ERASED, 7L, List.of(), null, null));
        assertThat(answer.getEnvelope().getRoutingKey()).isEqualTo("participant.erased");
        AMQP.BasicProperties properties = answer.getProps();
        assertThat(properties.getType()).isEqualTo("participant.erased");
        assertThat(properties.getContentType()).isEqualTo("application/json");
        assertThat(properties.getUserId()).isEqualTo("billing");
        assertThat(properties.getAppId()).isEqualTo("billing");
        assertThat(properties.getCorrelationId()).isEqualTo(task.requestId().toString());
        assertThat(UUID.fromString(properties.getMessageId())).isNotNull();
        assertThat(properties.getDeliveryMode()).isEqualTo(2);
        assertThat(properties.getTimestamp().toInstant()).isAfter(Instant.now().minusSeconds(60));
        assertThat(properties.getHeaders().get("schema_version")).hasToString("1");
        assertThat(properties.getHeaders().get("traceparent")).hasToString(Broker.TRACE);

        stopService();
        broker.assertAllTasksAcknowledged();
    }

    @Test
    void anExportIsAnswered() throws Exception {
        declareAll();
        var document = new ExportedDocument("plays.json", "application/json", "[{\"title\":\"Amélie\"}]", null);
        start(null, subject -> List.of(document));
        var task = new ExportSubject(UUID.randomUUID(), UUID.randomUUID(), new Subject("u-1001", null), DEADLINE);

        broker.ask("requests-manager", "participant.export", task);

        GetResponse answer = broker.answer();
        assertThat(answer.getProps().getType()).isEqualTo("participant.exported");
        assertThat(MessageJson.read(answer.getBody(), SubjectExported.class))
                .isEqualTo(new SubjectExported(task.taskId(), ExportOutcome.EXPORTED, List.of(document)));
    }

    @Test
    void anExportThatIsTooLargeHasFailed() throws Exception {
        declareAll();
        var large = new ExportedDocument("plays.json", "application/json", "x".repeat(2_000_000), null);
        start(null, subject -> List.of(large));
        var task = new ExportSubject(UUID.randomUUID(), UUID.randomUUID(), new Subject("u-1001", null), DEADLINE);

        broker.ask("requests-manager", "participant.export", task);

        assertThat(MessageJson.read(broker.answer().getBody(), SubjectExported.class))
                .isEqualTo(new SubjectExported(
                        task.taskId(),
                        ExportOutcome.FAILED,
                        List.of(),
                        "larger than lethe.participant.max-answer-size",
                        false));
    }

    @Test
    void anExceptionIsAnsweredAsAFailureThatMayBeRetried(CapturedOutput output) throws Exception {
        declareAll();
        start(subject -> {
            throw new IOException("no such customer: " + subject.email());
        });

        broker.ask(FLEET, "participant.erase", erasure());

        GetResponse answer = broker.answer();
        assertThat(read(answer).mayBeRetried()).isTrue();
        assertThat(read(answer).reason()).isEqualTo("IOException");
        assertThat(Broker.text(answer)).doesNotContain("ada@");
        assertThat(output).contains("java.io.IOException at ").doesNotContain("ada@");
    }

    @Test
    void aTaskThatComesTwiceIsDoneAndAnsweredTwice() throws Exception {
        declareAll();
        var calls = new AtomicInteger();
        start(subject -> calls.incrementAndGet() == 1 ? Erasure.erased(7) : Erasure.nothingFound());
        AMQP.BasicProperties same = broker.task(FLEET, "participant.erase").build();
        byte[] body = MessageJson.write(erasure());

        broker.send(FLEET, same, body);
        broker.send(FLEET, same, body);
        broker.send(FLEET, same, body);

        List<GetResponse> answers = broker.answers(3);
        assertThat(answers.stream().map(answer -> read(answer).outcome()))
                .containsExactly(ErasureOutcome.ERASED, ErasureOutcome.NOTHING_FOUND, ErasureOutcome.NOTHING_FOUND);
        assertThat(answers.get(1).getProps().getMessageId())
                .isNotEqualTo(answers.get(0).getProps().getMessageId())
                .isEqualTo(answers.get(2).getProps().getMessageId());
    }

    @Test
    void aTaskWhoseServiceStoppedBeforeItAnsweredIsDoneByTheNext() throws Exception {
        declareAll();
        var begun = new CountDownLatch(1);
        start(subject -> {
            begun.countDown();
            new CountDownLatch(1).await();
            return Erasure.erased(1);
        });
        broker.ask(FLEET, "participant.erase", erasure());
        assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();

        stopService();
        broker.assertNoMoreAnswers();
        start(subject -> Erasure.erased(2));

        assertThat(read(broker.answer()).records()).isEqualTo(2);
    }

    @Test
    void aServiceThatIsPausedAndResumedReadsAgain() throws Exception {
        declareAll();
        start(subject -> Erasure.erased(6));
        broker.ask(FLEET, "participant.erase", erasure());
        broker.answer();

        service.stop();
        broker.ask(FLEET, "participant.erase", erasure());
        service.start();

        assertThat(read(broker.answer()).records()).isEqualTo(6);
    }

    @Test
    void messagesThatCannotBeReadAreParkedAndTheNextIsHandled(CapturedOutput output) throws Exception {
        declareAll();
        start(subject -> Erasure.erased(1));
        byte[] good = MessageJson.write(erasure());

        broker.send(FLEET, broker.task(FLEET, "participant.erase").build(), "{\"email\":\"ada@".getBytes(UTF_8));
        broker.send(FLEET, broker.task(FLEET, "participant.erase").build(), "{\"email\":\"ada@x\"}".getBytes(UTF_8));
        broker.send(FLEET, broker.task(FLEET, "participant.forget").build(), good);
        broker.send(
                FLEET, broker.task(FLEET, "participant.erase").messageId("7").build(), good);
        broker.send("admin", broker.task("admin", "participant.erase").build(), good);
        broker.send(
                "admin", broker.task("admin", "participant.erase").userId(null).build(), good);
        broker.send(FLEET, broker.task(FLEET, "participant.erase").build(), good);

        assertThat(read(broker.answer()).outcome()).isEqualTo(ErasureOutcome.ERASED);
        assertThat(broker.parked(6))
                .allSatisfy(parked -> assertThat(parked.getProps().getHeaders()).containsKey("x-death"));
        broker.assertNoMoreAnswers();
        assertThat(output.getAll()
                        .lines()
                        .filter(line -> line.contains("parked a message of queue participant.billing")))
                .hasSize(6);
        assertThat(output).contains("wrong_sender", "not_json", "invalid_body", "unknown_type", "no_message_id");
        assertThat(output).doesNotContain("ada@");
    }

    @Test
    void aQueueThatAppearsLaterIsReadFromThenOn(CapturedOutput output) throws Exception {
        start(subject -> Erasure.erased(3));
        await().atMost(Duration.ofSeconds(30)).until(() -> output.getAll().contains("no tasks are read yet"));

        declareAll();
        broker.ask(FLEET, "participant.erase", erasure());

        assertThat(read(broker.answer()).records()).isEqualTo(3);
        assertThat(output.getAll().lines().filter(line -> line.contains("no tasks are read yet")))
                .hasSize(1);
        assertThat(output.getAll().lines().filter(line -> line.contains("WARN") || line.contains("ERROR")))
                .isEmpty();
    }

    @Test
    void anAnswerWaitsForItsExchangeAndForAQueueBehindIt(CapturedOutput output) throws Exception {
        broker.declareQueue();
        broker.bindTasks();
        var calls = new AtomicInteger();
        start(subject -> Erasure.erased(calls.incrementAndGet()));

        broker.ask(FLEET, "participant.erase", erasure());
        await().atMost(Duration.ofSeconds(30)).until(() -> output.getAll().contains("cannot send its answer now"));
        broker.declareReplies();
        broker.bindReplies();

        assertThat(read(broker.answer()).records()).isEqualTo(1);
        assertThat(calls).hasValue(1);
    }

    @Test
    void anAnswerThatNobodyWouldGetIsNotTakenForSent(CapturedOutput output) throws Exception {
        broker.declareQueue();
        broker.bindTasks();
        broker.declareReplies();
        start(subject -> Erasure.erased(4));

        broker.ask(FLEET, "participant.erase", erasure());
        await().atMost(Duration.ofSeconds(30)).until(() -> output.getAll().contains("no queue is bound"));
        broker.bindReplies();

        assertThat(read(broker.answer()).records()).isEqualTo(4);
    }

    @Test
    void aTaskAtHandWhenTheBrokerGoesIsAnsweredWhenItIsBack() throws Exception {
        declareAll();
        var begun = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        start(subject -> {
            begun.countDown();
            goOn.await();
            return Erasure.erased(5);
        });
        broker.ask(FLEET, "participant.erase", erasure());
        assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();

        // Not killed: RabbitMQ 3.10 keeps the names of quorum queues in memory for some seconds, and a kill would lose
        // the queue
        server.stop();
        goOn.countDown();
        server.start();

        try (var again = new Broker(server)) {
            assertThat(read(again.answer()).records()).isEqualTo(5);
        }
        broker = new Broker(server);
    }

    private void declareAll() throws IOException {
        broker.declareQueue();
        broker.bindTasks();
        broker.declareReplies();
        broker.bindReplies();
    }

    private void start(SubjectEraser eraser) {
        start(eraser, null);
    }

    private void start(SubjectEraser eraser, SubjectExporter exporter) {
        ApplicationContextInitializer<GenericApplicationContext> beans = context -> {
            if (eraser != null) {
                context.registerBean(SubjectEraser.class, () -> eraser);
            }
            if (exporter != null) {
                context.registerBean(SubjectExporter.class, () -> exporter);
            }
        };
        service = new SpringApplicationBuilder(Service.class)
                .web(WebApplicationType.NONE)
                .initializers(beans)
                .properties(
                        "spring.application.name=billing",
                        "spring.rabbitmq.host=127.0.0.1",
                        "spring.rabbitmq.port=" + server.port(),
                        "spring.rabbitmq.username=" + Broker.PARTICIPANT,
                        "spring.rabbitmq.password=" + server.password(Broker.PARTICIPANT),
                        "spring.main.banner-mode=off")
                .run();
    }

    private void stopService() {
        if (service != null) {
            service.close();
            service = null;
        }
    }

    private static EraseSubject erasure() {
        return new EraseSubject(
                UUID.randomUUID(), UUID.randomUUID(), new Subject("u-1001", "ada@example.com"), 1, DEADLINE);
    }

    private static SubjectErased read(GetResponse answer) {
        assertThat(Messages.PARTICIPANT_ERASED.name())
                .isEqualTo(answer.getProps().getType());
        return MessageJson.read(answer.getBody(), SubjectErased.class);
    }
}
