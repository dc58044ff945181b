package dev.lethe.requests.request;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.lethe.messages.request.CompletionOutcome;
import dev.lethe.messages.request.RequestKind;
import dev.lethe.requests.request.Decision.Move;
import dev.lethe.requests.request.Decision.Nothing;
import dev.lethe.requests.request.Decision.Refuse;
import dev.lethe.requests.request.RequestCommand.AwaitParticipants;
import dev.lethe.requests.request.RequestCommand.BeginReport;
import dev.lethe.requests.request.RequestCommand.EndErasure;
import dev.lethe.requests.request.RequestCommand.ExpireReport;
import dev.lethe.requests.request.RequestCommand.Extend;
import dev.lethe.requests.request.RequestCommand.FailReport;
import dev.lethe.requests.request.RequestCommand.FinishReport;
import dev.lethe.requests.request.RequestCommand.FirstCompleted;
import dev.lethe.requests.request.RequestCommand.FirstGone;
import dev.lethe.requests.request.RequestCommand.Hold;
import dev.lethe.requests.request.RequestCommand.Proceed;
import dev.lethe.requests.request.RequestCommand.Reject;
import dev.lethe.requests.request.RequestCommand.Release;
import dev.lethe.requests.request.RequestCommand.Retry;
import dev.lethe.requests.request.RequestCommand.Submit;
import dev.lethe.requests.request.RequestCommand.Withdraw;
import dev.lethe.requests.request.RequestState.Completed;
import dev.lethe.requests.request.RequestState.CoolingOff;
import dev.lethe.requests.request.RequestState.Expired;
import dev.lethe.requests.request.RequestState.Following;
import dev.lethe.requests.request.RequestState.HandedOver;
import dev.lethe.requests.request.RequestState.InProgress;
import dev.lethe.requests.request.RequestState.OnHold;
import dev.lethe.requests.request.RequestState.Ready;
import dev.lethe.requests.request.RequestState.Received;
import dev.lethe.requests.request.RequestState.Rejected;
import dev.lethe.requests.request.RequestState.Unknown;
import dev.lethe.requests.request.RequestState.Waiting;
import dev.lethe.requests.request.RequestState.Withdrawn;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RequestDeciderTest {

    private static final Instant SATURDAY = Instant.parse("2027-02-27T12:00:00Z");
    private static final Instant SUNDAY = Instant.parse("2027-02-28T12:00:00Z");
    private static final UUID FIRST = UUID.fromString("00000000-0000-4000-8000-000000000001");
    private static final UUID ANOTHER = UUID.fromString("00000000-0000-4000-8000-000000000002");

    private static final Map<String, RequestState> STATES = Map.ofEntries(
            Map.entry("unknown", new Unknown()),
            Map.entry("received", new Received()),
            Map.entry("in progress(4)", new InProgress(4)),
            Map.entry("in progress(5)", new InProgress(5)),
            Map.entry("in progress(6)", new InProgress(6)),
            Map.entry("participants", new Waiting(WaitingFor.PARTICIPANTS)),
            Map.entry("sources", new Waiting(WaitingFor.SOURCES)),
            Map.entry("human", new Waiting(WaitingFor.HUMAN)),
            Map.entry("cooling off", new CoolingOff(SUNDAY)),
            Map.entry("report", new Waiting(WaitingFor.REPORT)),
            Map.entry("handed over", new HandedOver()),
            Map.entry("following", new Following(FIRST)),
            Map.entry("hold: received", new OnHold(new Received())),
            Map.entry("hold: participants", new OnHold(new Waiting(WaitingFor.PARTICIPANTS))),
            Map.entry("hold: sources", new OnHold(new Waiting(WaitingFor.SOURCES))),
            Map.entry("hold: human", new OnHold(new Waiting(WaitingFor.HUMAN))),
            Map.entry("hold: cooling off", new OnHold(new CoolingOff(SUNDAY))),
            Map.entry("hold: report", new OnHold(new Waiting(WaitingFor.REPORT))),
            Map.entry("ready", new Ready()),
            Map.entry("completed", new Completed(CompletionOutcome.COMPLETED)),
            Map.entry("exceptions", new Completed(CompletionOutcome.COMPLETED_WITH_EXCEPTIONS)),
            Map.entry("withdrawn", new Withdrawn()),
            Map.entry("rejected", new Rejected()),
            Map.entry("expired", new Expired()));

    private static final Submit ALONE = new Submit(RequestKind.ACCESS, null, false, false, null);

    private static final Map<String, RequestCommand> COMMANDS = Map.ofEntries(
            Map.entry("submit", ALONE),
            Map.entry("withdraw", new Withdraw()),
            Map.entry("reject", new Reject()),
            Map.entry("hold", new Hold()),
            Map.entry("release", new Release()),
            Map.entry("retry", new Retry()),
            Map.entry("extend", new Extend(SATURDAY, SUNDAY, true, false)),
            Map.entry("extend too late", new Extend(SUNDAY, SUNDAY, true, false)),
            Map.entry("extend twice", new Extend(SATURDAY, SUNDAY, true, true)),
            Map.entry("extend unlawfully", new Extend(SATURDAY, SUNDAY, false, false)),
            Map.entry("proceed early", new Proceed(SATURDAY, false)),
            Map.entry("proceed", new Proceed(SUNDAY, false)),
            Map.entry("proceed, report", new Proceed(SUNDAY, true)),
            Map.entry("begin(4)", new BeginReport(4)),
            Map.entry("begin(5)", new BeginReport(5)),
            Map.entry("begin(6)", new BeginReport(6)),
            Map.entry("await(4)", new AwaitParticipants(4)),
            Map.entry("await(5)", new AwaitParticipants(5)),
            Map.entry("await(6)", new AwaitParticipants(6)),
            Map.entry("finish(4)", new FinishReport(4)),
            Map.entry("finish(5)", new FinishReport(5)),
            Map.entry("finish(6)", new FinishReport(6)),
            Map.entry("fail(4)", new FailReport(4, true, false)),
            Map.entry("fail(5)", new FailReport(5, true, false)),
            Map.entry("fail(5) overdue", new FailReport(5, true, true)),
            Map.entry("fail(5) for good", new FailReport(5, false, false)),
            Map.entry("fail(5) both", new FailReport(5, false, true)),
            Map.entry("fail(6)", new FailReport(6, true, false)),
            Map.entry("expire", new ExpireReport()),
            Map.entry("end", new EndErasure(CompletionOutcome.COMPLETED)),
            Map.entry("end, exceptions", new EndErasure(CompletionOutcome.COMPLETED_WITH_EXCEPTIONS)),
            Map.entry("first done", new FirstCompleted(CompletionOutcome.COMPLETED)),
            Map.entry("first, exceptions", new FirstCompleted(CompletionOutcome.COMPLETED_WITH_EXCEPTIONS)),
            Map.entry("first gone", new FirstGone(ALONE)));

    /**
     * What each state does with each command. A state's name: it moves there. {@code stays}: it happened, and the state is the same.
     * {@code .}: nothing, it was so already or it is not time yet. {@code no}: not possible when so. With {@code !}: refused for that
     * reason. Numbers are epochs; 4 is a worker whose claim was lost, 6 one that claims after 5. {@code participants}, {@code sources},
     * {@code human} and {@code report} are what a request waits for, {@code exceptions} is completed with exceptions.
     */
    private static final String TABLE = """
            command           | unknown          | received           | in progress(5)     | participants       | sources            | human
            submit            | received         | .                  | .                  | .                  | .                  | .
            withdraw          | unknown request! | withdrawn          | withdrawn          | withdrawn          | withdrawn          | withdrawn
            reject            | unknown request! | rejected           | rejected           | rejected           | rejected           | rejected
            hold              | unknown request! | hold: received     | hold: received     | hold: participants | hold: sources      | hold: human
            release           | unknown request! | not on hold!       | not on hold!       | not on hold!       | not on hold!       | not on hold!
            retry             | unknown request! | .                  | .                  | received           | received           | received
            extend            | unknown request! | stays              | stays              | stays              | stays              | stays
            extend too late   | unknown request! | too late!          | too late!          | too late!          | too late!          | too late!
            extend twice      | unknown request! | already extended!  | already extended!  | already extended!  | already extended!  | already extended!
            extend unlawfully | unknown request! | not extendable!    | not extendable!    | not extendable!    | not extendable!    | not extendable!
            proceed early     | unknown request! | .                  | .                  | .                  | .                  | .
            proceed           | unknown request! | .                  | .                  | .                  | .                  | .
            proceed, report   | unknown request! | .                  | .                  | .                  | .                  | .
            begin(4)          | unknown request! | in progress(4)     | no                 | in progress(4)     | in progress(4)     | no
            begin(5)          | unknown request! | in progress(5)     | no                 | in progress(5)     | in progress(5)     | no
            begin(6)          | unknown request! | in progress(6)     | in progress(6)     | in progress(6)     | in progress(6)     | no
            await(4)          | unknown request! | no                 | no                 | no                 | no                 | no
            await(5)          | unknown request! | no                 | participants       | no                 | no                 | no
            await(6)          | unknown request! | no                 | no                 | no                 | no                 | no
            finish(4)         | unknown request! | no                 | no                 | no                 | no                 | no
            finish(5)         | unknown request! | no                 | ready              | no                 | no                 | no
            finish(6)         | unknown request! | no                 | no                 | no                 | no                 | no
            fail(4)           | unknown request! | no                 | no                 | no                 | no                 | no
            fail(5)           | unknown request! | no                 | sources            | no                 | no                 | no
            fail(5) overdue   | unknown request! | no                 | human              | no                 | no                 | no
            fail(5) for good  | unknown request! | no                 | human              | no                 | no                 | no
            fail(5) both      | unknown request! | no                 | human              | no                 | no                 | no
            fail(6)           | unknown request! | no                 | no                 | no                 | no                 | no
            expire            | unknown request! | no                 | no                 | no                 | no                 | no
            end               | unknown request! | no                 | no                 | no                 | no                 | no
            end, exceptions   | unknown request! | no                 | no                 | no                 | no                 | no
            first done        | unknown request! | no                 | no                 | no                 | no                 | no
            first, exceptions | unknown request! | no                 | no                 | no                 | no                 | no
            first gone        | unknown request! | no                 | no                 | no                 | no                 | no

            command           | cooling off       | report            | handed over       | following
            submit            | .                 | .                 | .                 | .
            withdraw          | withdrawn         | withdrawn         | too late!         | withdrawn
            reject            | rejected          | rejected          | too late!         | rejected
            hold              | hold: cooling off | hold: report      | too late!         | follows another!
            release           | not on hold!      | not on hold!      | not on hold!      | not on hold!
            retry             | no                | no                | no                | no
            extend            | stays             | stays             | stays             | stays
            extend too late   | too late!         | too late!         | too late!         | too late!
            extend twice      | already extended! | already extended! | already extended! | already extended!
            extend unlawfully | not extendable!   | not extendable!   | not extendable!   | not extendable!
            proceed early     | .                 | handed over       | .                 | .
            proceed           | handed over       | handed over       | .                 | .
            proceed, report   | report            | .                 | .                 | .
            begin(4)          | no                | no                | no                | no
            begin(5)          | no                | no                | no                | no
            begin(6)          | no                | no                | no                | no
            await(4)          | no                | no                | no                | no
            await(5)          | no                | no                | no                | no
            await(6)          | no                | no                | no                | no
            finish(4)         | no                | no                | no                | no
            finish(5)         | no                | no                | no                | no
            finish(6)         | no                | no                | no                | no
            fail(4)           | no                | no                | no                | no
            fail(5)           | no                | no                | no                | no
            fail(5) overdue   | no                | no                | no                | no
            fail(5) for good  | no                | no                | no                | no
            fail(5) both      | no                | no                | no                | no
            fail(6)           | no                | no                | no                | no
            expire            | no                | no                | no                | no
            end               | no                | no                | completed         | no
            end, exceptions   | no                | no                | exceptions        | no
            first done        | no                | no                | no                | completed
            first, exceptions | no                | no                | no                | exceptions
            first gone        | no                | no                | no                | received

            command           | hold: received    | hold: participants | hold: sources     | hold: human       | hold: cooling off | hold: report
            submit            | .                 | .                  | .                 | .                 | .                 | .
            withdraw          | withdrawn         | withdrawn          | withdrawn         | withdrawn         | withdrawn         | withdrawn
            reject            | rejected          | rejected           | rejected          | rejected          | rejected          | rejected
            hold              | .                 | .                  | .                 | .                 | .                 | .
            release           | received          | participants       | received          | human             | cooling off       | report
            retry             | no                | no                 | no                | no                | no                | no
            extend            | stays             | stays              | stays             | stays             | stays             | stays
            extend too late   | too late!         | too late!          | too late!         | too late!         | too late!         | too late!
            extend twice      | already extended! | already extended!  | already extended! | already extended! | already extended! | already extended!
            extend unlawfully | not extendable!   | not extendable!    | not extendable!   | not extendable!   | not extendable!   | not extendable!
            proceed early     | .                 | .                  | .                 | .                 | .                 | .
            proceed           | .                 | .                  | .                 | .                 | .                 | .
            proceed, report   | .                 | .                  | .                 | .                 | .                 | .
            begin(4)          | no                | no                 | no                | no                | no                | no
            begin(5)          | no                | no                 | no                | no                | no                | no
            begin(6)          | no                | no                 | no                | no                | no                | no
            await(4)          | no                | no                 | no                | no                | no                | no
            await(5)          | no                | no                 | no                | no                | no                | no
            await(6)          | no                | no                 | no                | no                | no                | no
            finish(4)         | no                | no                 | no                | no                | no                | no
            finish(5)         | no                | no                 | no                | no                | no                | no
            finish(6)         | no                | no                 | no                | no                | no                | no
            fail(4)           | no                | no                 | no                | no                | no                | no
            fail(5)           | no                | no                 | no                | no                | no                | no
            fail(5) overdue   | no                | no                 | no                | no                | no                | no
            fail(5) for good  | no                | no                 | no                | no                | no                | no
            fail(5) both      | no                | no                 | no                | no                | no                | no
            fail(6)           | no                | no                 | no                | no                | no                | no
            expire            | no                | no                 | no                | no                | no                | no
            end               | no                | no                 | no                | no                | no                | no
            end, exceptions   | no                | no                 | no                | no                | no                | no
            first done        | no                | no                 | no                | no                | no                | no
            first, exceptions | no                | no                 | no                | no                | no                | no
            first gone        | no                | no                 | no                | no                | no                | no

            command           | ready        | completed    | exceptions   | withdrawn    | rejected     | expired
            submit            | .            | .            | .            | .            | .            | .
            withdraw          | too late!    | too late!    | too late!    | .            | too late!    | too late!
            reject            | too late!    | too late!    | too late!    | too late!    | .            | too late!
            hold              | too late!    | too late!    | too late!    | too late!    | too late!    | too late!
            release           | not on hold! | not on hold! | not on hold! | not on hold! | not on hold! | not on hold!
            retry             | no           | no           | no           | no           | no           | no
            extend            | ended!       | ended!       | ended!       | ended!       | ended!       | ended!
            extend too late   | ended!       | ended!       | ended!       | ended!       | ended!       | ended!
            extend twice      | ended!       | ended!       | ended!       | ended!       | ended!       | ended!
            extend unlawfully | ended!       | ended!       | ended!       | ended!       | ended!       | ended!
            proceed early     | .            | .            | .            | .            | .            | .
            proceed           | .            | .            | .            | .            | .            | .
            proceed, report   | .            | .            | .            | .            | .            | .
            begin(4)          | no           | no           | no           | no           | no           | no
            begin(5)          | no           | no           | no           | no           | no           | no
            begin(6)          | no           | no           | no           | no           | no           | no
            await(4)          | no           | no           | no           | no           | no           | no
            await(5)          | no           | no           | no           | no           | no           | no
            await(6)          | no           | no           | no           | no           | no           | no
            finish(4)         | no           | no           | no           | no           | no           | no
            finish(5)         | no           | no           | no           | no           | no           | no
            finish(6)         | no           | no           | no           | no           | no           | no
            fail(4)           | no           | no           | no           | no           | no           | no
            fail(5)           | no           | no           | no           | no           | no           | no
            fail(5) overdue   | no           | no           | no           | no           | no           | no
            fail(5) for good  | no           | no           | no           | no           | no           | no
            fail(5) both      | no           | no           | no           | no           | no           | no
            fail(6)           | no           | no           | no           | no           | no           | no
            expire            | expired      | no           | no           | no           | no           | .
            end               | no           | .            | .            | no           | no           | no
            end, exceptions   | no           | .            | .            | no           | no           | no
            first done        | no           | no           | no           | no           | no           | no
            first, exceptions | no           | no           | no           | no           | no           | no
            first gone        | no           | no           | no           | no           | no           | no
            """;

    /** In the table only as what a claim leads to: to a command, one epoch is like another. */
    private static final List<String> OTHER_EPOCHS = List.of("in progress(4)", "in progress(6)");

    /** What a new request becomes, by what else there is of the person; {@code -} says that it makes no difference. */
    private static final String OPENED = """
            kind    | twin | report under way | being erased | may think over | becomes
            access  | yes  | -                | -            | -              | following
            access  | no   | -                | yes          | -              | rejected
            access  | no   | -                | no           | -              | received
            erasure | yes  | -                | -            | -              | following
            erasure | no   | -                | -            | yes            | cooling off
            erasure | no   | yes              | -            | no             | report
            erasure | no   | no               | -            | no             | handed over
            """;

    static Stream<Arguments> pairs() {
        Map<String, Map<String, String>> expected = table();
        return COMMANDS.keySet().stream().sorted().flatMap(command -> expected.get(command).entrySet().stream()
                .map(cell -> argumentSet(
                        command + " when " + cell.getKey(),
                        STATES.get(cell.getKey()),
                        COMMANDS.get(command),
                        decision(cell.getValue(), STATES.get(cell.getKey())))));
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void everyCommandInEveryState(RequestState state, RequestCommand command, Decision expected) {
        assertThat(RequestDecider.decide(state, command)).isEqualTo(expected);
    }

    static Stream<Arguments> openings() {
        return IntStream.range(0, 1 << 5).mapToObj(bits -> {
            var submit = new Submit(
                    (bits & 1) == 0 ? RequestKind.ACCESS : RequestKind.ERASURE,
                    (bits & 2) == 0 ? null : ANOTHER,
                    (bits & 4) != 0,
                    (bits & 8) != 0,
                    (bits & 16) == 0 ? null : SUNDAY);
            return argumentSet(submit.toString(), submit, STATES.get(becomes(submit)));
        });
    }

    @ParameterizedTest
    @MethodSource("openings")
    void whatARequestBecomesDependsOnWhatElseThereIsOfThePerson(Submit submit, RequestState expected) {
        RequestState opened = expected instanceof Following ? new Following(ANOTHER) : expected;

        assertThat(RequestDecider.decide(new Unknown(), submit)).isEqualTo(new Move(opened));
        // One that stands for itself now becomes what it would become if it were submitted now
        assertThat(RequestDecider.decide(new Following(FIRST), new FirstGone(submit)))
                .isEqualTo(new Move(opened));
    }

    @Test
    void noStateAndNoCommandIsLeftOut() {
        assertThat(STATES.values().stream().map(Object::getClass))
                .contains(RequestState.class.getPermittedSubclasses());
        assertThat(STATES.values())
                .contains(Arrays.stream(WaitingFor.values()).map(Waiting::new).toArray(RequestState[]::new))
                .contains(Arrays.stream(WaitingFor.values())
                        .map(what -> new OnHold(new Waiting(what)))
                        .toArray(RequestState[]::new))
                .contains(Arrays.stream(CompletionOutcome.values())
                        .map(Completed::new)
                        .toArray(RequestState[]::new));
        assertThat(COMMANDS.values().stream().map(Object::getClass))
                .contains(RequestCommand.class.getPermittedSubclasses());
        assertThat(table().keySet()).isEqualTo(COMMANDS.keySet());
        assertThat(table().values()).allSatisfy(row -> assertThat(row.keySet())
                .containsExactlyInAnyOrderElementsOf(STATES.keySet().stream()
                        .filter(state -> !OTHER_EPOCHS.contains(state))
                        .toList()));
    }

    @Test
    void nothingMovesOutOfAnEndedStateButAReportThatExpires() {
        assertThat(pairs().map(Arguments::get))
                .filteredOn(pair -> ((RequestState) pair[0]).hasEnded())
                .hasSize(6 * COMMANDS.size())
                .filteredOn(pair -> pair[2] instanceof Move)
                .extracting(pair -> pair[0], pair -> pair[1])
                .containsOnly(tuple(new Ready(), new ExpireReport()));
    }

    @Test
    void holdThenReleaseLosesNothing() {
        Map<RequestState, RequestState> released = STATES.values().stream()
                .filter(state -> !(state instanceof OnHold))
                .filter(state -> RequestDecider.decide(state, new Hold()) instanceof Move)
                .collect(toMap(state -> state, state -> moved(moved(state, new Hold()), new Release())));

        assertThat(released).hasSize(9).allSatisfy((before, after) -> {
            // A worker stops when its request is held, and a source may well be back: both begin anew, and at once
            boolean beginsAnew = before instanceof InProgress || before.equals(new Waiting(WaitingFor.SOURCES));
            assertThat(after).isEqualTo(beginsAnew ? new Received() : before);
        });
    }

    @Test
    void holdingTwiceIsHoldingOnce() {
        assertThat(STATES.values())
                .filteredOn(state -> RequestDecider.decide(state, new Hold()) instanceof Move)
                .allSatisfy(state -> assertThat(RequestDecider.decide(moved(state, new Hold()), new Hold()))
                        .isEqualTo(new Nothing()));
    }

    @Test
    void whatCannotBeUndoneIsDoneFromWhereItWasDecidedOnly() {
        assertThat(pairs().map(Arguments::get))
                .filteredOn(pair -> pair[2].equals(new Move(new Ready())))
                .extracting(pair -> pair[0])
                .containsOnly(new InProgress(5));
        assertThat(pairs().map(Arguments::get))
                .filteredOn(pair -> pair[2].equals(new Move(new HandedOver())) && !(pair[0] instanceof HandedOver))
                .extracting(pair -> pair[0])
                .containsOnly(new CoolingOff(SUNDAY), new Waiting(WaitingFor.REPORT));
    }

    private static RequestState moved(RequestState state, RequestCommand command) {
        return ((Move) RequestDecider.decide(state, command)).to();
    }

    private static Decision decision(String cell, RequestState state) {
        if (cell.endsWith("!")) {
            return new Refuse(cell.substring(0, cell.length() - 1).replace(' ', '_'));
        }
        return switch (cell) {
            case "." -> new Nothing();
            case "no" -> new Refuse("not_possible_when_" + state.stateName());
            case "stays" -> new Move(state);
            default -> new Move(STATES.get(cell));
        };
    }

    private static String becomes(Submit submit) {
        List<List<String>> fitting = rows(OPENED)
                .skip(1)
                .filter(row -> row.getFirst().equals(submit.kind().name().toLowerCase(Locale.ROOT))
                        && fits(row.get(1), submit.twin())
                        && fits(row.get(2), submit.reportUnderWay() ? true : null)
                        && fits(row.get(3), submit.beingErased() ? true : null)
                        && fits(row.get(4), submit.coolOffUntil()))
                .toList();
        assertThat(fitting).as("rows for %s", submit).hasSize(1);
        return fitting.getFirst().getLast();
    }

    private static boolean fits(String cell, @Nullable Object value) {
        return cell.equals("-") || cell.equals(value == null ? "no" : "yes");
    }

    /** Command to state to cell, from all parts of the table. */
    private static Map<String, Map<String, String>> table() {
        var table = new LinkedHashMap<String, Map<String, String>>();
        for (String part : TABLE.split("\n\n")) {
            List<List<String>> rows = rows(part).toList();
            for (List<String> row : rows.subList(1, rows.size())) {
                Map<String, String> cells = table.computeIfAbsent(row.getFirst(), command -> new LinkedHashMap<>());
                for (int i = 1; i < row.size(); i++) {
                    cells.put(rows.getFirst().get(i), row.get(i));
                }
            }
        }
        return table;
    }

    private static Stream<List<String>> rows(String text) {
        return text.lines()
                .map(line -> Arrays.stream(line.split("\\|")).map(String::strip).toList());
    }
}
