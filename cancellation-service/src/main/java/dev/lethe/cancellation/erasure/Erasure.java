package dev.lethe.cancellation.erasure;

import dev.lethe.messages.erasure.StartErasure;
import dev.lethe.messages.request.CompletionOutcome;
import java.util.List;
import java.util.UUID;

/** One erasure. Its tasks are frozen when it starts; only their states change. */
public sealed interface Erasure {

    /** Nobody has ordered it. */
    record Unknown() implements Erasure {}

    /** Not everybody has answered. */
    sealed interface Running extends Erasure permits Erasing, Noticed {
        StartErasure order();

        List<Task> tasks();
    }

    /** Participants that do not wait for the notice are at work. */
    record Erasing(StartErasure order, List<Task> tasks) implements Running {
        public Erasing {
            tasks = List.copyOf(tasks);
        }
    }

    /** Those have all answered, the fleet knows it and tells the subject; the others are at work. */
    record Noticed(StartErasure order, List<Task> tasks) implements Running {
        public Noticed {
            tasks = List.copyOf(tasks);
        }
    }

    /** Everybody has answered; who it was about is forgotten here too. */
    record Completed(UUID requestId, CompletionOutcome outcome, List<Task> tasks) implements Erasure {
        public Completed {
            tasks = List.copyOf(tasks);
        }
    }
}
