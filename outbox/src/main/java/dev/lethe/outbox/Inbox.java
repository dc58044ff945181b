package dev.lethe.outbox;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
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
