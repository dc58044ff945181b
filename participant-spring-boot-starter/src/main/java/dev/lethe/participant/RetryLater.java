package dev.lethe.participant;

import com.rabbitmq.client.AMQP;
import dev.lethe.messages.Topology;
import dev.lethe.messages.scheduling.ScheduleHeaders;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.ImmediateRequeueAmqpException;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.retry.MessageBatchRecoverer;
import org.springframework.context.SmartLifecycle;

/**
 * Hands a message that a listener could not handle to message-scheduler, which brings it back to the same queue later, counts
 * the attempts, and parks it after the last in {@code <queue>.parked}, with its history. Nothing of the service waits
 * meanwhile: neither the queue nor a thread.
 *
 * <p>With {@code lethe.retry.enabled: true}, or a bean of type {@link RetryRules}, there is a bean of this type. Spring Boot
 * uses it for every {@code @RabbitListener} when told to have failures recovered, here without a try on the spot:
 *
 * <pre>{@code
 * spring.rabbitmq.listener.simple.retry: { enabled: true, max-retries: 0 }
 * }</pre>
 *
 * A listener container factory of one's own takes it in its advice chain:
 *
 * <pre>{@code
 * factory.setAdviceChain(RetryInterceptorBuilder.stateless().maxRetries(0).recoverer(retryLater).build());
 * }</pre>
 *
 * <p>The acknowledge mode must be {@code AUTO} (the default), the listener must return when it is done (not a future), and the
 * queue must be the service's own: {@code participant.USER} or {@code USER.*}, where USER is its broker user. Body (up to
 * 1 MiB), properties and headers come back as they were, except:
 *
 * <ul>
 *   <li>{@code user_id} is the service's own from then on, so check who sent a message before anything that may fail for a
 *       while;
 *   <li>{@code x-attempt} and {@code x-attempts} are added;
 *   <li>{@code x-death}, {@code CC}, {@code BCC} and the other headers of {@link ScheduleHeaders} are gone;
 *   <li>no {@code content_type} and {@code application/octet-stream}, no {@code priority} and 0 are the same to Spring.
 * </ul>
 *
 * <p>At least once: the original is acknowledged when the broker has confirmed and not returned what was handed over; a crash in
 * between leaves both. If the broker does not take it, {@link #recover} waits, each time in a row longer, up to ten seconds,
 * and throws, so that the original goes back to its queue. A broker that limits redeliveries (quorum queues from RabbitMQ 4.0
 * on: 20) then dead-letters it at some time, so the queue needs a dead-letter exchange, as every queue of the contract has.
 */
public final class RetryLater implements MessageBatchRecoverer, SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(RetryLater.class);

    private static final long FIRST_PAUSE_MILLIS = 200;
    private static final long LONGEST_PAUSE_MILLIS = 10_000;
    private static final int MOST_DOUBLINGS = 6;

    private final ConfirmedPublisher publisher;
    private final RetryRules rules;
    private final AtomicInteger failuresInARow = new AtomicInteger();
    private final Set<String> knownQueues = ConcurrentHashMap.newKeySet();
    private volatile CountDownLatch stopping = new CountDownLatch(1);
    private volatile boolean running;

    /**
     * For a further table beside that of the bean; declare it as a bean, so that it is stopped with the service.
     *
     * @param connections as the service's broker user, whose {@code user_id} is what lets the message back into its queue
     * @param confirmTimeout how long the broker may take to confirm
     */
    public RetryLater(ConnectionFactory connections, RetryRules rules, Duration confirmTimeout) {
        this.publisher = new ConfirmedPublisher(connections, "message-scheduler", confirmTimeout);
        this.rules = rules;
    }

    /**
     * Returns when the broker has the message for message-scheduler.
     *
     * @throws ImmediateRequeueAmqpException if it does not have it, after a pause; the container requeues the original
     */
    @Override
    public void recover(Message message, Throwable thrown) {
        RetryRules.Decision decision = rules.decide(thrown);
        AMQP.BasicProperties properties = Retry.of(message.getMessageProperties(), decision, publisher.user());
        String queue = Objects.requireNonNull(
                message.getMessageProperties().getConsumerQueue(), "only a message that came from a queue can go back");
        tellOfAForeignQueue(queue);
        try {
            publisher.publish(Topology.SCHEDULER_EXCHANGE, ScheduleHeaders.RETRY, properties, message.getBody());
            failuresInARow.set(0);
            logHandedOver(queue, properties, decision);
        } catch (IOException | RuntimeException e) {
            logNotHandedOver(queue, e);
            pause();
            throw new ImmediateRequeueAmqpException(
                    "message-scheduler could not be given the failed message, so it stays in queue " + queue, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ImmediateRequeueAmqpException("stopped before message-scheduler had the failed message", e);
        }
    }

    /** All messages of a batch: which one of them failed it is not known. */
    @Override
    public void recover(List<Message> messages, Throwable thrown) {
        messages.forEach(message -> recover(message, thrown));
    }

    private void pause() {
        int doublings = Math.min(failuresInARow.getAndIncrement(), MOST_DOUBLINGS);
        long millis = Math.min(FIRST_PAUSE_MILLIS << doublings, LONGEST_PAUSE_MILLIS);
        try {
            if (stopping.await(millis, TimeUnit.MILLISECONDS)) {
                log.debug("stopping, so the failed message goes back at once");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void tellOfAForeignQueue(String queue) {
        String user = publisher.user();
        if (knownQueues.add(queue) && !queue.equals(Topology.participantQueue(user)) && !queue.startsWith(user + ".")) {
            log.warn(
                    "queue '{}' does not belong to broker user '{}', so message-scheduler will park what failed instead of"
                            + " bringing it back, unless its lethe.scheduler.targets allows more; expected {} or {}.*",
                    queue,
                    user,
                    Topology.participantQueue(user),
                    user);
        }
    }

    private static void logHandedOver(String queue, AMQP.BasicProperties properties, RetryRules.Decision decision) {
        Object attempt = properties.getHeaders().getOrDefault(ScheduleHeaders.ATTEMPT, 1);
        log.atWarn()
                .addKeyValue("event.action", "message-failed")
                .addKeyValue("event.outcome", "failure")
                .addKeyValue("error.type", decision.failure().type())
                .addKeyValue("lethe.queue", queue)
                .addKeyValue("lethe.attempt", attempt)
                .log(
                        "attempt {} at a message of queue {} failed with {}; retry: {}",
                        attempt,
                        queue,
                        decision.failure(),
                        decision.backoff());
    }

    private static void logNotHandedOver(String queue, Exception cause) {
        log.atWarn()
                .addKeyValue("event.action", "retry-waits")
                .addKeyValue("event.outcome", "failure")
                .addKeyValue("lethe.queue", queue)
                .log(
                        "a failed message of queue {} cannot be handed to message-scheduler now and stays there: {}",
                        queue,
                        cause.getMessage());
    }

    @Override
    public void start() {
        stopping = new CountDownLatch(1);
        running = true;
    }

    /** Ends the pauses; what is at hand goes back to its queue. */
    @Override
    public void stop() {
        running = false;
        stopping.countDown();
        publisher.close();
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
