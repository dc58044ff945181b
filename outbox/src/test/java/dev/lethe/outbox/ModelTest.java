package dev.lethe.outbox;

import static dev.lethe.outbox.Schedule.Cancelled.CANCELLED;
import static dev.lethe.outbox.Schedule.Cancelled.GONE;
import static dev.lethe.outbox.Schedule.Cancelled.IN_FLIGHT;
import static dev.lethe.outbox.Schedule.Put.KEPT;
import static dev.lethe.outbox.Schedule.Put.REPLACED;
import static dev.lethe.outbox.Schedule.Put.SCHEDULED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.outbox.History.Message;
import dev.lethe.outbox.Recorded.Answered;
import dev.lethe.outbox.Recorded.Arrival;
import dev.lethe.outbox.Schedule.Cancelled;
import dev.lethe.outbox.Schedule.Put;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A judge that acquits everybody is none: each promise is broken here once, on paper. */
class ModelTest {

    private static final Instant DUE = Instant.parse("2030-01-01T00:00:00Z");
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final List<Answered> answers = new ArrayList<>();
    private final List<Arrival> arrivals = new ArrayList<>();
    private final Map<String, Instant> due = new HashMap<>();
    private final Set<String> left = new HashSet<>();
    private final List<Long> deaths = new ArrayList<>();
    private long clock;

    @Test
    void whatIsAsItShouldBeIsAcquitted() {
        store("first", SCHEDULED);
        store("second", REPLACED);
        store("third", KEPT);
        cancel(IN_FLIGHT);
        arrive("second");
        cancel(GONE);
        store("fourth", SCHEDULED);
        cancel(CANCELLED);
        store("fifth", SCHEDULED);
        forget(1);

        assertThat(violations()).isEmpty();
    }

    @Test
    void whatIsNeitherSentNorThereIsLost() {
        store("lost", SCHEDULED);

        assertThat(violations()).containsExactly("lost was lost");
    }

    @Test
    void whatIsFarOffAndNotThereIsLost() {
        store(new Message("lost", "key", null, History.FAR_OFF), SCHEDULED, false);

        assertThat(violations()).containsExactly("lost was lost");
    }

    @Test
    void whatGaveWayWithoutHavingBeenSentIsLost() {
        store("lost", SCHEDULED);
        store("next", SCHEDULED);
        arrive("next");

        assertThat(violations()).hasSize(1).first().asString().startsWith("lost was lost");
    }

    @Test
    void whatIsGoneWithoutHavingBeenSentIsLost() {
        store("lost", SCHEDULED);
        cancel(GONE);

        assertThat(violations()).hasSize(1).first().asString().startsWith("lost was lost");
    }

    @Test
    void whatIsSentMustNotBeThere() {
        store("twofold", SCHEDULED);
        arrive("twofold");
        left.add("twofold");

        assertThat(violations()).containsExactly("twofold is due and still there");
    }

    @Test
    void nothingArrivesEarly() {
        store("early", SCHEDULED);
        arrivals.add(new Arrival("early", "id of early", DUE.minusNanos(1_000), ++clock));

        assertThat(violations()).hasSize(1).first().asString().startsWith("early arrived at");
    }

    @Test
    void whatIsCancelledDoesNotArrive() {
        store("cancelled", SCHEDULED);
        cancel(CANCELLED);
        arrive("cancelled");

        assertThat(violations())
                .containsExactly("cancelled arrived 1000.0 ms after it had been acknowledged that it would not");
    }

    @Test
    void whatIsCancelledHasNotArrived() {
        store("cancelled", SCHEDULED);
        arrive("cancelled");
        cancel(CANCELLED);

        assertThat(violations())
                .containsExactly("cancelled arrived -1000.0 ms after it had been acknowledged that it would not");
    }

    @Test
    void onlyADeathExcusesThat() {
        store("cancelled", SCHEDULED);
        arrive("cancelled");
        deaths.add(clock);
        cancel(CANCELLED);

        assertThat(violations()).isEmpty();
    }

    @Test
    void onlyTheLastReplacementArrives() {
        store("first", SCHEDULED);
        store("second", REPLACED);
        arrive("first");
        arrive("second");

        assertThat(violations()).hasSize(1).first().asString().startsWith("first arrived 1000.0 ms after");
    }

    @Test
    void whatWasKeptOutDoesNotArrive() {
        store("first", SCHEDULED);
        store("second", KEPT);
        arrive("first");
        arrive("second");

        assertThat(violations()).hasSize(1).first().asString().startsWith("second arrived");
    }

    @Test
    void whatWasRolledBackDoesNotArrive() {
        store(new Message("rolled back", "key", null, 0), SCHEDULED, true);
        arrive("rolled back");

        assertThat(violations()).hasSize(1).first().asString().startsWith("rolled back arrived");
    }

    @Test
    void answersAboutNothingAreWrong() {
        store("first", REPLACED);
        arrive("first");
        cancel(GONE);
        store("second", KEPT);
        cancel(IN_FLIGHT);
        cancel(CANCELLED);

        assertThat(violations())
                .containsExactly(
                        "first replaced something, but nothing with its key was there",
                        "second was kept out, but nothing with its key was there",
                        "key was in flight, but nothing was there",
                        "key was cancelled, but nothing was there");
    }

    @Test
    void aRepetitionHasTheSameIdAndItsPlace() {
        store("first", SCHEDULED);
        arrive("first");
        arrivals.add(new Arrival("first", "another", DUE, clock += SECOND));
        cancel(GONE);
        store("second", SCHEDULED);
        arrive("second");
        arrive("first");

        assertThat(violations())
                .containsExactly(
                        "first arrived under another id", "key: first arrived after one that was stored later");
    }

    @Test
    void theNumberOfTheForgottenIsTrue() {
        store("first", SCHEDULED);
        forget(0);
        store("second", SCHEDULED);
        arrive("second");
        forget(1);

        assertThat(violations())
                .containsExactly(
                        "0 messages about person were forgotten, but it was 1 of 1 that never arrived",
                        "1 messages about person were forgotten, but it was 0 of 1 that never arrived");
    }

    @Test
    void whatIsForgottenDoesNotArriveLater() {
        store("first", SCHEDULED);
        forget(0);
        arrive("first");

        assertThat(violations()).hasSize(1).first().asString().startsWith("first arrived 1000.0 ms after");
    }

    @Test
    void nothingComesFromNowhere() {
        arrive("stranger");

        assertThat(violations()).containsExactly("stranger arrived, and nobody had stored it");
    }

    private List<String> violations() {
        return Model.violations(new Recorded(List.of(answers), arrivals, due, left, deaths));
    }

    private void store(String name, Put put) {
        store(new Message(name, "key", "person", 0), put, false);
    }

    private void store(Message message, Put put, boolean rolledBack) {
        due.put(message.name(), DUE);
        answers.add(new Answered.Stored(
                List.of(message), List.of("id of " + message.name()), List.of(put), rolledBack, clock += SECOND));
    }

    private void cancel(Cancelled answer) {
        answers.add(new Answered.Asked("key", answer, clock += SECOND));
    }

    private void forget(int count) {
        answers.add(new Answered.Forgot("person", count, clock += SECOND));
    }

    private void arrive(String name) {
        arrivals.add(new Arrival(name, "id of " + name, DUE, clock += SECOND));
    }
}
