package dev.lethe.cancellation.saga;

import dev.lethe.cancellation.erasure.Decision.Refusal;
import dev.lethe.cancellation.erasure.Decision.Why;
import dev.lethe.cancellation.erasure.Effect;
import dev.lethe.cancellation.erasure.Effect.Ask;
import dev.lethe.cancellation.erasure.Effect.Tell;
import dev.lethe.cancellation.erasure.ErasureCommand;
import dev.lethe.cancellation.erasure.ErasureCommand.Answer;
import dev.lethe.cancellation.erasure.ErasureCommand.Start;
import dev.lethe.cancellation.erasure.ErasureCommand.Stop;
import dev.lethe.messages.participant.ErasureOutcome;
import dev.lethe.messages.request.CompletionOutcome;
import dev.lethe.messages.request.DataErased;
import dev.lethe.messages.request.ErasureStarted;
import dev.lethe.messages.request.Fact;
import dev.lethe.messages.request.ParticipantDone;
import dev.lethe.messages.request.RequestCompleted;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** One log event and one count for every step, with ids and codes only. */
@Component
class Journal {

    private static final Logger log = LoggerFactory.getLogger(Journal.class);

    private final MeterRegistry meters;

    Journal(MeterRegistry meters) {
        this.meters = meters;
    }

    /** Only what was committed did happen. */
    void afterCommit(List<Effect> effects) {
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                effects.forEach(Journal.this::happened);
            }
        });
    }

    private void happened(Effect effect) {
        switch (effect) {
            case Ask(var participant, var question, var delay) ->
                event(Level.INFO, "participant-asked", question.requestId())
                        .addKeyValue("lethe.participant", participant)
                        .addKeyValue("lethe.attempt", question.attempt())
                        .addKeyValue("lethe.delay.ms", delay.toMillis())
                        .log(delay.isZero() ? "asked a participant to erase" : "will ask a participant to erase");
            case Tell<?>(var type, var fact) -> told(fact);
        }
    }

    private void told(Fact fact) {
        UUID requestId = fact.requestId();
        switch (fact) {
            case ErasureStarted started ->
                event(Level.INFO, "erasure-started", requestId)
                        .addKeyValue(
                                "lethe.participants", started.participants().size())
                        .log("an erasure was fanned out");
            case ParticipantDone done ->
                event(Level.INFO, "participant-answered", requestId)
                        .addKeyValue("lethe.participant", done.participant())
                        .addKeyValue("event.outcome", done.outcome() == ErasureOutcome.FAILED ? "failure" : "success")
                        .addKeyValue("event.reason", code(done.outcome()))
                        .log("a participant answered for good");
            case DataErased erased ->
                event(Level.INFO, "data-erased", requestId)
                        .log("all who do not wait for the notice have answered, the subject can be told");
            case RequestCompleted completed ->
                event(Level.INFO, "erasure-completed", requestId)
                        .addKeyValue(
                                "event.outcome",
                                completed.outcome() == CompletionOutcome.COMPLETED ? "success" : "failure")
                        .addKeyValue("event.reason", code(completed.outcome()))
                        .log("an erasure is complete");
            default ->
                throw new IllegalArgumentException("an erasure does not tell a %s; this is our bug"
                        .formatted(fact.getClass().getSimpleName()));
        }
    }

    void nothingToDo(ErasureCommand command, Why why) {
        about(command, Level.INFO, command instanceof Stop ? "erasure-stop-ignored" : "repetition-ignored")
                .addKeyValue("event.reason", code(why))
                .log("there is nothing to do");
    }

    /** An answer that contradicts an earlier one needs somebody's eyes: one of the two is not true. */
    void refused(ErasureCommand command, Refusal refusal) {
        String action = command instanceof Answer ? "answer-refused" : "command-refused";
        about(command, refusal == Refusal.CONTRADICTORY_ANSWER ? Level.ERROR : Level.WARN, action)
                .addKeyValue("event.outcome", "failure")
                .addKeyValue("event.reason", refusal.code())
                .log(refusal.detail());
    }

    private LoggingEventBuilder about(ErasureCommand command, Level level, String action) {
        return switch (command) {
            case Start start -> event(level, action, start.order().requestId());
            case Stop stop -> event(level, action, stop.requestId());
            case Answer(var sender, var answer) ->
                event(level, action)
                        .addKeyValue("lethe.participant", sender)
                        .addKeyValue("lethe.task.id", answer.taskId());
        };
    }

    private LoggingEventBuilder event(Level level, String action, UUID requestId) {
        return event(level, action).addKeyValue("lethe.request.id", requestId);
    }

    private LoggingEventBuilder event(Level level, String action) {
        meters.counter("lethe.erasure.events", "action", action).increment();
        return log.atLevel(level).addKeyValue("event.action", action).addKeyValue("lethe.request.kind", "erasure");
    }

    private static String code(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
