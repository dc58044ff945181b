package dev.lethe.outbox.operations;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Gathers what happened to a message from what was written down about it and about its lane. */
final class Histories {

    private static final int LAST = 100;

    private static final String FAILED_ATTEMPTS = """
            select at, attempt, reason, exchange
              from failed_attempt
             where message_id = :id
             order by at desc
             limit :limit
            """;

    private static final String LANE_EVENTS = """
            select at, shard, instance, event, detail
              from lane_event
             where shard = :shard and at >= :since
             order by at desc
             limit :limit
            """;

    private static final String DUE_BEFORE = """
            select count(*)
              from (select
                      from message
                     where shard = :shard and (due_at, id) < (:dueAt, :id)
                     limit :limit) before
            """;

    private final JdbcClient jdbc;

    Histories(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** @param message null if it is not here */
    Optional<MessageHistory> of(long id, @Nullable MessageSummary message) {
        List<MessageHistory.FailedAttempt> failed = failedAttempts(id);
        if (message == null) {
            return failed.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new MessageHistory(
                            id, MessageState.GONE, WhyLate.gone(failed), null, 0, failed, List.of()));
        }
        Instant now =
                jdbc.sql("select now()").query(OffsetDateTime.class).single().toInstant();
        // The due time moves with each attempt; the first one was made when it was first due
        Instant since =
                failed.isEmpty() || message.dueAt().isBefore(failed.getFirst().at())
                        ? message.dueAt()
                        : failed.getFirst().at();
        List<MessageHistory.LaneEvent> events = laneEvents(message.shard(), since);
        int dueBefore = message.state() == MessageState.PENDING ? dueBefore(message) : 0;
        boolean owned = LaneState.read(jdbc, message.shard() + 1).getLast().owned();
        var lane = new WhyLate.Lane(owned, events.isEmpty() ? null : events.getLast());
        return Optional.of(new MessageHistory(
                id,
                message.state(),
                WhyLate.sentence(message, now, dueBefore, lane),
                message,
                dueBefore,
                failed,
                events));
    }

    private List<MessageHistory.FailedAttempt> failedAttempts(long id) {
        List<MessageHistory.FailedAttempt> latestFirst = jdbc.sql(FAILED_ATTEMPTS)
                .param("id", id)
                .param("limit", LAST)
                .query((row, n) -> new MessageHistory.FailedAttempt(
                        row.getObject("at", OffsetDateTime.class).toInstant(),
                        row.getInt("attempt"),
                        row.getString("reason"),
                        row.getString("exchange")))
                .list();
        Collections.reverse(latestFirst);
        return latestFirst;
    }

    private List<MessageHistory.LaneEvent> laneEvents(int shard, Instant since) {
        List<MessageHistory.LaneEvent> latestFirst = jdbc.sql(LANE_EVENTS)
                .param("shard", shard)
                .param("since", since.atOffset(ZoneOffset.UTC))
                .param("limit", LAST)
                .query((row, n) -> new MessageHistory.LaneEvent(
                        row.getObject("at", OffsetDateTime.class).toInstant(),
                        row.getInt("shard"),
                        row.getString("instance"),
                        row.getString("event"),
                        row.getString("detail")))
                .list();
        Collections.reverse(latestFirst);
        return latestFirst;
    }

    private int dueBefore(MessageSummary message) {
        return jdbc.sql(DUE_BEFORE)
                .param("shard", message.shard())
                .param("dueAt", message.dueAt().atOffset(ZoneOffset.UTC))
                .param("id", message.id())
                .param("limit", Backlog.AT_MOST)
                .query(Integer.class)
                .single();
    }
}
