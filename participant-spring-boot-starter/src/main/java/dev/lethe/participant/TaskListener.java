package dev.lethe.participant;

import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import dev.lethe.messages.InvalidMessage;
import dev.lethe.messages.MessageJson;
import dev.lethe.messages.Messages;
import dev.lethe.messages.Topology;
import dev.lethe.messages.participant.EraseSubject;
import dev.lethe.messages.participant.ExportSubject;
import dev.lethe.messages.participant.SubjectErased;
import dev.lethe.messages.participant.SubjectExported;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.rabbit.listener.api.ChannelAwareMessageListener;
import org.springframework.util.unit.DataSize;

/** Takes a task, has it done, sends the answer, and acknowledges the task when the broker has the answer and only then. */
final class TaskListener implements ChannelAwareMessageListener {

    private static final Logger log = LoggerFactory.getLogger(TaskListener.class);

    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    private final Participant participant;
    private final Answers answers;
    private final DataSize maxAnswerSize;
    private volatile CountDownLatch stopping = new CountDownLatch(1);

    TaskListener(Participant participant, Answers answers, DataSize maxAnswerSize) {
        this.participant = participant;
        this.answers = answers;
        this.maxAnswerSize = maxAnswerSize;
    }

    void start() {
        stopping = new CountDownLatch(1);
    }

    /** Ends the wait for a broker that does not take answers; the tasks at hand go back to the queue. */
    void stop() {
        stopping.countDown();
    }

    @Override
    public void onMessage(Message message, @Nullable Channel consuming) throws IOException {
        Channel channel = Objects.requireNonNull(consuming);
        long tag = message.getMessageProperties().getDeliveryTag();
        try {
            long began = System.nanoTime();
            Answer answer = answerTo(message);
            if (send(answer, channel)) {
                channel.basicAck(tag, false);
                logDone(answer, System.nanoTime() - began);
            }
        } catch (InvalidMessage e) {
            logUnreadable(e);
            // The queue dead-letters it to its parking lot
            channel.basicReject(tag, false);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (AlreadyClosedException e) {
            log.info("the connection went away before a task was acknowledged, so it comes again");
        }
    }

    private Answer answerTo(Message message) throws InterruptedException {
        Envelope envelope = Envelope.of(message.getMessageProperties());
        if (envelope.type().equals(Messages.PARTICIPANT_ERASE)) {
            EraseSubject task = MessageJson.read(message.getBody(), EraseSubject.class);
            SubjectErased erased = participant.erase(task);
            return Answer.to(
                    envelope, Messages.PARTICIPANT_ERASED, task.taskId(), task.requestId(), erased.outcome(), erased);
        }
        ExportSubject task = MessageJson.read(message.getBody(), ExportSubject.class);
        Answer exported = answerTo(envelope, task, participant.export(task));
        if (!exported.isLargerThan(maxAnswerSize.toBytes())) {
            return exported;
        }
        log.error(
                "{} exported {} bytes for request {}, more than lethe.participant.max-answer-size ({}): hand large documents out by URL",
                participant.name(),
                exported.body().length,
                task.requestId(),
                maxAnswerSize);
        return answerTo(
                envelope, task, Participant.failedExport(task, "larger than lethe.participant.max-answer-size", false));
    }

    private static Answer answerTo(Envelope envelope, ExportSubject task, SubjectExported exported) {
        return Answer.to(
                envelope, Messages.PARTICIPANT_EXPORTED, task.taskId(), task.requestId(), exported.outcome(), exported);
    }

    /** False if the task goes back to the queue by itself: its channel is gone, or we are stopping and it will be. */
    private boolean send(Answer answer, Channel consuming) throws InterruptedException {
        Duration pause = FIRST_PAUSE;
        while (consuming.isOpen()) {
            try {
                answers.send(answer);
                return true;
            } catch (IOException e) {
                if (pause.equals(FIRST_PAUSE)) {
                    logUnsent(answer, e);
                }
            }
            if (stopping.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                return false;
            }
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
        }
        return false;
    }

    private void logDone(Answer answer, long nanos) {
        boolean failed = answer.outcome().equals("failed");
        log.atInfo()
                .addKeyValue("event.action", answer.type().name())
                .addKeyValue("event.outcome", failed ? "failure" : "success")
                .addKeyValue("event.duration", nanos)
                .addKeyValue("lethe.request.id", answer.requestId())
                .addKeyValue("lethe.task.id", answer.taskId())
                .addKeyValue("lethe.participant", participant.name())
                .log("{} answered {}", participant.name(), answer.outcome());
    }

    private void logUnsent(Answer answer, IOException cause) {
        log.atWarn()
                .addKeyValue("event.action", "answer-waits")
                .addKeyValue("lethe.request.id", answer.requestId())
                .addKeyValue("lethe.participant", participant.name())
                .log("{} cannot send its answer now and tries again: {}", participant.name(), cause.getMessage());
    }

    private void logUnreadable(InvalidMessage invalid) {
        log.atWarn()
                .addKeyValue("event.action", "message-parked")
                .addKeyValue("event.reason", invalid.reason())
                .addKeyValue("lethe.participant", participant.name())
                .log(
                        "parked a message of queue {}: {}",
                        Topology.participantQueue(participant.name()),
                        invalid.getMessage());
    }
}
