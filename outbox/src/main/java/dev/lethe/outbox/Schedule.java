package dev.lethe.outbox;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Messages that are to be sent later, many at once. What it answers becomes true when the caller's transaction commits. */
public class Schedule {

    /** What came of {@link #put}. */
    public enum Put {
        SCHEDULED,
        REPLACED,
        /** The name was taken, and what is there stays. */
        KEPT
    }

    /** What came of {@link #cancel}. */
    public enum Cancelled {
        /** It will not be sent any more. That it never was is certain too, unless the process that sent it was killed in that very moment. */
        CANCELLED,
        /** It is being sent now; or it was, the broker did not say with what result, and it is not sent again. */
        IN_FLIGHT,
        /** It was sent already, or never known. */
        GONE
    }

    private final MessageStore store;

    Schedule(MessageStore store) {
        this.store = store;
    }

    /**
     * Stores messages; one with the same owner and key is replaced, or kept if {@code keep}. Waits for a message that is being
     * replaced while it is sent.
     *
     * @param messages no two with the same owner and key
     * @return what came of each
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public List<Put> put(List<ScheduledMessage> messages, boolean keep) {
        return store.put(messages, keep);
    }

    /**
     * Takes messages back. Exact, because a message that is being sent is locked until the broker has confirmed it. Waits for nobody.
     *
     * @param names no two the same
     * @return what came of each
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public List<Cancelled> cancel(List<Name> names) {
        return store.cancel(names);
    }

    /**
     * Deletes what is pending or undeliverable about a person and says how much that was. Waits for messages about that person that are
     * being sent.
     *
     * @param owner whose messages; null for everybody's
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public int forget(String subject, @Nullable String owner) {
        return store.forget(subject, owner);
    }

    /**
     * What {@link #forget} would delete of everybody's messages. Waits for nobody; a message that is being sent now counts.
     *
     * @param most how many are told one by one; all are counted
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public AboutPerson about(String subject, int most) {
        return store.about(subject, most);
    }
}
