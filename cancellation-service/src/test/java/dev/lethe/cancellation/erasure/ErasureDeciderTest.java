package dev.lethe.cancellation.erasure;

import static dev.lethe.cancellation.erasure.Decision.Refusal.CONFLICTING_REQUEST;
import static dev.lethe.cancellation.erasure.Decision.Refusal.NOT_ASKED;
import static dev.lethe.cancellation.erasure.Decision.Refusal.UNKNOWN_TASK;
import static dev.lethe.cancellation.erasure.Decision.Refusal.WRONG_SENDER;
import static dev.lethe.cancellation.erasure.Decision.Why.REPEATED;
import static dev.lethe.cancellation.erasure.Decision.Why.TOO_LATE;
import static dev.lethe.cancellation.erasure.Decision.Why.UNKNOWN_REQUEST;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.lethe.cancellation.erasure.Decision.Nothing;
import dev.lethe.cancellation.erasure.Decision.Refuse;
import dev.lethe.cancellation.erasure.Erasure.Completed;
import dev.lethe.cancellation.erasure.Erasure.Erasing;
import dev.lethe.cancellation.erasure.Erasure.Noticed;
import dev.lethe.cancellation.erasure.Erasure.Unknown;
import dev.lethe.cancellation.erasure.ErasureCommand.Answer;
import dev.lethe.cancellation.erasure.ErasureCommand.Start;
import dev.lethe.cancellation.erasure.ErasureCommand.Stop;
import dev.lethe.cancellation.erasure.ErasureDecider.Verdict;
import dev.lethe.cancellation.erasure.TaskState.Answered;
import dev.lethe.cancellation.erasure.TaskState.Asked;
import dev.lethe.cancellation.erasure.TaskState.Waiting;
import dev.lethe.messages.participant.ErasureOutcome;
import dev.lethe.messages.participant.Retained;
import dev.lethe.messages.participant.SubjectErased;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ErasureDeciderTest {

    private static final UUID TASK = UUID.fromString("00000000-0000-4000-8000-000000000001");
    private static final Retained INVOICES = new Retained("invoices", "tax law", "2031-12-31");
    private static final Retained LETTERS = new Retained("letters", "trade law", null);

    private static final Map<String, TaskState> STATES = Map.of(
            "waiting", new Waiting(),
            "asked", new Asked(1),
            "asked again", new Asked(4),
            "erased", new Answered(1, ErasureOutcome.ERASED, 3L, List.of(), null),
            "nothing found", new Answered(2, ErasureOutcome.NOTHING_FOUND, null, List.of(), null),
            "retained", new Answered(1, ErasureOutcome.RETAINED, 2L, List.of(INVOICES, LETTERS), null),
            "failed", new Answered(1, ErasureOutcome.FAILED, null, List.of(), "the index is read only"));

    private static final Map<String, SubjectErased> ANSWERS = Map.of(
            "erased", says(ErasureOutcome.ERASED, List.of(), null, null),
            "nothing found", says(ErasureOutcome.NOTHING_FOUND, List.of(), null, null),
            "retained", says(ErasureOutcome.RETAINED, List.of(LETTERS, INVOICES), null, null),
            "retained other", says(ErasureOutcome.RETAINED, List.of(INVOICES), null, null),
            "failed", says(ErasureOutcome.FAILED, List.of(), "something else", null),
            "failed for good", says(ErasureOutcome.FAILED, List.of(), null, false),
            "failed for now", says(ErasureOutcome.FAILED, List.of(), "deadlock", true),
            "erased, retryable", says(ErasureOutcome.ERASED, List.of(), null, true));

    private static SubjectErased says(
            ErasureOutcome outcome, List<Retained> retained, @Nullable String reason, @Nullable Boolean retryable) {
        return new SubjectErased(TASK, outcome, null, retained, reason, retryable);
    }

    /** The rows are states, the columns answers, as in the two maps above. */
    @ParameterizedTest
    @CsvSource(useHeadersInDisplayName = true, delimiter = '|', textBlock = """
            state         | erased        | nothing found | retained      | retained other | failed        | failed for good | failed for now | erased, retryable
            waiting       | not_asked     | not_asked     | not_asked     | not_asked      | not_asked     | not_asked       | not_asked      | not_asked
            asked         | final         | final         | final         | final          | final         | final           | again          | final
            asked again   | final         | final         | final         | final          | final         | final           | again          | final
            erased        | nothing       | nothing       | contradictory | contradictory  | contradictory | contradictory   | contradictory  | nothing
            nothing found | nothing       | nothing       | contradictory | contradictory  | contradictory | contradictory   | contradictory  | nothing
            retained      | contradictory | contradictory | nothing       | contradictory  | contradictory | contradictory   | contradictory  | contradictory
            failed        | contradictory | contradictory | contradictory | contradictory  | nothing       | nothing         | contradictory  | contradictory
            """)
    void everyAnswerInEveryState(
            String state,
            String erased,
            String nothingFound,
            String retained,
            String retainedOther,
            String failed,
            String failedForGood,
            String failedForNow,
            String erasedRetryable) {
        assertThat(Stream.of(
                                "erased",
                                "nothing found",
                                "retained",
                                "retained other",
                                "failed",
                                "failed for good",
                                "failed for now",
                                "erased, retryable")
                        .map(answer -> inWords(ErasureDecider.judge(STATES.get(state), ANSWERS.get(answer)))))
                .containsExactly(
                        erased,
                        nothingFound,
                        retained,
                        retainedOther,
                        failed,
                        failedForGood,
                        failedForNow,
                        erasedRetryable);
    }

    private static String inWords(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Final v -> "final";
            case Verdict.Again v -> "again";
            case Verdict.Nothing v -> "nothing";
            case Verdict.Refuse(var refusal) -> refusal.code().replace("contradictory_answer", "contradictory");
        };
    }

    @Test
    void theTableAboveHasEveryStateAndEveryOutcome() {
        assertThat(STATES.values().stream().map(Object::getClass))
                .containsAll(Set.of(TaskState.class.getPermittedSubclasses()));
        assertThat(STATES.values().stream().filter(Answered.class::isInstance).map(s -> ((Answered) s).outcome()))
                .containsExactlyInAnyOrder(ErasureOutcome.values());
        assertThat(ANSWERS.values().stream().map(SubjectErased::outcome)).contains(ErasureOutcome.values());
    }

    @Test
    void aFinalAnswerIsKeptWithAllItSays() {
        var answer = new SubjectErased(TASK, ErasureOutcome.RETAINED, 7L, List.of(INVOICES), "by law", null);
        assertThat(ErasureDecider.judge(new Asked(3), answer))
                .isEqualTo(
                        new Verdict.Final(new Answered(3, ErasureOutcome.RETAINED, 7L, List.of(INVOICES), "by law")));
    }

    @Test
    void aFailureForNowCountsTheAttemptUp() {
        assertThat(ErasureDecider.judge(new Asked(3), ANSWERS.get("failed for now")))
                .isEqualTo(new Verdict.Again(new Asked(4)));
    }

    @ParameterizedTest
    @CsvSource({
        "2, PT1S",
        "3, PT2S",
        "4, PT4S",
        "5, PT8S",
        "9, PT128S",
        "10, PT256S",
        "11, PT5M",
        "99, PT5M",
        "2147483647, PT5M"
    })
    void waitsTwiceAsLongEachTimeUpToFiveMinutes(int attempt, Duration delay) {
        assertThat(ErasureDecider.delayBefore(new Asked(attempt))).isEqualTo(delay);
    }

    @ParameterizedTest
    @MethodSource
    void everyCommandInEveryState(Erasure erasure, ErasureCommand command, Decision expected) {
        assertThat(ErasureDecider.decide(erasure, command, Story.NOW)).isEqualTo(expected);
    }

    /** What moves is told in {@link ErasureStoryTest}; here it only has to move. */
    static Stream<Arguments> everyCommandInEveryState() {
        Story users = Story.of("users").start();
        Erasing erasing = (Erasing) users.erasure();
        Noticed noticed = (Noticed) Story.of("users", "emailing after notice")
                .start()
                .erased("users")
                .erasure();
        Completed completed =
                (Completed) Story.of("users").start().erased("users").erasure();
        var same = new Start(Story.ORDER, List.of());
        var other = new Start(Story.orderFor("somebody else"), List.of());
        var stop = new Stop(Story.ORDER.requestId());
        var unknownTask = new Answer(
                "users", new SubjectErased(UUID.randomUUID(), ErasureOutcome.ERASED, null, List.of(), null, null));
        return Stream.of(
                argumentSet("unknown, answer", new Unknown(), unknownTask, new Refuse(UNKNOWN_TASK)),
                argumentSet("unknown, stop", new Unknown(), stop, new Nothing(UNKNOWN_REQUEST)),
                argumentSet("erasing, same start", erasing, same, new Nothing(REPEATED)),
                argumentSet("erasing, other start", erasing, other, new Refuse(CONFLICTING_REQUEST)),
                argumentSet("erasing, unknown task", erasing, unknownTask, new Refuse(UNKNOWN_TASK)),
                argumentSet(
                        "erasing, other's task", erasing, by("billing", erasing, "users"), new Refuse(WRONG_SENDER)),
                argumentSet("erasing, stop", erasing, stop, new Nothing(TOO_LATE)),
                argumentSet("noticed, same start", noticed, same, new Nothing(REPEATED)),
                argumentSet("noticed, other start", noticed, other, new Refuse(CONFLICTING_REQUEST)),
                argumentSet("noticed, unknown task", noticed, unknownTask, new Refuse(UNKNOWN_TASK)),
                argumentSet(
                        "noticed, other's task", noticed, by("users", noticed, "emailing"), new Refuse(WRONG_SENDER)),
                argumentSet("noticed, repeated answer", noticed, by("users", noticed, "users"), new Nothing(REPEATED)),
                argumentSet("noticed, stop", noticed, stop, new Nothing(TOO_LATE)),
                // Whom it was about is forgotten, so it cannot be compared any more
                argumentSet("completed, same start", completed, same, new Nothing(REPEATED)),
                argumentSet("completed, other start", completed, other, new Nothing(REPEATED)),
                argumentSet("completed, unknown task", completed, unknownTask, new Refuse(UNKNOWN_TASK)),
                argumentSet(
                        "completed, other's task",
                        completed,
                        by("billing", completed, "users"),
                        new Refuse(WRONG_SENDER)),
                argumentSet(
                        "completed, repeated answer",
                        completed,
                        by("users", completed, "users"),
                        new Nothing(REPEATED)),
                argumentSet("completed, stop", completed, stop, new Nothing(TOO_LATE)));
    }

    @Test
    void aTaskThatWaitsIsNotAnswered() {
        Story story = Story.of("users", "emailing after notice").start();
        assertThat(story.decide(by("emailing", story.erasure(), "emailing"))).isEqualTo(new Refuse(NOT_ASKED));
    }

    private static Answer by(String sender, Erasure erasure, String asked) {
        return new Answer(
                sender,
                new SubjectErased(
                        Story.taskOf(erasure, asked).id(), ErasureOutcome.ERASED, null, List.of(), null, null));
    }

    @Test
    void theTableOfCommandsLeavesNoPairOut() {
        Set<List<Class<?>>> pairs = everyCommandInEveryState()
                .map(row -> List.<Class<?>>of(row.get()[0].getClass(), row.get()[1].getClass()))
                .collect(toSet());
        for (Class<?> state : List.of(Unknown.class, Erasing.class, Noticed.class, Completed.class)) {
            for (Class<?> command : ErasureCommand.class.getPermittedSubclasses()) {
                if (state != Unknown.class || command != Start.class) {
                    assertThat(pairs).contains(List.of(state, command));
                }
            }
        }
    }
}
