package dev.lethe.requests.deadline;

import static dev.lethe.requests.deadline.Agenda.Item.END_COOLING_OFF;
import static dev.lethe.requests.deadline.Agenda.Item.SAY_DUE_SOON;
import static dev.lethe.requests.deadline.Agenda.Item.SAY_OVERDUE;
import static dev.lethe.requests.deadline.Agenda.Item.SAY_UNACKNOWLEDGED;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class AgendaTest {

    private static final Instant MONDAY = Instant.parse("2027-03-01T12:00:00Z");
    private static final Instant TUESDAY = Instant.parse("2027-03-02T12:00:00Z");
    private static final Instant FRIDAY = Instant.parse("2027-03-05T12:00:00Z");

    private final Agenda week =
            new Agenda().with(SAY_OVERDUE, FRIDAY).with(END_COOLING_OFF, MONDAY).with(SAY_DUE_SOON, TUESDAY);

    @Test
    void anItemIsDueAtItsTimeAndNotBefore() {
        assertThat(week.dueAt(MONDAY.minusNanos(1))).isEmpty();
        assertThat(week.dueAt(MONDAY)).containsExactly(END_COOLING_OFF);
        assertThat(week.dueAt(TUESDAY)).containsExactly(END_COOLING_OFF, SAY_DUE_SOON);
    }

    @Test
    void whatIsDueTogetherIsDoneInTheOrderOfItsNames() {
        assertThat(week.dueAt(FRIDAY)).containsExactly(END_COOLING_OFF, SAY_DUE_SOON, SAY_OVERDUE);
        assertThat(week.with(SAY_UNACKNOWLEDGED, MONDAY).dueAt(FRIDAY))
                .containsExactly(END_COOLING_OFF, SAY_UNACKNOWLEDGED, SAY_DUE_SOON, SAY_OVERDUE);
    }

    @Test
    void theNextItemIsTheEarliestThatIsNotDueYet() {
        assertThat(week.nextAfter(MONDAY.minusNanos(1))).contains(MONDAY);
        assertThat(week.nextAfter(MONDAY)).contains(TUESDAY);
        assertThat(week.nextAfter(TUESDAY)).contains(FRIDAY);
        assertThat(week.nextAfter(FRIDAY)).isEmpty();
    }

    /** So whoever looks at the next time always finds something to do, and never looks again for what is done. */
    @Test
    void whatIsNextIsDueThen() {
        assertThat(week.dueAt(week.nextAfter(MONDAY).orElseThrow())).contains(SAY_DUE_SOON);
    }

    @Test
    void whatHasNoTimeIsNotOnTheAgenda() {
        var agenda = new Agenda().with(END_COOLING_OFF, null).with(SAY_OVERDUE, FRIDAY);

        assertThat(agenda.dueAt(FRIDAY)).containsExactly(SAY_OVERDUE);
        assertThat(new Agenda().dueAt(FRIDAY)).isEmpty();
        assertThat(new Agenda().nextAfter(MONDAY)).isEmpty();
    }
}
