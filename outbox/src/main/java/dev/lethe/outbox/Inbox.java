package dev.lethe.outbox;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Remembers which messages were handled, in the transaction that handles them: what comes twice has one effect. */
public class Inbox {

    /** Waits for a transaction that handles the same message right now; false once that has committed. */
    private static final String MARK = """
            insert into inbox (consumer, message_id, body_sha256)
            values (:consumer, :messageId, :hash)
            on conflict (consumer, message_id) do nothing
            """;

    private static final String SAME_BODY =
            "select body_sha256 = :hash from inbox where consumer = :consumer and message_id = :messageId";

    private static final String COUNT_ATTEMPT = """
            insert into delivery_attempt as a (consumer, message_id, attempts)
            values (:consumer, :messageId, 1)
            on conflict (consumer, message_id) do update set attempts = a.attempts + 1
            returning attempts
            """;

    private static final String FORGET_ATTEMPTS =
            "delete from delivery_attempt where consumer = :consumer and message_id = :messageId";

    private static final int BATCHES_KEPT = 100;

    private static final String MARK_BATCH = """
            with marked as (
                 insert into inbox_batch (consumer, message_ids) values (:consumer, :messageIds) returning number)
            delete from inbox_batch
             where consumer = :consumer and number <= (select number from marked) - :kept
            """;

    private static final String IS_IN_BATCH =
            "select exists (select from inbox_batch where consumer = :consumer and :messageId = any(message_ids))";

    private final JdbcClient jdbc;

    Inbox(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Marks a message as handled.
     *
     * @return true the first time; false if it was handled before and nothing is to be done
     * @throws Unacceptable {@code conflicting_message_id} if another body was handled under this id
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public boolean isNew(String consumer, UUID messageId, byte[] body) {
        byte[] hash = sha256(body);
        int marked = jdbc.sql(MARK)
                .param("consumer", consumer)
                .param("messageId", messageId)
                .param("hash", hash)
                .update();
        if (marked == 1) {
            return true;
        }
        boolean same = jdbc.sql(SAME_BODY)
                .param("consumer", consumer)
                .param("messageId", messageId)
                .param("hash", hash)
                .query(Boolean.class)
                .single();
        if (!same) {
            throw new Unacceptable(
                    "conflicting_message_id",
                    "another body was handled under this message_id; a new message needs a new id");
        }
        return false;
    }

    /**
     * Marks messages as handled that are handled together, with one row: for consumers whose messages are too many for a row each.
     * The last {@value #BATCHES_KEPT} batches are remembered, more than a consumer ever has unacknowledged.
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public void markBatch(String consumer, List<UUID> messageIds) {
        jdbc.sql(MARK_BATCH)
                .param("consumer", consumer)
                .param("messageIds", messageIds.toArray(UUID[]::new))
                .param("kept", BATCHES_KEPT)
                .update();
    }

    /** Whether a message that is delivered again was handled in one of the last batches. */
    @Transactional(propagation = Propagation.MANDATORY)
    public boolean isInBatch(String consumer, UUID messageId) {
        return jdbc.sql(IS_IN_BATCH)
                .param("consumer", consumer)
                .param("messageId", messageId)
                .query(Boolean.class)
                .single();
    }

    /** Counts that handling begins, in a transaction of its own, so that the count survives whatever handling does. */
    @Transactional(propagation = Propagation.REQUIRES_NEW)
    public int countAttempt(String consumer, UUID messageId) {
        return jdbc.sql(COUNT_ATTEMPT)
                .param("consumer", consumer)
                .param("messageId", messageId)
                .query(Integer.class)
                .single();
    }

    /** Once a message is handled or parked, its attempts are of no interest. */
    @Transactional
    public void forgetAttempts(String consumer, UUID messageId) {
        jdbc.sql(FORGET_ATTEMPTS)
                .param("consumer", consumer)
                .param("messageId", messageId)
                .update();
    }

    private static byte[] sha256(byte[] body) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(body);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
