package dev.lethe.participant;

import dev.lethe.messages.Subject;

/**
 * Forgets a person. Declare one bean of this type and the service takes part in erasures.
 *
 * <p>Called at least once for each task, perhaps again for one that was done before: erase in one transaction of your own, and
 * answer {@link Erasure#nothingFound()} when there is nothing left. The answer is sent after this returns, so commit first.
 * Up to {@code lethe.participant.concurrency} calls run at the same time, never longer than the broker waits for an
 * acknowledgement (RabbitMQ: 30 minutes), or the task is handed out a second time.
 */
@FunctionalInterface
public interface SubjectEraser {

    /**
     * Erases all that is held about this person, or says why not.
     *
     * @throws Exception anything; answered as failed and retryable, by the simple name of its class. Its message is neither
     *     logged nor sent, since it may quote the data
     */
    Erasure erase(Subject subject) throws Exception;
}
