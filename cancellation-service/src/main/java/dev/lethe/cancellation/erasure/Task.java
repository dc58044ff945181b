package dev.lethe.cancellation.erasure;

import dev.lethe.cancellation.erasure.TaskState.Answered;
import dev.lethe.cancellation.erasure.TaskState.Asked;
import dev.lethe.cancellation.erasure.TaskState.Waiting;
import dev.lethe.cancellation.plan.Plan;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * One participant's part of an erasure, with all that the plan said of it when the erasure was fanned out.
 *
 * @param id random, so that nobody can answer who was not asked
 * @param after names of other participants of this erasure, or {@link Plan#NOTICE}
 * @param behindNotice whether it waits for the notice, itself or through others
 * @param delay how long after that it is asked
 */
public record Task(
        UUID id, String participant, Set<String> after, boolean behindNotice, Duration delay, TaskState state) {

    public Task {
        after = Set.copyOf(after);
    }

    /** A task for each participant of a plan, in its order. A later plan does not change them. */
    public static List<Task> frozen(Plan plan, Supplier<UUID> ids) {
        return plan.participants().stream()
                .map(participant -> new Task(
                        ids.get(),
                        participant.name(),
                        participant.after(),
                        plan.waitsForNotice(participant),
                        participant.delay(),
                        new Waiting()))
                .toList();
    }

    boolean isAnswered() {
        return state instanceof Answered;
    }

    /** Whether nothing that it waits for is missing any more, and it was not asked yet. */
    boolean isReady(List<Task> all, boolean noticed) {
        return state instanceof Waiting
                && after.stream().allMatch(name -> name.equals(Plan.NOTICE) ? noticed : answered(name, all));
    }

    private static boolean answered(String participant, List<Task> all) {
        return all.stream().anyMatch(task -> task.participant.equals(participant) && task.isAnswered());
    }

    Task asked(int attempt) {
        return in(new Asked(attempt));
    }

    Task in(TaskState next) {
        return new Task(id, participant, after, behindNotice, delay, next);
    }
}
