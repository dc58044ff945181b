package dev.lethe.demo.fleet;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Delivery;
import dev.lethe.messages.MessageJson;
import dev.lethe.messages.Messages;
import dev.lethe.messages.Topology;
import dev.lethe.messages.participant.EraseSubject;
import dev.lethe.messages.participant.ErasureOutcome;
import dev.lethe.messages.participant.SubjectErased;
import dev.lethe.servers.RabbitServer;
import java.io.IOException;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A service that holds data of everybody, written with nothing but an AMQP client: forgets whom it is asked to, answers, and
 * acknowledges once the broker has the answer. It writes down what it was asked.
 */
final class RawParticipant implements AutoCloseable {

    /**
     * What it was asked, each time.
     *
     * @param again whether the broker says that it may have delivered this very message before
     */
    record Asked(UUID requestId, UUID taskId, String messageId, Instant at, boolean again) {}

    private static final long CONFIRM_MILLIS = 3_000;

    private final String name;
    private final Queue<Asked> journal = new ConcurrentLinkedQueue<>();
    private final Map<UUID, Instant> firstAnswer = new ConcurrentHashMap<>();
    private final Set<String> forgotten = ConcurrentHashMap.newKeySet();
    private final Tireless worker;

    RawParticipant(RabbitServer broker, String name) {
        this.name = name;
        this.worker = new Tireless(broker, name, "tasks", this::work);
    }

    String name() {
        return name;
    }

    List<Asked> journal() {
        return List.copyOf(journal);
    }

    /** When it first sent an answer about this request; before that nobody can have heard it. */
    Instant firstAnswerAbout(UUID request) {
        return firstAnswer.get(request);
    }

    private void work(Channel channel) throws IOException, InterruptedException, TimeoutException {
        var returned = new AtomicBoolean();
        channel.addReturnListener(message -> returned.set(true));
        channel.confirmSelect();
        var arrivals = Arrivals.from(channel, Topology.participantQueue(name));
        while (true) {
            Delivery delivery = arrivals.next();
            EraseSubject task = MessageJson.read(delivery.getBody(), EraseSubject.class);
            journal.add(new Asked(
                    task.requestId(),
                    task.taskId(),
                    delivery.getProperties().getMessageId(),
                    Instant.now(),
                    delivery.getEnvelope().isRedeliver()));
            answer(channel, task);
            if (returned.get()) {
                throw new IOException("nobody takes answers now");
            }
            channel.basicAck(delivery.getEnvelope().getDeliveryTag(), false);
        }
    }

    private void answer(Channel channel, EraseSubject task) throws IOException, InterruptedException, TimeoutException {
        boolean hadData = forgotten.add(task.subject().id());
        var answer = new SubjectErased(
                task.taskId(),
                hadData ? ErasureOutcome.ERASED : ErasureOutcome.NOTHING_FOUND,
                hadData ? 3L : null,
                List.of(),
                null,
                null);
        firstAnswer.putIfAbsent(task.requestId(), Instant.now());
        channel.basicPublish(
                Topology.repliesExchange(name),
                Messages.PARTICIPANT_ERASED.name(),
                true,
                false,
                propertiesOf(task),
                MessageJson.write(answer));
        if (!channel.waitForConfirms(CONFIRM_MILLIS)) {
            throw new IOException("the broker refused an answer");
        }
    }

    /** A new message id each time: whoever answers twice is to be known by the task and not only by the message. */
    private AMQP.BasicProperties propertiesOf(EraseSubject task) {
        return new AMQP.BasicProperties.Builder()
                .contentType("application/json")
                .type(Messages.PARTICIPANT_ERASED.name())
                .messageId(UUID.randomUUID().toString())
                .correlationId(task.requestId().toString())
                .timestamp(new Date())
                .appId(name)
                .userId(name)
                .deliveryMode(2)
                .headers(Map.of(Topology.SCHEMA_VERSION_HEADER, Messages.SCHEMA_VERSION))
                .build();
    }

    @Override
    public void close() throws InterruptedException {
        worker.close();
    }
}
