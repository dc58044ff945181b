package dev.lethe.cancellation.erasure.jdbc;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lethe.cancellation.erasure.Task;
import dev.lethe.cancellation.erasure.TaskState;
import dev.lethe.cancellation.erasure.TaskState.Answered;
import dev.lethe.cancellation.erasure.TaskState.Asked;
import dev.lethe.cancellation.erasure.TaskState.Waiting;
import dev.lethe.messages.MessageJson;
import dev.lethe.messages.participant.ErasureOutcome;
import dev.lethe.messages.participant.Retained;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;

/** Rows of the table {@code erasure_task}: how they are read and what of them is written. */
final class TaskRow {

    static final RowMapper<Task> MAPPER = (row, number) -> new Task(
            row.getObject("task_id", UUID.class),
            row.getString("participant"),
            Set.of((String[]) row.getArray("after").getArray()),
            row.getBoolean("behind_notice"),
            Duration.ofMillis(row.getLong("delay_ms")),
            stateOf(row));

    private TaskRow() {}

    private static TaskState stateOf(ResultSet row) throws SQLException {
        return switch (row.getString("state")) {
            case "waiting" -> new Waiting();
            case "asked" -> new Asked(row.getInt("attempt"));
            case "answered" ->
                new Answered(
                        row.getInt("attempt"),
                        Codes.read(ErasureOutcome.class, row.getString("outcome")),
                        row.getObject("records", Long.class),
                        retained(row.getString("retained")),
                        row.getString("reason"));
            default ->
                throw new IllegalStateException("task %s is in state '%s', which this version does not know"
                        .formatted(row.getString("task_id"), row.getString("state")));
        };
    }

    private static List<Retained> retained(@Nullable String json) {
        return json == null ? List.of() : List.of(MessageJson.read(json.getBytes(UTF_8), Retained[].class));
    }

    static MapSqlParameterSource stateOf(TaskState state) {
        return switch (state) {
            case Waiting waiting -> withoutAnswer("waiting", 0);
            case Asked(int attempt) -> withoutAnswer("asked", attempt);
            case Answered(int attempt, var outcome, Long records, var retained, String reason) ->
                parameters(
                        "answered",
                        attempt,
                        Codes.of(outcome),
                        records,
                        retained.isEmpty() ? null : Erasures.json(retained),
                        reason);
        };
    }

    private static MapSqlParameterSource withoutAnswer(String state, int attempt) {
        return parameters(state, attempt, null, null, null, null);
    }

    private static MapSqlParameterSource parameters(
            String state,
            int attempt,
            @Nullable String outcome,
            @Nullable Long records,
            @Nullable String retained,
            @Nullable String reason) {
        return new MapSqlParameterSource()
                .addValue("state", state)
                .addValue("attempt", attempt)
                .addValue("outcome", outcome, Types.VARCHAR)
                .addValue("records", records, Types.BIGINT)
                .addValue("retained", retained, Types.VARCHAR)
                .addValue("reason", reason, Types.VARCHAR);
    }
}
