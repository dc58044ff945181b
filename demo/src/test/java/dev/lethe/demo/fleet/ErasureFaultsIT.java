package dev.lethe.demo.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lethe.messages.Messages;
import dev.lethe.messages.request.CompletionOutcome;
import dev.lethe.messages.request.DataErased;
import dev.lethe.messages.request.ParticipantDone;
import dev.lethe.messages.request.RequestCompleted;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the fleet stands on is taken away while erasures are under way in every stage. */
@ExtendWith(OneFleet.class)
class ErasureFaultsIT {

    private static final List<String> PARTICIPANTS = List.of("users", "billing", "viewing-history", "emailing");
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int REQUESTS = 200;
    private static final int PER_SECOND = 25;

    private final RunningFleet fleet;

    ErasureFaultsIT(RunningFleet fleet) {
        this.fleet = fleet;
        fleet.awaitWhole();
    }

    @Test
    void rabbitMqIsKilledAndAllAreErasedOnce() throws Exception {
        var run = new Run(REQUESTS, PER_SECOND);
        run.awaitCompleted(REQUESTS / 4);

        fleet.rabbit().kill();
        fleet.rabbit().start();

        run.recoveredAfter("RabbitMQ killed");
    }

    @Test
    void postgreSqlIsKilledAndAllAreErasedOnce() throws Exception {
        var run = new Run(REQUESTS, PER_SECOND);
        run.awaitCompleted(REQUESTS / 4);

        fleet.servers().postgres().kill();
        fleet.servers().postgres().start();

        run.recoveredAfter("PostgreSQL killed");
    }

    @Test
    void theSendingInstanceOfEachServiceIsKilledAndAllAreErasedOnce() throws Exception {
        var victims = new ArrayList<ServiceProcess>();
        var pids = new ArrayList<Long>();
        long deathsBefore = deathsSaid();
        var run = new Run(REQUESTS, PER_SECOND);

        for (Service service : Service.values()) {
            run.awaitCompleted((victims.size() + 1) * REQUESTS / 10);
            ServiceProcess victim = fleet.senderOf(service);
            victims.add(victim);
            pids.add(victim.pid());
            victim.kill();
        }

        run.recoveredAfter("the sending instance of each service killed");
        fleet.awaitWhole();
        assertThat(victims).extracting(ServiceProcess::pid).doesNotContainAnyElementsOf(pids);
        assertThat(deathsSaid() - deathsBefore).isEqualTo(victims.size());
        assertThat(victims).allSatisfy(victim -> assertThat(fleet.said())
                .contains("%s died (exit 137) and is started again".formatted(victim.name())));
    }

    @Test
    void rabbitMqStandsStillFor12SecondsAndAllAreErasedOnce() throws Exception {
        var run = new Run(50, 10);
        run.awaitCompleted(10);

        fleet.rabbit().pause();
        // Longer than a publisher waits for a confirm, and than heartbeats may be missing
        await().pollDelay(Duration.ofSeconds(12)).atMost(Duration.ofSeconds(15)).until(() -> true);
        fleet.rabbit().resume();

        run.recoveredAfter("RabbitMQ stopped for 12 s");
    }

    private long deathsSaid() {
        return fleet.said().stream().filter(line -> line.contains(" died ")).count();
    }

    /** A number of erasures, and what must hold of them at the end whatever happened on the way. */
    private final class Run {

        private final long begun = System.nanoTime();
        private final long sentAgainBefore = fleet.frontend().sentAgain();
        private final List<UUID> requests;

        Run(int number, int perSecond) {
            requests = fleet.frontend().submit(Messages.REQUEST_ERASURE, number, perSecond);
        }

        void awaitCompleted(int number) {
            await().atMost(PATIENCE).until(() -> fleet.wire().completedOf(requests) >= number);
            assertThat(fleet.wire().completedOf(requests)).isLessThan(requests.size());
        }

        void recoveredAfter(String fault) throws Exception {
            Instant restarted = Instant.now();
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(fleet.wire().completedOf(requests))
                    .isEqualTo(requests.size()));
            double seconds = (System.nanoTime() - begun) / 1e9;
            Duration recovery = fleet.books()
                    .firstEndOfErasureAfter(restarted)
                    .map(first -> Duration.between(restarted, first))
                    .orElse(Duration.ZERO);

            wasToldOnce();
            isInTheBooksOnce();
            orderWasKept();
            fleet.awaitNothingLeft();
            System.out.printf(
                    "%d erasures, %s: %.1f s, first new completion %.1f s after, requests sent again %d, tasks asked again %d, copies of facts on the wire %d%n",
                    requests.size(),
                    fault,
                    seconds,
                    recovery.toMillis() / 1e3,
                    fleet.frontend().sentAgain() - sentAgainBefore,
                    tasksAskedAgain(),
                    fleet.wire().copies(requests));
        }

        private void wasToldOnce() {
            for (UUID request : requests) {
                assertThat(fleet.wire().facts(request, Messages.REQUEST_RECEIVED))
                        .hasSize(1);
                assertThat(fleet.wire().facts(request, Messages.ERASURE_STARTED))
                        .hasSize(1);
                assertThat(fleet.wire().facts(request, Messages.ERASURE_PARTICIPANT_DONE))
                        .extracting(ParticipantDone::participant)
                        .containsExactlyInAnyOrderElementsOf(PARTICIPANTS);
                assertThat(fleet.wire().facts(request, Messages.ERASURE_DATA_ERASED))
                        .hasSize(1);
                assertThat(fleet.wire().facts(request, Messages.REQUEST_COMPLETED))
                        .extracting(RequestCompleted::outcome)
                        .containsExactly(CompletionOutcome.COMPLETED);
            }
        }

        private void isInTheBooksOnce() {
            long all = requests.size();
            // requests-manager hears of the end as everybody does
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> fleet.books().requestsByState(requests).equals(Map.of("completed", all)));
            Map<UUID, List<Books.Step>> histories = fleet.books().histories(requests);
            for (UUID request : requests) {
                // Submitted, started, answered by each, noticed, completed
                assertThat(histories.get(request))
                        .extracting(Books.Step::cause)
                        .hasSize(PARTICIPANTS.size() + 4)
                        .doesNotHaveDuplicates();
            }
            assertThat(fleet.books().erasuresByOutcome(requests)).isEqualTo(Map.of("completed", all));
            assertThat(fleet.books().answeredTasks(requests))
                    .isEqualTo(PARTICIPANTS.stream().collect(Collectors.toMap(Function.identity(), name -> all)));
            // One task a person, however often it was asked, and always by the same message
            for (RawParticipant participant : fleet.participants()) {
                assertThat(asked(participant).stream()
                                .map(asked -> List.of(asked.requestId(), asked.taskId(), asked.messageId()))
                                .distinct()
                                .count())
                        .as("different questions to " + participant.name())
                        .isEqualTo(all);
            }
        }

        private void orderWasKept() {
            Map<UUID, Instant> ends = fleet.books().endsOfErasures(requests);
            for (RawParticipant participant : fleet.participants()) {
                for (UUID request : requests) {
                    assertThat(participant.firstAnswerAbout(request)).isBeforeOrEqualTo(ends.get(request));
                }
            }
            RawParticipant emailing = fleet.participants().getLast();
            for (RawParticipant.Asked asked : asked(emailing)) {
                DataErased notice = fleet.wire()
                        .facts(asked.requestId(), Messages.ERASURE_DATA_ERASED)
                        .getFirst();
                assertThat(asked.at()).isAfterOrEqualTo(notice.occurredAt().plus(RunningFleet.DELAY_AFTER_NOTICE));
            }
        }

        private Collection<RawParticipant.Asked> asked(RawParticipant participant) {
            return participant.journal().stream()
                    .filter(asked -> requests.contains(asked.requestId()))
                    .toList();
        }

        /** Beyond the first time; what only the participant's own lost acknowledgement repeats does not count. */
        private long tasksAskedAgain() {
            return fleet.participants().stream()
                    .mapToLong(participant -> asked(participant).stream()
                                    .filter(asked -> !asked.again())
                                    .count()
                            - asked(participant).stream()
                                    .filter(asked -> !asked.again())
                                    .map(RawParticipant.Asked::taskId)
                                    .distinct()
                                    .count())
                    .sum();
        }
    }
}
