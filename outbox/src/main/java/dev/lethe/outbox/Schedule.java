package dev.lethe.outbox;

import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

/** Messages that are to be sent later, by name. */
public class Schedule {

    private static final String LOCK_NOT_AVAILABLE = "55P03";

    /** What came of {@link #put}. */
    public enum Put {
        SCHEDULED,
        REPLACED,
        /** The name was taken, and what is there stays. */
        KEPT
    }

    /** What came of {@link #cancel}. */
    public enum Cancelled {
        /** It will never be sent. */
        CANCELLED,
        /** It is being sent now. */
        IN_FLIGHT,
        /** It was sent already, or never known. */
        GONE
    }

    private final MessageStore store;
    private final TransactionTemplate ownTransaction;

    Schedule(MessageStore store, PlatformTransactionManager transactions) {
        this.store = store;
        this.ownTransaction = new TransactionTemplate(transactions);
        this.ownTransaction.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
    }

    /** Stores a message; one with the same owner and key is replaced, or kept if {@code keep}. */
    @Transactional(propagation = Propagation.MANDATORY)
    public Put put(ScheduledMessage message, boolean keep) {
        return store.put(message, keep);
    }

    /**
     * Takes a message back. Exact, because a message that is being sent is locked until the broker has confirmed it.
     *
     * @param answer runs in the transaction that decides, so that what is answered is what is true
     */
    public Cancelled cancel(String owner, String key, Consumer<Cancelled> answer) {
        try {
            return decide(() -> store.cancel(owner, key), answer);
        } catch (DataAccessException e) {
            if (Outages.sqlState(e).equals(LOCK_NOT_AVAILABLE)) {
                return decide(() -> Cancelled.IN_FLIGHT, answer);
            }
            throw e;
        }
    }

    private Cancelled decide(Supplier<Cancelled> decision, Consumer<Cancelled> answer) {
        return Objects.requireNonNull(ownTransaction.execute(status -> {
            Cancelled decided = decision.get();
            answer.accept(decided);
            return decided;
        }));
    }

    /** Deletes what is pending about a person and says how much that was. */
    @Transactional(propagation = Propagation.MANDATORY)
    public int forget(String subject) {
        return store.forget(subject);
    }
}
