package dev.lethe.participant;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.core.AcknowledgeMode;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;
import org.springframework.context.SmartLifecycle;

/**
 * Reads the participant's queue from when it is there. cancellation-service declares it, perhaps long after this service was
 * first started; until then, and while there is no broker, the service runs without it. A container alone would do the same,
 * but with an exception in the log every few seconds.
 */
final class ParticipantConsumer implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(ParticipantConsumer.class);

    private static final long RETRY_MILLIS = 1_000;
    /** The others of this service get what this one has not begun; and an acknowledgement is never long in coming. */
    private static final int PREFETCH = 1;

    private final ConnectionFactory connections;
    private final String queue;
    private final TaskListener listener;
    private final Answers answers;
    private final SimpleMessageListenerContainer container;
    private volatile CountDownLatch stopping = new CountDownLatch(1);
    private volatile boolean running;

    ParticipantConsumer(
            ConnectionFactory connections, String queue, int concurrency, TaskListener listener, Answers answers) {
        this.connections = connections;
        this.queue = queue;
        this.listener = listener;
        this.answers = answers;
        this.container = new SimpleMessageListenerContainer(connections);
        container.setQueueNames(queue);
        container.setConcurrentConsumers(concurrency);
        container.setPrefetchCount(PREFETCH);
        container.setAcknowledgeMode(AcknowledgeMode.MANUAL);
        container.setMissingQueuesFatal(false);
        container.setPossibleAuthenticationFailureFatal(false);
        container.setRecoveryInterval(RETRY_MILLIS);
        container.setFailedDeclarationRetryInterval(RETRY_MILLIS);
        container.setMessageListener(listener);
    }

    @Override
    public void start() {
        var stopped = new CountDownLatch(1);
        stopping = stopped;
        listener.start();
        running = true;
        var waiting = new Thread(() -> readWhenThere(stopped), "participant-waits-for-queue");
        waiting.setDaemon(true);
        waiting.start();
    }

    private void readWhenThere(CountDownLatch stopped) {
        String told = null;
        try {
            for (String missing = whatIsMissing(); missing != null; missing = whatIsMissing()) {
                if (!missing.equals(told)) {
                    log.info("no tasks are read yet, {}; waiting", missing);
                    told = missing;
                }
                if (stopped.await(RETRY_MILLIS, TimeUnit.MILLISECONDS)) {
                    return;
                }
            }
            startReading(stopped);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void startReading(CountDownLatch stopped) {
        if (stopped.getCount() > 0) {
            container.start();
            log.info("reads tasks from queue {}", queue);
        }
    }

    private @Nullable String whatIsMissing() {
        try {
            Connection connection = connections.createConnection().getDelegate();
            Channel channel = connection == null ? null : connection.createChannel();
            if (channel == null) {
                return "the broker gives no channel";
            }
            channel.queueDeclarePassive(queue);
            channel.abort();
            return null;
        } catch (RuntimeException e) {
            // Spring's and the client's exceptions of a connection that is not there; whatever it is, it is no end of
            // waiting
            return "the broker cannot be reached or does not let user '%s' in".formatted(connections.getUsername());
        } catch (IOException e) {
            return "queue '%s' is not there or not readable (cancellation-service declares it from participants.yaml)"
                    .formatted(queue);
        }
    }

    @Override
    public void stop() {
        running = false;
        stopping.countDown();
        listener.stop();
        stopReading();
    }

    private synchronized void stopReading() {
        container.stop();
        answers.close();
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
