package dev.lethe.cancellation;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lethe.cancellation.fleet.FactLog.Told;
import dev.lethe.cancellation.fleet.Fleet;
import dev.lethe.cancellation.fleet.ParticipantStandIn;
import dev.lethe.messages.Messages;
import dev.lethe.messages.Topology;
import dev.lethe.messages.erasure.StartErasure;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class TwoInstancesIT {

    private static final int ERASURES = 200;

    private static Fleet fleet;

    @BeforeAll
    static void startFleet() throws Exception {
        fleet = Fleet.start("cancellation_two_instances", 2);
    }

    @AfterAll
    static void stopFleet() {
        fleet.close();
    }

    @Test
    void ofTwoHundredWhoseParticipantsAnswerAllAtOnceEachCompletesExactlyOnce() throws Exception {
        List<StartErasure> orders =
                IntStream.range(0, ERASURES).mapToObj(i -> Fleet.order()).toList();
        List<UUID> ids = orders.stream().map(StartErasure::requestId).toList();
        // Each order twice, so that both instances take one of the same at the same time
        together(Stream.of(0, 1).<Callable<Void>>map(half -> () -> {
            for (StartErasure order : orders) {
                fleet.starts(order);
            }
            return null;
        }));
        fleet.participants("users", "billing", "viewing-history")
                .forEach(participant -> await().until(() -> participant.numberOfQuestions() >= ERASURES));

        together(fleet.participants("users", "billing", "viewing-history")
                .map(participant -> answerAll(participant, ids)));
        await().until(() -> fleet.participant("emailing").numberOfQuestions() >= ERASURES);
        together(Stream.of(answerAll(fleet.participant("emailing"), ids)));
        await().until(() -> fleet.facts().count(Messages.REQUEST_COMPLETED) >= ERASURES);

        UUID marker = fleet.starts(Fleet.order());
        fleet.facts().fact(marker, Messages.ERASURE_STARTED);
        Map<UUID, List<Told>> byRequest = fleet.facts().all().stream().collect(groupingBy(Told::requestId));
        assertThat(ids)
                .allSatisfy(id -> assertThat(byRequest.get(id).stream().collect(groupingBy(Told::type, counting())))
                        .isEqualTo(Map.of(
                                "erasure.started", 1L,
                                "erasure.participant_done", 4L,
                                "erasure.data_erased", 1L,
                                "request.completed", 1L)));
        assertThat(ids).allSatisfy(id -> assertThat(
                        fleet.participants("users", "billing", "viewing-history", "emailing"))
                .allSatisfy(participant -> assertThat(participant.questions(id)).hasSize(1)));
        assertThat(fleet.nothingIsParked(Topology.COMMANDS_QUEUE)).isTrue();
        assertThat(fleet.nothingIsParked(Topology.REPLIES_QUEUE)).isTrue();
        assertThat(fleet.database()
                        .sql("select count(*) from erasure where state = 'completed' and subject is null")
                        .query(Integer.class)
                        .single())
                .isEqualTo(ERASURES);
    }

    /** All in the same order, so that the last answers to one request meet. */
    private static Callable<Void> answerAll(ParticipantStandIn participant, List<UUID> ids) {
        return () -> {
            participant.erasesAllAndAgain(ids);
            return null;
        };
    }

    private static void together(Stream<Callable<Void>> actions) throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var running = new ArrayList<Future<Void>>();
            actions.forEach(action -> running.add(threads.submit(action)));
            for (Future<Void> each : running) {
                each.get();
            }
        }
    }
}
