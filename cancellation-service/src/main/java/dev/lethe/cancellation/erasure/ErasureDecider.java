package dev.lethe.cancellation.erasure;

import static dev.lethe.cancellation.erasure.Decision.Refusal.CONFLICTING_REQUEST;
import static dev.lethe.cancellation.erasure.Decision.Refusal.CONTRADICTORY_ANSWER;
import static dev.lethe.cancellation.erasure.Decision.Refusal.NOT_ASKED;
import static dev.lethe.cancellation.erasure.Decision.Refusal.UNKNOWN_TASK;
import static dev.lethe.cancellation.erasure.Decision.Refusal.WRONG_SENDER;
import static dev.lethe.cancellation.erasure.Decision.Why.REPEATED;
import static dev.lethe.cancellation.erasure.Decision.Why.TOO_LATE;
import static dev.lethe.cancellation.erasure.Decision.Why.UNKNOWN_REQUEST;

import dev.lethe.cancellation.erasure.Decision.Nothing;
import dev.lethe.cancellation.erasure.Decision.Refuse;
import dev.lethe.cancellation.erasure.Erasure.Completed;
import dev.lethe.cancellation.erasure.Erasure.Running;
import dev.lethe.cancellation.erasure.Erasure.Unknown;
import dev.lethe.cancellation.erasure.ErasureCommand.Answer;
import dev.lethe.cancellation.erasure.ErasureCommand.Start;
import dev.lethe.cancellation.erasure.ErasureCommand.Stop;
import dev.lethe.cancellation.erasure.TaskState.Answered;
import dev.lethe.cancellation.erasure.TaskState.Asked;
import dev.lethe.cancellation.erasure.TaskState.Waiting;
import dev.lethe.messages.participant.SubjectErased;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** The transition tables of an erasure and of its tasks. Pure: no clock, no database, no message. */
public final class ErasureDecider {

    private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
    private static final Duration LAST_RETRY = Duration.ofMinutes(5);

    private record Pair(Erasure erasure, ErasureCommand command) {}

    private ErasureDecider() {}

    /** @param now goes into the facts; nothing is decided by it */
    public static Decision decide(Erasure erasure, ErasureCommand command, Instant now) {
        return switch (new Pair(erasure, command)) {
            case Pair(Unknown e, Start(var order, var tasks)) -> Progress.begin(order, tasks, now);
            case Pair(Unknown e, Answer c) -> new Refuse(UNKNOWN_TASK);
            case Pair(Unknown e, Stop c) -> new Nothing(UNKNOWN_REQUEST);

            case Pair(Running e, Start(var order, var tasks)) ->
                e.order().subject().equals(order.subject()) ? new Nothing(REPEATED) : new Refuse(CONFLICTING_REQUEST);
            case Pair(Running e, Answer c) -> answer(e, e.tasks(), c, now);
            case Pair(Running e, Stop c) -> new Nothing(TOO_LATE);

            case Pair(Completed e, Start c) -> new Nothing(REPEATED);
            case Pair(Completed e, Answer c) -> answer(e, e.tasks(), c, now);
            case Pair(Completed e, Stop c) -> new Nothing(TOO_LATE);
        };
    }

    private static Decision answer(Erasure erasure, List<Task> tasks, Answer answer, Instant now) {
        Task task = tasks.stream()
                .filter(each -> each.id().equals(answer.answer().taskId()))
                .findAny()
                .orElse(null);
        if (task == null) {
            return new Refuse(UNKNOWN_TASK);
        }
        if (!task.participant().equals(answer.sender())) {
            return new Refuse(WRONG_SENDER);
        }
        return switch (judge(task.state(), answer.answer())) {
            case Verdict.Final(Answered state) -> new Progress(running(erasure), now).answered(task.in(state));
            case Verdict.Again(Asked state) ->
                new Progress(running(erasure), now).again(task.in(state), delayBefore(state));
            case Verdict.Nothing v -> new Nothing(REPEATED);
            case Verdict.Refuse(var refusal) -> new Refuse(refusal);
        };
    }

    /** What an answer means for a task in some state. */
    sealed interface Verdict {
        record Final(Answered state) implements Verdict {}

        record Again(Asked state) implements Verdict {}

        record Nothing() implements Verdict {}

        record Refuse(Decision.Refusal refusal) implements Verdict {}
    }

    static Verdict judge(TaskState state, SubjectErased answer) {
        return switch (state) {
            case Waiting waiting -> new Verdict.Refuse(NOT_ASKED);
            case Asked(int attempt) when answer.mayBeRetried() -> new Verdict.Again(new Asked(attempt + 1));
            case Asked(int attempt) ->
                new Verdict.Final(
                        new Answered(attempt, answer.outcome(), answer.records(), answer.retained(), answer.reason()));
            case Answered before when before.agreesWith(answer) -> new Verdict.Nothing();
            case Answered before -> new Verdict.Refuse(CONTRADICTORY_ANSWER);
        };
    }

    /** 1 s before the second attempt, then 2 s, 4 s and so on, never more than 5 min. */
    static Duration delayBefore(Asked state) {
        int doublings = Math.min(Math.max(state.attempt() - 2, 0), 20);
        Duration delay = FIRST_RETRY.multipliedBy(1L << doublings);
        return delay.compareTo(LAST_RETRY) < 0 ? delay : LAST_RETRY;
    }

    private static Running running(Erasure erasure) {
        if (erasure instanceof Running running) {
            return running;
        }
        throw new IllegalStateException(
                "an erasure is completed although a task still awaits its answer; this is our bug");
    }
}
