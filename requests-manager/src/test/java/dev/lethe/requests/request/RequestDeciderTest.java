package dev.lethe.requests.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.lethe.messages.request.CompletionOutcome;
import dev.lethe.messages.request.RequestKind;
import dev.lethe.requests.request.Decision.Move;
import dev.lethe.requests.request.Decision.Nothing;
import dev.lethe.requests.request.Decision.Refuse;
import dev.lethe.requests.request.RequestCommand.BeginReport;
import dev.lethe.requests.request.RequestCommand.EndErasure;
import dev.lethe.requests.request.RequestCommand.ExpireReport;
import dev.lethe.requests.request.RequestCommand.FailReport;
import dev.lethe.requests.request.RequestCommand.FinishReport;
import dev.lethe.requests.request.RequestCommand.Submit;
import dev.lethe.requests.request.RequestCommand.Withdraw;
import dev.lethe.requests.request.RequestState.BeingBuilt;
import dev.lethe.requests.request.RequestState.Completed;
import dev.lethe.requests.request.RequestState.Expired;
import dev.lethe.requests.request.RequestState.HandedOver;
import dev.lethe.requests.request.RequestState.Ready;
import dev.lethe.requests.request.RequestState.Received;
import dev.lethe.requests.request.RequestState.Unknown;
import dev.lethe.requests.request.RequestState.Withdrawn;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RequestDeciderTest {

    private static final Instant SUNDAY = Instant.parse("2027-02-28T12:00:00Z");
    private static final CompletionOutcome OUTCOME = CompletionOutcome.COMPLETED_WITH_EXCEPTIONS;

    private static final Map<String, RequestState> STATES = Map.of(
            "unknown", new Unknown(),
            "received", new Received(),
            "built(5)", new BeingBuilt(5),
            "handed over", new HandedOver(),
            "ready", new Ready(SUNDAY),
            "completed", new Completed(OUTCOME),
            "withdrawn", new Withdrawn(),
            "expired", new Expired());

    private static final Map<String, RequestCommand> COMMANDS = Map.ofEntries(
            Map.entry("submit access", new Submit(RequestKind.ACCESS)),
            Map.entry("submit erasure", new Submit(RequestKind.ERASURE)),
            Map.entry("withdraw", new Withdraw()),
            Map.entry("begin(4)", new BeginReport(4)),
            Map.entry("begin(5)", new BeginReport(5)),
            Map.entry("begin(6)", new BeginReport(6)),
            Map.entry("finish(4)", new FinishReport(4, SUNDAY)),
            Map.entry("finish(5)", new FinishReport(5, SUNDAY)),
            Map.entry("finish(6)", new FinishReport(6, SUNDAY)),
            Map.entry("fail(4)", new FailReport(4)),
            Map.entry("fail(5)", new FailReport(5)),
            Map.entry("fail(6)", new FailReport(6)),
            Map.entry("expire", new ExpireReport()),
            Map.entry("end", new EndErasure(OUTCOME)));

    /**
     * What each state does with each command. A state's name: it moves there. {@code .}: nothing, it was so already.
     * {@code no}: not possible when so. Numbers are epochs; 4 is a worker whose claim was lost, 6 one that claims after 5.
     */
    private static final String TABLE = """
            command        | unknown     | received  | built(5)  | handed over | ready    | completed | withdrawn | expired
            submit access  | received    | .         | .         | .           | .        | .         | .         | .
            submit erasure | handed over | .         | .         | .           | .        | .         | .         | .
            withdraw       | unknown!    | withdrawn | withdrawn | too late    | too late | too late  | .         | too late
            begin(4)       | no          | built(4)  | no        | no          | no       | no        | no        | no
            begin(5)       | no          | built(5)  | no        | no          | no       | no        | no        | no
            begin(6)       | no          | built(6)  | built(6)  | no          | no       | no        | no        | no
            finish(4)      | no          | no        | no        | no          | no       | no        | no        | no
            finish(5)      | no          | no        | ready     | no          | no       | no        | no        | no
            finish(6)      | no          | no        | no        | no          | no       | no        | no        | no
            fail(4)        | no          | no        | no        | no          | no       | no        | no        | no
            fail(5)        | no          | no        | received  | no          | no       | no        | no        | no
            fail(6)        | no          | no        | no        | no          | no       | no        | no        | no
            expire         | no          | no        | no        | no          | expired  | no        | no        | .
            end            | no          | no        | no        | completed   | no       | .         | no        | no
            """;

    static Stream<Arguments> pairs() {
        Map<String, Map<String, String>> expected = table();
        return COMMANDS.keySet().stream().sorted().flatMap(command -> STATES.keySet().stream()
                .sorted()
                .map(state -> argumentSet(
                        command + " when " + state,
                        STATES.get(state),
                        COMMANDS.get(command),
                        decision(expected.get(command).get(state), state))));
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void everyCommandInEveryState(RequestState state, RequestCommand command, Decision expected) {
        assertThat(RequestDecider.decide(state, command)).isEqualTo(expected);
    }

    @Test
    void noStateAndNoCommandIsLeftOut() {
        assertThat(STATES.values().stream().map(Object::getClass))
                .containsExactlyInAnyOrder(RequestState.class.getPermittedSubclasses());
        assertThat(COMMANDS.values().stream().map(Object::getClass))
                .contains(RequestCommand.class.getPermittedSubclasses());
        assertThat(table().keySet()).isEqualTo(COMMANDS.keySet());
        assertThat(table().values()).allSatisfy(row -> assertThat(row.keySet()).isEqualTo(STATES.keySet()));
    }

    @Test
    void nothingMovesOutOfAnEndedStateButAReportThatExpires() {
        assertThat(pairs().map(Arguments::get))
                .filteredOn(pair -> ((RequestState) pair[0]).hasEnded() && pair[2] instanceof Move)
                .extracting(pair -> pair[1])
                .containsOnly(new ExpireReport());
    }

    private static Decision decision(String cell, String state) {
        return switch (cell) {
            case "." -> new Nothing();
            case "no" -> new Refuse("not_possible_when_" + STATES.get(state).stateName());
            case "too late" -> new Refuse("too_late");
            case "unknown!" -> new Refuse("unknown_request");
            case "built(4)" -> new Move(new BeingBuilt(4));
            case "built(6)" -> new Move(new BeingBuilt(6));
            default -> new Move(STATES.get(cell));
        };
    }

    /** Command to state to cell. */
    private static Map<String, Map<String, String>> table() {
        List<List<String>> rows = TABLE.lines()
                .map(line -> Arrays.stream(line.split("\\|")).map(String::strip).toList())
                .toList();
        var table = new LinkedHashMap<String, Map<String, String>>();
        for (List<String> row : rows.subList(1, rows.size())) {
            var cells = new LinkedHashMap<String, String>();
            for (int i = 1; i < row.size(); i++) {
                cells.put(rows.getFirst().get(i), row.get(i));
            }
            table.put(row.getFirst(), cells);
        }
        return table;
    }
}
