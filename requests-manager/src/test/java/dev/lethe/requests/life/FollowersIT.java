package dev.lethe.requests.life;

import static dev.lethe.messages.Messages.ERASURE_START;
import static dev.lethe.messages.Messages.REPORT_READY;
import static dev.lethe.messages.Messages.REQUEST_ACCESS;
import static dev.lethe.messages.Messages.REQUEST_COMPLETED;
import static dev.lethe.messages.Messages.REQUEST_ERASURE;
import static dev.lethe.messages.Messages.REQUEST_RECEIVED;
import static dev.lethe.messages.Messages.REQUEST_WITHDRAWN;
import static dev.lethe.messages.Topology.COMMANDS_EXCHANGE;
import static dev.lethe.messages.Topology.COMMANDS_QUEUE;
import static dev.lethe.messages.Topology.REQUESTS_EXCHANGE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.lethe.messages.MessageJson;
import dev.lethe.messages.participant.ErasureOutcome;
import dev.lethe.messages.request.CompletionOutcome;
import dev.lethe.messages.request.ErasureException;
import dev.lethe.messages.request.RequestCompleted;
import dev.lethe.messages.request.RequestKind;
import dev.lethe.messages.request.SubmitRequest;
import dev.lethe.messages.scheduling.ScheduleHeaders;
import dev.lethe.requests.Broker;
import dev.lethe.requests.Installation;
import dev.lethe.requests.Shop;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One person asks for the same more than once. */
class FollowersIT {

    private static final String CANCELLATION_SERVICE = "cancellation-service";
    private static final int TWINS = 50;
    private static final Instant NOW = Instant.parse("2027-02-03T12:00:00Z");

    private static Shop shop;
    private static Installation installation;
    private static Broker broker;

    private String person;

    @BeforeAll
    static void install(@TempDir Path folder) throws Exception {
        shop = new Shop();
        installation = new Installation(folder, shop.source());
        broker = installation.broker();
        String[] careful = {"lethe.regulations.careful.answer-within=P1M", "lethe.regulations.careful.cooling-off=P3D"};
        // Two, as they will run
        installation.start(careful);
        installation.start(careful);
        broker.declare(CANCELLATION_SERVICE, COMMANDS_QUEUE, COMMANDS_EXCHANGE, ERASURE_START.name());
    }

    @AfterAll
    static void uninstall() throws IOException {
        installation.close();
        shop.close();
    }

    @BeforeEach
    void somebodyNew() {
        person = "person-" + UUID.randomUUID();
    }

    @AfterEach
    void open() {
        shop.release();
    }

    @Test
    void aSecondRequestIsToldWhatItFollowsAndEndsWithIt() throws IOException {
        shop.holdNext(1);
        UUID first = installation.askForReport(person);
        awaitHeld(1);
        UUID second = installation.askForReport(person);

        assertThat(broker.fact(REQUEST_RECEIVED, second).duplicateOf()).isEqualTo(first);
        assertThat(broker.fact(REQUEST_RECEIVED, first).duplicateOf()).isNull();
        assertThat(installation.state(second)).isEqualTo("following");
        shop.release();

        installation.awaitState("completed", second);
        assertThat(installation.state(first)).isEqualTo("ready");
        RequestCompleted completed = broker.fact(REQUEST_COMPLETED, second);
        assertThat(completed.kind()).isEqualTo(RequestKind.ACCESS);
        assertThat(completed.outcome()).isEqualTo(CompletionOutcome.COMPLETED);
        assertThat(installation.history(second)).containsExactly("submitted", "as the request that it followed");
        assertThat(installation.column("outcome", second)).isEqualTo("completed");
        assertThat(broker.facts(REPORT_READY, second)).isEmpty();
        assertThat(broker.notes(second)).as("a follower has no time of its own").noneMatch(note -> note.command()
                .equals(ScheduleHeaders.SCHEDULE));
    }

    @Test
    void requestsOfAnotherKindOrOfAnotherPersonFollowNobody() throws IOException {
        shop.holdNext(1);
        UUID access = installation.askForReport(person);
        awaitHeld(1);
        UUID erasure = installation.submit(REQUEST_ERASURE, person);
        UUID anothers = installation.askForReport(person + "-2");

        assertThat(broker.fact(REQUEST_RECEIVED, erasure).duplicateOf()).isNull();
        assertThat(broker.fact(REQUEST_RECEIVED, anothers).duplicateOf()).isNull();
        shop.release();
        installation.awaitState("ready", access);
        installation.awaitState("handed_over", erasure);
        broker.take(COMMANDS_QUEUE);
    }

    @Test
    void onceTheFirstHasEndedANewRequestStandsForItself() throws IOException {
        UUID first = installation.askForReport(person);
        installation.awaitState("ready", first);

        UUID second = installation.askForReport(person);

        installation.awaitState("ready", second);
        assertThat(broker.fact(REQUEST_RECEIVED, second).duplicateOf()).isNull();
        broker.fact(REPORT_READY, second);
    }

    @Test
    void whenTheFirstIsWithdrawnTheOldestFollowerGoesOnAndTheOthersFollowThat() throws IOException {
        shop.holdNext(2);
        UUID first = installation.askForReport(person);
        awaitHeld(1);
        UUID second = following(first);
        UUID third = following(first);
        UUID fourth = following(first);

        installation.withdraw(first);
        broker.fact(REQUEST_WITHDRAWN, first);

        awaitFollowing(third, second);
        awaitFollowing(fourth, second);
        awaitHeld(2);
        assertThat(installation.states(second)).containsExactly("following", "received", "in_progress");
        assertThat(installation.history(second)).contains("request %s, which it followed, is gone".formatted(first));
        assertThat(broker.notes(second))
                .as("it has a time of its own now")
                .filteredOn(note -> note.command().equals(ScheduleHeaders.SCHEDULE))
                .extracting(Broker.Note::at)
                .containsExactly(instant("target_at", second));

        installation.withdraw(second);
        broker.fact(REQUEST_WITHDRAWN, second);

        // Of three that stood before it
        installation.awaitState("ready", third);
        installation.awaitState("completed", fourth);
        assertThat(installation.state(first)).isEqualTo("withdrawn");
        assertThat(installation.state(second)).isEqualTo("withdrawn");
        assertThat(broker.fact(REPORT_READY, third).subjectId()).isEqualTo(person);
        assertThat(broker.facts(REPORT_READY, fourth)).isEmpty();
    }

    @Test
    void aFollowerThatIsWithdrawnLeavesTheFirstAlone() throws IOException {
        shop.holdNext(1);
        UUID first = installation.askForReport(person);
        awaitHeld(1);
        UUID second = following(first);

        installation.withdraw(second);
        broker.fact(REQUEST_WITHDRAWN, second);
        shop.release();

        installation.awaitState("ready", first);
        assertThat(installation.state(second)).isEqualTo("withdrawn");
        assertThat(broker.facts(REQUEST_COMPLETED, second)).isEmpty();
    }

    @Test
    void anErasureThatFollowsEndsWithTheOutcomeOfTheFirst() throws IOException {
        UUID first = installation.submit(REQUEST_ERASURE, person);
        assertThat(MessageJson.requestId(broker.take(COMMANDS_QUEUE).getBody())).contains(first);
        UUID second = installation.submit(REQUEST_ERASURE, person);
        awaitFollowing(second, first);

        broker.tell(
                CANCELLATION_SERVICE,
                REQUEST_COMPLETED,
                new RequestCompleted(
                        first,
                        NOW,
                        RequestKind.ERASURE,
                        CompletionOutcome.COMPLETED_WITH_EXCEPTIONS,
                        List.of(new ErasureException("users", ErasureOutcome.FAILED, List.of(), "gone"))));

        installation.awaitState("completed_with_exceptions", second);
        assertThat(installation.state(first)).isEqualTo("completed_with_exceptions");
        RequestCompleted told = broker.fact(REQUEST_COMPLETED, second);
        assertThat(told.kind()).isEqualTo(RequestKind.ERASURE);
        assertThat(told.outcome()).isEqualTo(CompletionOutcome.COMPLETED_WITH_EXCEPTIONS);
    }

    @Test
    void anErasureThatStandsForItselfIsThoughtOverFromThen() throws IOException {
        UUID first = installation.submit(REQUEST_ERASURE, Installation.request(person, "careful"));
        installation.awaitState("cooling_off", first);
        UUID second = installation.submit(REQUEST_ERASURE, Installation.request(person, "careful"));
        awaitFollowing(second, first);

        installation.withdraw(first);

        installation.awaitState("cooling_off", second);
        assertThat(instant("cooling_off_until", second)).isAfter(instant("cooling_off_until", first));
        assertThat(installation.states(second)).containsExactly("following", "cooling_off");
    }

    /** As an impatient person does it, with two instances that take them in side by side. */
    @Test
    void ofFiftyTwinsAtOnceOneIsWorkedOn() throws IOException {
        shop.holdAfter(0);
        List<SubmitRequest> twins = Stream.generate(() -> Installation.request(person, "gdpr"))
                .limit(TWINS)
                .toList();
        broker.publishAll("frontend", REQUESTS_EXCHANGE, REQUEST_ACCESS, twins);

        Set<UUID> followed = new HashSet<>();
        twins.forEach(twin -> {
            UUID first = broker.fact(REQUEST_RECEIVED, twin.requestId()).duplicateOf();
            followed.add(first == null ? twin.requestId() : first);
        });
        assertThat(followed).as("those that stand for themselves").hasSize(1);
        UUID first = followed.iterator().next();
        assertThat(twins)
                .filteredOn(twin -> !installation.state(twin.requestId()).equals("following"))
                .extracting(SubmitRequest::requestId)
                .containsExactly(first);
        awaitHeld(1);
        shop.release();

        installation.awaitState("ready", first);
        twins.forEach(twin -> broker.fact(REQUEST_COMPLETED, twin.requestId()));
        assertThat(twins)
                .filteredOn(
                        twin -> !broker.facts(REPORT_READY, twin.requestId()).isEmpty())
                .extracting(SubmitRequest::requestId)
                .containsExactly(first);
        assertThat(twins).allSatisfy(twin -> assertThat(broker.facts(REQUEST_COMPLETED, twin.requestId()))
                .hasSize(1));
    }

    private UUID following(UUID first) throws IOException {
        UUID follower = installation.askForReport(person);
        awaitFollowing(follower, first);
        return follower;
    }

    private static void awaitFollowing(UUID follower, UUID first) {
        installation.awaitState("following", follower);
        await("whom it follows")
                .atMost(Broker.SOON)
                .until(() -> installation.column("duplicate_of", follower).equals(first.toString()));
    }

    private static void awaitHeld(int calls) {
        await("calls that are held").atMost(Broker.SOON).until(() -> shop.held() == calls);
    }

    private static Instant instant(String column, UUID request) {
        return installation.instant(column, request);
    }
}
