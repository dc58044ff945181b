package dev.lethe.benchmarks.access;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Delivery;
import dev.lethe.benchmarks.servers.Servers;
import dev.lethe.messages.MessageJson;
import dev.lethe.messages.Messages;
import dev.lethe.messages.Subject;
import dev.lethe.messages.Topology;
import dev.lethe.messages.request.ReportReady;
import dev.lethe.messages.request.SubmitRequest;
import dev.lethe.messages.scheduling.ScheduleHeaders;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;

/** What is around requests-manager on the broker: who asks for reports and hears all facts, and a queue where message-scheduler would be. */
final class Frontend implements AutoCloseable {

    private static final String FACTS = "frontend.bench";
    private static final int UNCONFIRMED = 500;
    private static final Map<String, Object> QUORUM = Map.of("x-queue-type", "quorum");

    private final Connection connection;
    private final Channel channel;
    private final Map<UUID, URI> links = new ConcurrentHashMap<>();

    Frontend(Servers servers) throws IOException, TimeoutException {
        connection = servers.broker("frontend");
        channel = connection.createChannel();
        channel.confirmSelect();
        channel.exchangeDeclare(Topology.EVENTS_EXCHANGE, "topic", true);
        channel.queueDeclare(FACTS, true, false, false, QUORUM);
        channel.queueBind(FACTS, Topology.EVENTS_EXCHANGE, "#");
        channel.exchangeDeclare(Topology.SCHEDULER_EXCHANGE, "direct", true);
        channel.queueDeclare(Topology.SCHEDULE_QUEUE, true, false, false, QUORUM);
        channel.queueBind(Topology.SCHEDULE_QUEUE, Topology.SCHEDULER_EXCHANGE, ScheduleHeaders.SCHEDULE);
        channel.queueBind(Topology.SCHEDULE_QUEUE, Topology.SCHEDULER_EXCHANGE, ScheduleHeaders.CANCEL);
        connection.createChannel().basicConsume(FACTS, true, this::hear, tag -> {});
    }

    private void hear(String tag, Delivery fact) {
        if (Messages.REPORT_READY.name().equals(fact.getProperties().getType())) {
            ReportReady ready = MessageJson.read(fact.getBody(), ReportReady.class);
            links.put(ready.requestId(), ready.downloadUrl());
        }
    }

    /** Returns when the broker has all of them. */
    void submit(Iterable<Asked> requests) throws IOException, InterruptedException, TimeoutException {
        int unconfirmed = 0;
        for (Asked request : requests) {
            channel.basicPublish(
                    Topology.REQUESTS_EXCHANGE,
                    Messages.REQUEST_ACCESS.name(),
                    true,
                    envelope(request.id()),
                    MessageJson.write(
                            new SubmitRequest(request.id(), new Subject(request.person(), null), "gdpr", now(), "en")));
            if (++unconfirmed % UNCONFIRMED == 0) {
                channel.waitForConfirmsOrDie(30_000);
            }
        }
        channel.waitForConfirmsOrDie(30_000);
    }

    /** @param id of the request */
    record Asked(UUID id, String person) {}

    private static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.SECONDS);
    }

    private static AMQP.BasicProperties envelope(UUID request) {
        return new AMQP.BasicProperties.Builder()
                .contentType("application/json")
                .type(Messages.REQUEST_ACCESS.name())
                .messageId(UUID.randomUUID().toString())
                .correlationId(request.toString())
                .timestamp(Date.from(now()))
                .appId("benchmarks")
                .userId(Servers.brokerUser())
                .deliveryMode(2)
                .headers(Map.of(Topology.SCHEMA_VERSION_HEADER, Messages.SCHEMA_VERSION))
                .build();
    }

    /** How many different reports it was told of. */
    int reports() {
        return links.size();
    }

    Optional<URI> link(UUID request) {
        return Optional.ofNullable(links.get(request));
    }

    /** What was heard and what is scheduled concerns nobody any more. */
    void forget() throws IOException {
        links.clear();
        channel.queuePurge(Topology.SCHEDULE_QUEUE);
    }

    @Override
    public void close() {
        connection.abort(1_000);
    }
}
