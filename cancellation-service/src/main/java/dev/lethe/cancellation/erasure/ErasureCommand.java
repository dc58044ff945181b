package dev.lethe.cancellation.erasure;

import dev.lethe.messages.erasure.StartErasure;
import dev.lethe.messages.participant.SubjectErased;
import java.util.List;
import java.util.UUID;

/** What an erasure can be told. */
public sealed interface ErasureCommand {

    /** @param tasks fresh ones, for the case that it was not started yet */
    record Start(StartErasure order, List<Task> tasks) implements ErasureCommand {
        public Start {
            tasks = List.copyOf(tasks);
        }
    }

    /** @param sender the participant that answers, which the broker has verified */
    record Answer(String sender, SubjectErased answer) implements ErasureCommand {}

    record Stop(UUID requestId) implements ErasureCommand {}
}
