package dev.lethe.cancellation.fleet;

import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Delivery;
import dev.lethe.messages.MessageJson;
import dev.lethe.messages.Messages;
import dev.lethe.messages.Topology;
import dev.lethe.messages.participant.EraseSubject;
import dev.lethe.messages.participant.ErasureOutcome;
import dev.lethe.messages.participant.Retained;
import dev.lethe.messages.participant.SubjectErased;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Plays a participant, as its own broker user. Remembers what it is asked; answers when told to. */
public final class ParticipantStandIn implements AutoCloseable {

    private final AmqpUser user;
    private final Map<UUID, List<EraseSubject>> questions = new ConcurrentHashMap<>();
    private final List<AMQP.BasicProperties> envelopes = new CopyOnWriteArrayList<>();

    ParticipantStandIn(String name) throws Exception {
        user = AmqpUser.named(name);
        user.purge(Topology.participantQueue(name));
        user.consume(Topology.participantQueue(name), this::asked);
    }

    private void asked(Delivery delivery) {
        EraseSubject question = MessageJson.read(delivery.getBody(), EraseSubject.class);
        envelopes.add(delivery.getProperties());
        questions
                .computeIfAbsent(question.requestId(), id -> new CopyOnWriteArrayList<>())
                .add(question);
    }

    public AmqpUser user() {
        return user;
    }

    /** Everything it was asked about a request so far. */
    public List<EraseSubject> questions(UUID requestId) {
        return questions.getOrDefault(requestId, List.of());
    }

    public int numberOfQuestions() {
        return questions.values().stream().mapToInt(List::size).sum();
    }

    /** Waits until it is asked about a request for the n-th time. */
    public EraseSubject question(UUID requestId, int attempt) {
        await().until(() -> questions(requestId).size() >= attempt);
        return questions(requestId).get(attempt - 1);
    }

    public EraseSubject question(UUID requestId) {
        return question(requestId, 1);
    }

    public AMQP.BasicProperties lastEnvelope() {
        return envelopes.getLast();
    }

    /** Waits until it is asked, and says that it has erased. */
    public UUID erases(UUID requestId) throws Exception {
        return answers(says(question(requestId).taskId(), ErasureOutcome.ERASED));
    }

    /** Says of each of these that it has erased, and says it again, all at once. */
    public void erasesAllAndAgain(List<UUID> requestIds) throws Exception {
        byte[][] answers = requestIds.stream()
                .map(id -> says(question(id).taskId(), ErasureOutcome.ERASED))
                .flatMap(answer -> Stream.of(answer, answer))
                .map(MessageJson::write)
                .toArray(byte[][]::new);
        AMQP.BasicProperties[] envelopes = Stream.of(answers)
                .map(answer -> user.envelope(Messages.PARTICIPANT_ERASED, null).build())
                .toArray(AMQP.BasicProperties[]::new);
        user.publishAll(Topology.repliesExchange(user.name()), envelopes, answers);
    }

    public UUID retains(UUID requestId, Retained... what) throws Exception {
        UUID task = question(requestId).taskId();
        return answers(new SubjectErased(task, ErasureOutcome.RETAINED, 0L, List.of(what), null, null));
    }

    public UUID fails(UUID requestId, boolean retryable) throws Exception {
        UUID task = question(requestId).taskId();
        return answers(new SubjectErased(task, ErasureOutcome.FAILED, null, List.of(), "out of order", retryable));
    }

    /** Returns the id of the message. */
    public UUID answers(SubjectErased answer) throws Exception {
        AMQP.BasicProperties envelope =
                user.envelope(Messages.PARTICIPANT_ERASED, null).build();
        user.publish(Topology.repliesExchange(user.name()), "", envelope, MessageJson.write(answer));
        return UUID.fromString(envelope.getMessageId());
    }

    public static SubjectErased says(UUID task, ErasureOutcome outcome) {
        @Nullable Long records = outcome == ErasureOutcome.ERASED ? 3L : null;
        return new SubjectErased(task, outcome, records, List.of(), null, null);
    }

    @Override
    public void close() {
        user.close();
    }
}
