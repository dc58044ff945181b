package dev.lethe.cancellation.erasure.jdbc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;

import dev.lethe.cancellation.erasure.Erasure;
import dev.lethe.cancellation.erasure.Erasure.Completed;
import dev.lethe.cancellation.erasure.Erasure.Erasing;
import dev.lethe.cancellation.erasure.Erasure.Noticed;
import dev.lethe.cancellation.erasure.Erasure.Unknown;
import dev.lethe.cancellation.erasure.Task;
import dev.lethe.messages.MessageJson;
import dev.lethe.messages.erasure.StartErasure;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcOperations;
import org.springframework.jdbc.core.namedparam.SqlParameterSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * All erasures. What is read is locked until the transaction ends, so that steps of one erasure follow one another, also when
 * two instances take its last two answers at once.
 */
@Repository
@Transactional(propagation = Propagation.MANDATORY)
public class Erasures {

    private static final String LOCK = """
            select request_id, subject, regulation, deadline, state, outcome
              from erasure
             where request_id = :requestId
               for update
            """;

    private static final String LOCK_BY_TASK = """
            select request_id, subject, regulation, deadline, state, outcome
              from erasure
             where request_id = (select request_id from erasure_task where task_id = :taskId)
               for update
            """;

    /** A statement of its own, after the lock: only then does it see what the one before us has committed. */
    private static final String TASKS = """
            select task_id, participant, after, behind_notice, delay_ms,
                   state, attempt, outcome, records, retained, reason
              from erasure_task
             where request_id = :requestId
             order by position
            """;

    private static final String INSERT = """
            insert into erasure (request_id, subject, regulation, deadline, state)
            values (:requestId, :subject, :regulation, :deadline, 'erasing')
            on conflict (request_id) do nothing
            """;

    private static final String INSERT_TASK = """
            insert into erasure_task (task_id, request_id, participant, position, after, behind_notice, delay_ms,
                                      state, attempt, asked_at)
            values (:taskId, :requestId, :participant, :position, string_to_array(:after, ','), :behindNotice, :delayMs,
                    :state, :attempt, case when :attempt > 0 then now() end)
            """;

    private static final String UPDATE_TASK = """
            update erasure_task
               set state = :state, attempt = :attempt, outcome = :outcome, records = :records,
                   retained = :retained::jsonb, reason = :reason,
                   asked_at = case when attempt = :attempt then asked_at else now() end,
                   answered_at = case when :state = 'answered' then now() end
             where task_id = :taskId
            """;

    private static final String NOTICED =
            "update erasure set state = 'noticed', noticed_at = now() where request_id = :requestId and state = 'erasing'";

    private static final String COMPLETED = """
            update erasure
               set state = 'completed', outcome = :outcome, subject = null,
                   noticed_at = coalesce(noticed_at, now()), ended_at = now()
             where request_id = :requestId and state <> 'completed'
            """;

    private final JdbcClient jdbc;
    private final NamedParameterJdbcOperations batches;

    Erasures(JdbcClient jdbc, NamedParameterJdbcOperations batches) {
        this.jdbc = jdbc;
        this.batches = batches;
    }

    public Erasure find(UUID requestId) {
        return find(jdbc.sql(LOCK).param("requestId", requestId));
    }

    /** The one that a task belongs to. */
    public Erasure findByTask(UUID taskId) {
        return find(jdbc.sql(LOCK_BY_TASK).param("taskId", taskId));
    }

    private Erasure find(JdbcClient.StatementSpec lock) {
        return lock.query(ErasureRow.class)
                .optional()
                .map(row -> row.with(jdbc.sql(TASKS)
                        .param("requestId", row.requestId())
                        .query(TaskRow.MAPPER)
                        .list()))
                .orElseGet(Unknown::new);
    }

    /** Keeps a new one. False if there is one by this id, which another instance may have added this moment. */
    public boolean add(Erasing erasure) {
        StartErasure order = erasure.order();
        int added = jdbc.sql(INSERT)
                .param("requestId", order.requestId())
                .param("subject", json(order.subject()))
                .param("regulation", order.regulation())
                .param("deadline", order.deadline().atOffset(ZoneOffset.UTC))
                .update();
        if (added == 0) {
            return false;
        }
        var rows = new SqlParameterSource[erasure.tasks().size()];
        for (int i = 0; i < rows.length; i++) {
            Task task = erasure.tasks().get(i);
            rows[i] = stateOf(task)
                    .addValue("requestId", order.requestId())
                    .addValue("participant", task.participant())
                    .addValue("position", i)
                    .addValue("after", task.after().stream().sorted().collect(joining(",")))
                    .addValue("behindNotice", task.behindNotice())
                    .addValue("delayMs", task.delay().toMillis());
        }
        batches.batchUpdate(INSERT_TASK, rows);
        return true;
    }

    /** Keeps what has changed of one that was read in this transaction. */
    public void update(Erasure before, Erasure after) {
        List<Task> known = tasksOf(before);
        batches.batchUpdate(
                UPDATE_TASK,
                tasksOf(after).stream()
                        .filter(task -> !known.contains(task))
                        .map(Erasures::stateOf)
                        .toArray(SqlParameterSource[]::new));
        if (after instanceof Noticed(var order, var tasks) && !(before instanceof Noticed)) {
            exactlyOne(jdbc.sql(NOTICED).param("requestId", order.requestId()));
        } else if (after instanceof Completed(var requestId, var outcome, var tasks)) {
            exactlyOne(jdbc.sql(COMPLETED).param("requestId", requestId).param("outcome", Codes.of(outcome)));
        }
    }

    private static void exactlyOne(JdbcClient.StatementSpec move) {
        int moved = move.update();
        if (moved != 1) {
            throw new IllegalStateException(
                    "expected to move one erasure, moved %d although it was locked; this is our bug".formatted(moved));
        }
    }

    private static List<Task> tasksOf(Erasure erasure) {
        return switch (erasure) {
            case Unknown none -> List.of();
            case Erasure.Running running -> running.tasks();
            case Completed completed -> completed.tasks();
        };
    }

    private static MapSqlParameterSource stateOf(Task task) {
        return TaskRow.stateOf(task.state()).addValue("taskId", task.id());
    }

    static String json(Object value) {
        return new String(MessageJson.write(value), UTF_8);
    }
}
