package dev.lethe.cancellation.erasure;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.cancellation.erasure.Decision.Move;
import dev.lethe.cancellation.erasure.Effect.Ask;
import dev.lethe.cancellation.erasure.Effect.Tell;
import dev.lethe.cancellation.erasure.Erasure.Completed;
import dev.lethe.cancellation.erasure.Erasure.Running;
import dev.lethe.cancellation.erasure.Erasure.Unknown;
import dev.lethe.cancellation.erasure.ErasureCommand.Answer;
import dev.lethe.cancellation.erasure.ErasureCommand.Start;
import dev.lethe.cancellation.plan.Participant;
import dev.lethe.cancellation.plan.Plan;
import dev.lethe.messages.Subject;
import dev.lethe.messages.erasure.StartErasure;
import dev.lethe.messages.participant.ErasureOutcome;
import dev.lethe.messages.participant.Retained;
import dev.lethe.messages.participant.SubjectErased;
import dev.lethe.messages.request.DataErased;
import dev.lethe.messages.request.ErasureStarted;
import dev.lethe.messages.request.ParticipantDone;
import dev.lethe.messages.request.RequestCompleted;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** An erasure that is told one thing after the other, and what it says to each. */
final class Story {

    static final Instant NOW = Instant.parse("2026-03-02T09:15:00Z");
    static final StartErasure ORDER = orderFor("u-1");
    static final List<Retained> INVOICES = List.of(new Retained("invoices", "tax law", "2031-12-31"));

    private final Plan plan;
    private Erasure erasure = new Unknown();
    private final List<String> said = new ArrayList<>();

    private Story(Plan plan) {
        this.plan = plan;
    }

    /** Participants such as {@code users}, {@code billing after users}, {@code emailing after notice delay PT72H}. */
    static Story of(String... participants) {
        return new Story(new Plan(Arrays.stream(participants)
                .map(text -> {
                    List<String> words = List.of(text.split(" "));
                    int after = words.indexOf("after");
                    int delay = words.indexOf("delay");
                    return new Participant(
                            words.getFirst(),
                            "team@example.com",
                            after < 0 ? Set.of() : Set.of(words.get(after + 1).split(",")),
                            delay < 0 ? Duration.ZERO : Duration.parse(words.get(delay + 1)));
                })
                .toList()));
    }

    static StartErasure orderFor(String subjectId) {
        return new StartErasure(
                UUID.fromString("00000000-0000-4000-8000-0000000000aa"),
                new Subject(subjectId, null),
                "gdpr",
                NOW.plus(Duration.ofDays(30)));
    }

    Story start() {
        return told(new Start(ORDER, Task.frozen(plan, UUID::randomUUID)));
    }

    Story erased(String participant) {
        return answers(participant, ErasureOutcome.ERASED, List.of(), null, null);
    }

    Story retains(String participant) {
        return answers(participant, ErasureOutcome.RETAINED, INVOICES, null, null);
    }

    Story fails(String participant, boolean retryable) {
        return answers(participant, ErasureOutcome.FAILED, List.of(), "broken", retryable);
    }

    private Story answers(
            String participant,
            ErasureOutcome outcome,
            List<Retained> retained,
            @Nullable String reason,
            @Nullable Boolean retryable) {
        UUID task = taskOf(erasure, participant).id();
        return told(new Answer(participant, new SubjectErased(task, outcome, null, retained, reason, retryable)));
    }

    private Story told(ErasureCommand command) {
        said.clear();
        switch (decide(command)) {
            case Move(var next, var effects) -> {
                erasure = next;
                effects.forEach(effect -> said.add(inWords(effect)));
            }
            case Decision.Nothing(var why) -> said.add("nothing: " + why);
            case Decision.Refuse(var refusal) -> said.add("refused: " + refusal.code());
        }
        return this;
    }

    Decision decide(ErasureCommand command) {
        return ErasureDecider.decide(erasure, command, NOW);
    }

    Story says(String... effects) {
        assertThat(said).containsExactly(effects);
        return this;
    }

    List<String> said() {
        return List.copyOf(said);
    }

    Erasure erasure() {
        return erasure;
    }

    static Task taskOf(Erasure erasure, String participant) {
        List<Task> tasks =
                switch (erasure) {
                    case Unknown unknown -> List.of();
                    case Running running -> running.tasks();
                    case Completed completed -> completed.tasks();
                };
        return tasks.stream()
                .filter(task -> task.participant().equals(participant))
                .findAny()
                .orElseThrow();
    }

    private static String inWords(Effect effect) {
        return switch (effect) {
            case Ask(var participant, var question, var delay) ->
                "ask %s, attempt %d%s".formatted(participant, question.attempt(), delay.isZero() ? "" : " in " + delay);
            case Tell<?>(var type, ErasureStarted fact) -> "started " + String.join(" ", fact.participants());
            case Tell<?>(var type, ParticipantDone fact) -> fact.participant() + " " + fact.outcome();
            case Tell<?>(var type, DataErased fact) -> "data of " + fact.subjectId() + " erased";
            case Tell<?>(var type, RequestCompleted fact) ->
                fact.outcome()
                        + fact.exceptions().stream()
                                .map(e -> " " + e.participant() + " " + e.outcome())
                                .collect(joining());
            case Tell<?>(var type, var fact) -> "unexpected " + type.name();
        };
    }
}
