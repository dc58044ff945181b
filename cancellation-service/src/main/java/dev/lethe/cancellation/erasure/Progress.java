package dev.lethe.cancellation.erasure;

import dev.lethe.cancellation.erasure.Decision.Move;
import dev.lethe.cancellation.erasure.Effect.Ask;
import dev.lethe.cancellation.erasure.Effect.Tell;
import dev.lethe.cancellation.erasure.Erasure.Completed;
import dev.lethe.cancellation.erasure.Erasure.Erasing;
import dev.lethe.cancellation.erasure.Erasure.Noticed;
import dev.lethe.cancellation.erasure.Erasure.Running;
import dev.lethe.cancellation.erasure.TaskState.Answered;
import dev.lethe.cancellation.erasure.TaskState.Asked;
import dev.lethe.messages.Messages;
import dev.lethe.messages.erasure.StartErasure;
import dev.lethe.messages.participant.EraseSubject;
import dev.lethe.messages.request.CompletionOutcome;
import dev.lethe.messages.request.DataErased;
import dev.lethe.messages.request.ErasureException;
import dev.lethe.messages.request.ErasureStarted;
import dev.lethe.messages.request.ParticipantDone;
import dev.lethe.messages.request.RequestCompleted;
import dev.lethe.messages.request.RequestKind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** What follows from a step: who is asked next, whether the subject can be told, whether that was all. For one decision. */
final class Progress {

    private final StartErasure order;
    private final Instant now;
    private final List<Effect> effects = new ArrayList<>();
    private List<Task> tasks;
    private boolean noticed;

    private Progress(StartErasure order, List<Task> tasks, boolean noticed, Instant now) {
        this.order = order;
        this.tasks = tasks;
        this.noticed = noticed;
        this.now = now;
    }

    Progress(Running erasure, Instant now) {
        this(erasure.order(), erasure.tasks(), erasure instanceof Noticed, now);
    }

    static Move begin(StartErasure order, List<Task> tasks, Instant now) {
        var progress = new Progress(order, tasks, false, now);
        progress.effects.add(new Tell<>(
                Messages.ERASURE_STARTED,
                new ErasureStarted(
                        order.requestId(),
                        now,
                        tasks.stream().map(Task::participant).toList())));
        return progress.goOn();
    }

    /** A task has its final answer. */
    Move answered(Task task) {
        replace(task);
        effects.add(new Tell<>(
                Messages.ERASURE_PARTICIPANT_DONE,
                new ParticipantDone(
                        order.requestId(),
                        now,
                        task.participant(),
                        answerOf(task).outcome())));
        return goOn();
    }

    /** A task is asked once more. */
    Move again(Task task, Duration delay) {
        replace(task);
        effects.add(ask(task, delay));
        return goOn();
    }

    private Move goOn() {
        notice();
        askWhoeverIsReady();
        Erasure next = conclude();
        return new Move(next, effects);
    }

    private void notice() {
        if (!noticed && tasks.stream().filter(task -> !task.behindNotice()).allMatch(Task::isAnswered)) {
            noticed = true;
            effects.add(new Tell<>(
                    Messages.ERASURE_DATA_ERASED,
                    new DataErased(order.requestId(), now, order.subject().id())));
        }
    }

    private void askWhoeverIsReady() {
        List<Task> before = tasks;
        for (Task ready :
                before.stream().filter(task -> task.isReady(before, noticed)).toList()) {
            Task asked = ready.asked(1);
            replace(asked);
            effects.add(ask(asked, ready.delay()));
        }
    }

    private Erasure conclude() {
        if (!tasks.stream().allMatch(Task::isAnswered)) {
            return noticed ? new Noticed(order, tasks) : new Erasing(order, tasks);
        }
        List<ErasureException> exceptions = exceptions();
        CompletionOutcome outcome =
                exceptions.isEmpty() ? CompletionOutcome.COMPLETED : CompletionOutcome.COMPLETED_WITH_EXCEPTIONS;
        UUID requestId = order.requestId();
        effects.add(new Tell<>(
                Messages.REQUEST_COMPLETED,
                new RequestCompleted(requestId, now, RequestKind.ERASURE, outcome, exceptions)));
        return new Completed(requestId, outcome, tasks);
    }

    private List<ErasureException> exceptions() {
        return tasks.stream()
                .filter(task -> !answerOf(task).outcome().isForgotten())
                .map(task -> {
                    Answered answer = answerOf(task);
                    return new ErasureException(
                            task.participant(), answer.outcome(), answer.retained(), answer.reason());
                })
                .toList();
    }

    private Ask ask(Task task, Duration delay) {
        if (!(task.state() instanceof Asked(int attempt))) {
            throw new IllegalStateException("a question for a task that is not asked; this is our bug");
        }
        return new Ask(
                task.participant(),
                new EraseSubject(task.id(), order.requestId(), order.subject(), attempt, order.deadline()),
                delay);
    }

    private static Answered answerOf(Task task) {
        if (task.state() instanceof Answered answered) {
            return answered;
        }
        throw new IllegalStateException("a task without an answer was taken for answered; this is our bug");
    }

    private void replace(Task task) {
        tasks = tasks.stream()
                .map(each -> each.id().equals(task.id()) ? task : each)
                .toList();
    }
}
