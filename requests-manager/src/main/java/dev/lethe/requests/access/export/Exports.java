package dev.lethe.requests.access.export;

import static dev.lethe.messages.Topology.PARTICIPANTS_EXCHANGE;
import static java.time.ZoneOffset.UTC;

import dev.lethe.messages.MessageJson;
import dev.lethe.messages.Messages;
import dev.lethe.messages.Subject;
import dev.lethe.messages.participant.ExportOutcome;
import dev.lethe.messages.participant.ExportSubject;
import dev.lethe.messages.participant.ExportedDocument;
import dev.lethe.messages.participant.SubjectExported;
import dev.lethe.outbox.Outbox;
import dev.lethe.outbox.Unacceptable;
import dev.lethe.requests.access.source.amqp.ExportSource;
import dev.lethe.requests.access.storage.MasterKeys;
import dev.lethe.requests.life.EndOfRequest;
import dev.lethe.requests.life.Pseudonyms;
import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** What participants were asked to hand out, and their answers, which are encrypted until the report holds them and then deleted. */
@Component
public class Exports implements EndOfRequest {

    private static final Logger log = LoggerFactory.getLogger(Exports.class);

    /** A participant that failed, but not for good, is asked again with every attempt of the report until its time is over. */
    private static final String ASK = """
            insert into export_task as t (task_id, request_id, participant, answer_by)
            values (:taskId, :requestId, :participant, least(now() + :waitMillis * interval '1 millisecond', greatest(:dueAt, now())))
            on conflict (request_id, participant) do update
               set asked = t.asked + 1, outcome = null, answered_at = null, answer_hash = null, ask_again = false
             where t.ask_again and t.answer_by > now()
            returning task_id, answer_by
            """;

    private static final String OF_REQUEST = """
            select task_id, participant, outcome, answer_by, answer_by <= now() as is_late, documents
              from export_task
             where request_id = :requestId
             order by participant
            """;

    private static final String READ = """
            select t.request_id, t.participant, t.outcome, t.answer_hash, r.ended_at is not null as is_over
              from export_task t
              join request r on r.id = t.request_id
             where t.task_id = :taskId
            """;

    /** First, so that the task is then read as it is after whoever answered at the same moment. */
    private static final String LOCK_REQUEST = """
            select id from request where id = (select request_id from export_task where task_id = :taskId) for no key update
            """;

    private static final String ANSWER = """
            update export_task
               set outcome = :outcome, ask_again = :again, answered_at = now(), answer_hash = :hash, documents = :documents
             where task_id = :taskId
            """;

    private static final String STANDING = """
            select coalesce(bool_or(outcome is null), false) as is_waited_for,
                   coalesce(max(asked) filter (where ask_again), 0) as failed
              from export_task
             where request_id = :requestId and answer_by > now()
            """;

    private static final String DROP =
            "update export_task set documents = null where request_id = :requestId and documents is not null";

    private final JdbcClient jdbc;
    private final Outbox outbox;
    private final MasterKeys keys;
    private final Pseudonyms pseudonyms;

    Exports(JdbcClient jdbc, Outbox outbox, MasterKeys keys, Pseudonyms pseudonyms) {
        this.jdbc = jdbc;
        this.outbox = outbox;
        this.keys = keys;
        this.pseudonyms = pseudonyms;
    }

    /**
     * Asks a participant, unless it was asked before and did not say that it may be asked again.
     *
     * @param dueAt the law's deadline, after which there is nothing to wait for
     * @return until when it may answer; empty if it was not asked (again)
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public Optional<Instant> ask(UUID requestId, ExportSource source, Subject subject, Instant dueAt) {
        record Task(UUID id, Instant answerBy) {}
        Optional<Task> asked = jdbc.sql(ASK)
                .param("taskId", UUID.randomUUID())
                .param("requestId", requestId)
                .param("participant", source.participant())
                .param("waitMillis", source.patience().toMillis())
                .param("dueAt", dueAt.atOffset(UTC))
                .query((row, n) -> new Task(
                        row.getObject("task_id", UUID.class),
                        row.getObject("answer_by", OffsetDateTime.class).toInstant()))
                .optional();
        asked.ifPresent(task -> outbox.send(
                PARTICIPANTS_EXCHANGE,
                source.participant(),
                Messages.PARTICIPANT_EXPORT,
                new ExportSubject(task.id(), requestId, subject, task.answerBy()),
                requestId));
        return asked.map(Task::answerBy);
    }

    /** What was asked for a report, with the answers. */
    @Transactional(readOnly = true)
    public List<Exported> of(UUID requestId) {
        return jdbc.sql(OF_REQUEST)
                .param("requestId", requestId)
                .query(this::exported)
                .list();
    }

    private Exported exported(ResultSet row, int number) throws SQLException {
        String outcome = row.getString("outcome");
        return new Exported(
                row.getString("participant"),
                outcome == null ? null : ExportOutcome.valueOf(outcome.toUpperCase(Locale.ROOT)),
                row.getBoolean("is_late"),
                row.getObject("answer_by", OffsetDateTime.class).toInstant(),
                opened(row.getObject("task_id", UUID.class), row.getBytes("documents")));
    }

    private List<ExportedDocument> opened(UUID taskId, byte @Nullable [] documents) {
        if (documents == null) {
            return List.of();
        }
        try {
            return MessageJson.read(keys.unwrap(documents, taskId, 0), SubjectExported.class)
                    .documents();
        } catch (IOException e) {
            throw new IllegalStateException(
                    "the answer to task %s cannot be decrypted; is its master key still configured?".formatted(taskId),
                    e);
        }
    }

    private record Task(
            UUID requestId,
            String participant,
            @Nullable String outcome,
            byte @Nullable [] answerHash,
            boolean isOver) {}

    /**
     * All who were asked have answered.
     *
     * @param failed how often somebody was asked who failed and is to be asked again; 0 if nobody is
     */
    public record Next(UUID requestId, int failed) {}

    /**
     * Takes an answer. An equal one changes nothing, one that comes after the report is not kept.
     *
     * @param sender the broker user who says so; must be the participant that was asked
     * @return what is to be done now; empty if somebody else is waited for
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public Optional<Next> answer(SubjectExported answer, @Nullable String sender) {
        jdbc.sql(LOCK_REQUEST)
                .param("taskId", answer.taskId())
                .query(UUID.class)
                .optional();
        Task task = jdbc.sql(READ)
                .param("taskId", answer.taskId())
                .query((row, n) -> new Task(
                        row.getObject("request_id", UUID.class),
                        row.getString("participant"),
                        row.getString("outcome"),
                        row.getBytes("answer_hash"),
                        row.getBoolean("is_over")))
                .optional()
                .orElseThrow(() ->
                        new Unacceptable("unknown_task", "no export was asked for under task " + answer.taskId()));
        if (!task.participant().equals(sender)) {
            throw new Unacceptable(
                    "wrong_sender",
                    "expected user_id '%s' on an answer to task %s".formatted(task.participant(), answer.taskId()));
        }
        byte[] json = MessageJson.write(answer);
        byte[] hash = pseudonyms.of(json);
        if (task.outcome() != null && !(task.outcome().equals("failed") && !Arrays.equals(hash, task.answerHash()))) {
            if (Arrays.equals(hash, task.answerHash())) {
                return Optional.empty();
            }
            throw new Unacceptable(
                    "contradictory_answer",
                    "task %s was answered otherwise before; that answer stands".formatted(answer.taskId()));
        }
        jdbc.sql(ANSWER)
                .param("taskId", answer.taskId())
                .param("outcome", answer.outcome().name().toLowerCase(Locale.ROOT))
                .param("again", answer.mayBeRetried())
                .param("hash", hash)
                .param(
                        "documents",
                        task.isOver() || answer.documents().isEmpty() ? null : keys.wrap(json, answer.taskId(), 0),
                        java.sql.Types.BINARY)
                .update();
        log.atInfo()
                .addKeyValue("event.action", task.isOver() ? "export-too-late" : "export-answered")
                .addKeyValue("event.outcome", answer.outcome() == ExportOutcome.FAILED ? "failure" : "success")
                .addKeyValue("lethe.request.id", task.requestId())
                .addKeyValue("lethe.participant", task.participant())
                .log("{} answered", task.participant());
        return jdbc.sql(STANDING)
                .param("requestId", task.requestId())
                .query((row, n) -> row.getBoolean("is_waited_for")
                        ? Optional.<Next>empty()
                        : Optional.of(new Next(task.requestId(), row.getInt("failed"))))
                .single();
    }

    /** The report holds the answers now, or there will be none. */
    @Override
    @Transactional(propagation = Propagation.MANDATORY)
    public void ended(UUID requestId) {
        jdbc.sql(DROP).param("requestId", requestId).update();
    }
}
