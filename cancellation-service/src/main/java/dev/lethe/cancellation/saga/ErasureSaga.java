package dev.lethe.cancellation.saga;

import dev.lethe.cancellation.erasure.Decision.Move;
import dev.lethe.cancellation.erasure.Decision.Nothing;
import dev.lethe.cancellation.erasure.Decision.Refuse;
import dev.lethe.cancellation.erasure.Erasure;
import dev.lethe.cancellation.erasure.Erasure.Erasing;
import dev.lethe.cancellation.erasure.Erasure.Unknown;
import dev.lethe.cancellation.erasure.ErasureCommand;
import dev.lethe.cancellation.erasure.ErasureCommand.Answer;
import dev.lethe.cancellation.erasure.ErasureCommand.Start;
import dev.lethe.cancellation.erasure.ErasureCommand.Stop;
import dev.lethe.cancellation.erasure.ErasureDecider;
import dev.lethe.cancellation.erasure.Task;
import dev.lethe.cancellation.erasure.jdbc.Erasures;
import dev.lethe.cancellation.plan.Plan;
import dev.lethe.messages.erasure.StartErasure;
import dev.lethe.messages.erasure.StopErasure;
import dev.lethe.messages.participant.SubjectErased;
import dev.lethe.outbox.Unacceptable;
import java.time.Clock;
import java.util.UUID;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Takes what an erasure is told, one step at a time: read, decide, keep, say so. All in the transaction of the caller. */
@Service
@Transactional(propagation = Propagation.MANDATORY)
public class ErasureSaga {

    private final Plan plan;
    private final Erasures erasures;
    private final Messenger messenger;
    private final Journal journal;
    private final Clock clock;

    ErasureSaga(Plan plan, Erasures erasures, Messenger messenger, Journal journal, Clock clock) {
        this.plan = plan;
        this.erasures = erasures;
        this.messenger = messenger;
        this.journal = journal;
        this.clock = clock;
    }

    /**
     * Fans an erasure out to the participants of the plan as it is now; the same order again does nothing.
     *
     * @throws Unacceptable if one runs under this id for somebody else
     */
    public void start(StartErasure order) {
        var start = new Start(order, Task.frozen(plan, UUID::randomUUID));
        if (!step(erasures.find(order.requestId()), start)) {
            step(erasures.find(order.requestId()), start);
        }
    }

    /** Participants are asked as soon as an erasure starts, so it is too late for this; that is logged. */
    public void stop(StopErasure order) {
        step(erasures.find(order.requestId()), new Stop(order.requestId()));
    }

    /**
     * Takes a participant's answer.
     *
     * @param sender the participant that the broker has verified
     * @throws Unacceptable if it was not asked this, or says another thing than before
     */
    public void answer(String sender, SubjectErased answer) {
        step(erasures.findByTask(answer.taskId()), new Answer(sender, answer));
    }

    /** False if another instance has started this erasure since we looked. */
    private boolean step(Erasure before, ErasureCommand command) {
        switch (ErasureDecider.decide(before, command, clock.instant())) {
            case Move(var next, var effects) -> {
                if (!keep(before, next)) {
                    return false;
                }
                effects.forEach(messenger::send);
                journal.afterCommit(effects);
            }
            case Nothing(var why) -> journal.nothingToDo(command, why);
            case Refuse(var refusal) -> {
                journal.refused(command, refusal);
                throw new Unacceptable(refusal.code(), refusal.detail());
            }
        }
        return true;
    }

    private boolean keep(Erasure before, Erasure next) {
        if (before instanceof Unknown && next instanceof Erasing begun) {
            return erasures.add(begun);
        }
        erasures.update(before, next);
        return true;
    }
}
