package dev.lethe.demo.fleet;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import dev.lethe.messages.MessageJson;
import dev.lethe.messages.MessageType;
import dev.lethe.messages.Messages;
import dev.lethe.messages.Subject;
import dev.lethe.messages.Topology;
import dev.lethe.messages.request.SubmitRequest;
import dev.lethe.servers.RabbitServer;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/** Hands in requests, and hands in again, under the same message id, whatever the broker did not confirm. */
final class CarefulFrontend implements AutoCloseable {

    static final String USER = "frontend";

    private record Envelope(MessageType<SubmitRequest> type, UUID messageId, SubmitRequest request) {}

    private static final long LOOK_AT_CHANNEL_MILLIS = 100;

    private final BlockingQueue<Envelope> toSend = new LinkedBlockingQueue<>();
    private final AtomicLong sentAgain = new AtomicLong();
    private final ScheduledExecutorService pace = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().factory());
    private final Tireless publisher;

    CarefulFrontend(RabbitServer broker) {
        publisher = new Tireless(broker, USER, "requests", this::publish);
    }

    /** Goes on handing in one request after the other until all are; returns their ids at once. */
    List<UUID> submit(MessageType<SubmitRequest> type, int requests, int perSecond) {
        List<UUID> ids =
                IntStream.range(0, requests).mapToObj(n -> UUID.randomUUID()).toList();
        for (int n = 0; n < requests; n++) {
            UUID id = ids.get(n);
            pace.schedule(() -> toSend.add(envelope(type, id)), n * 1_000_000L / perSecond, TimeUnit.MICROSECONDS);
        }
        return ids;
    }

    private static Envelope envelope(MessageType<SubmitRequest> type, UUID id) {
        var subject = new Subject("person-" + id, id + "@example.com");
        Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        return new Envelope(type, UUID.randomUUID(), new SubmitRequest(id, subject, "gdpr", now, "en"));
    }

    /** How often a message was published once more because nobody knew whether the broker had it. */
    long sentAgain() {
        return sentAgain.get();
    }

    private void publish(Channel channel) throws IOException, InterruptedException {
        var unconfirmed = new ConcurrentSkipListMap<Long, Envelope>();
        var refused = new AtomicBoolean();
        channel.addReturnListener(returned -> refused.set(true));
        channel.addConfirmListener(
                (tag, multiple) ->
                        unconfirmed.subMap(multiple ? 0 : tag, true, tag, true).clear(),
                (tag, multiple) -> refused.set(true));
        channel.confirmSelect();
        try {
            while (channel.isOpen() && !refused.get()) {
                Envelope next = toSend.poll(LOOK_AT_CHANNEL_MILLIS, TimeUnit.MILLISECONDS);
                if (next != null) {
                    unconfirmed.put(channel.getNextPublishSeqNo(), next);
                    channel.basicPublish(
                            Topology.REQUESTS_EXCHANGE,
                            next.type().name(),
                            true,
                            false,
                            propertiesOf(next),
                            MessageJson.write(next.request()));
                }
            }
        } finally {
            sentAgain.addAndGet(unconfirmed.size());
            toSend.addAll(unconfirmed.values());
        }
    }

    private static AMQP.BasicProperties propertiesOf(Envelope envelope) {
        return new AMQP.BasicProperties.Builder()
                .contentType("application/json")
                .type(envelope.type().name())
                .messageId(envelope.messageId().toString())
                .correlationId(envelope.request().requestId().toString())
                .timestamp(Date.from(envelope.request().submittedAt()))
                .appId(USER)
                .userId(USER)
                .deliveryMode(2)
                .headers(Map.of(Topology.SCHEMA_VERSION_HEADER, Messages.SCHEMA_VERSION))
                .build();
    }

    @Override
    public void close() throws InterruptedException {
        pace.shutdownNow();
        publisher.close();
    }
}
