package dev.lethe.requests.request;

import dev.lethe.messages.request.RequestKind;
import dev.lethe.requests.request.Decision.Move;
import dev.lethe.requests.request.Decision.Nothing;
import dev.lethe.requests.request.Decision.Refuse;
import dev.lethe.requests.request.RequestCommand.*;
import dev.lethe.requests.request.RequestState.*;

/** The transition table of a request. Pure: it reads no clock and changes nothing. */
public final class RequestDecider {

    private record Pair(RequestState state, RequestCommand command) {}

    private RequestDecider() {}

    public static Decision decide(RequestState state, RequestCommand command) {
        return switch (new Pair(state, command)) {
            case Pair(Unknown s, Submit submitted) -> new Move(opened(submitted));
            case Pair(RequestState s, Submit c) -> new Nothing();
            case Pair(Unknown s, RequestCommand c) -> new Refuse("unknown_request");

            // Until something irreversible was done: an erasure was handed over, a report is there
            case Pair(Withdrawn s, Withdraw c) -> new Nothing();
            case Pair(RequestState s, Withdraw c) ->
                isReversible(s) ? new Move(new Withdrawn()) : new Refuse("too_late");
            case Pair(Rejected s, Reject c) -> new Nothing();
            case Pair(RequestState s, Reject c) -> isReversible(s) ? new Move(new Rejected()) : new Refuse("too_late");

            case Pair(OnHold s, Hold c) -> new Nothing();
            // It does nothing by itself that could be held; its first can be held
            case Pair(Following s, Hold c) -> new Refuse("follows_another");
            case Pair(InProgress s, Hold c) -> new Move(new OnHold(new Received()));
            case Pair(RequestState s, Hold c) -> isReversible(s) ? new Move(new OnHold(s)) : new Refuse("too_late");
            case Pair(OnHold(Waiting(var what)), Release c) when what == WaitingFor.SOURCES -> new Move(new Received());
            case Pair(OnHold(var before), Release c) -> new Move(before);
            case Pair(RequestState s, Release c) -> new Refuse("not_on_hold");

            case Pair(Waiting(var what), Retry c) when what != WaitingFor.REPORT -> new Move(new Received());
            case Pair(Received s, Retry c) -> new Nothing();
            case Pair(InProgress s, Retry c) -> new Nothing();

            case Pair(RequestState s, Extend c) when s.hasEnded() -> new Refuse("ended");
            case Pair(RequestState s, Extend c) when !c.lawAllows() -> new Refuse("not_extendable");
            case Pair(RequestState s, Extend c) when c.extended() -> new Refuse("already_extended");
            case Pair(RequestState s, Extend c) when !c.now().isBefore(c.dueAt()) -> new Refuse("too_late");
            case Pair(RequestState s, Extend c) -> new Move(s);

            case Pair(CoolingOff(var until), Proceed c) when c.now().isBefore(until) -> new Nothing();
            case Pair(CoolingOff s, Proceed c) -> new Move(erasing(c.reportUnderWay()));
            case Pair(Waiting(var what), Proceed c)
            when what == WaitingFor.REPORT -> c.reportUnderWay() ? new Nothing() : new Move(new HandedOver());
            case Pair(RequestState s, Proceed c) -> new Nothing();

            case Pair(Received s, BeginReport(int epoch)) -> new Move(new InProgress(epoch));
            case Pair(Waiting(var what), BeginReport(int epoch))
            when what == WaitingFor.SOURCES || what == WaitingFor.PARTICIPANTS -> new Move(new InProgress(epoch));
            // The worker before has let its lease run out
            case Pair(InProgress(int before), BeginReport(int epoch))
            when epoch > before -> new Move(new InProgress(epoch));

            case Pair(InProgress(int held), AwaitParticipants c)
            when held == c.epoch() -> new Move(new Waiting(WaitingFor.PARTICIPANTS));
            case Pair(InProgress(int held), FinishReport c) when held == c.epoch() -> new Move(new Ready());
            case Pair(InProgress(int held), FailReport c)
            when held == c.epoch() ->
                new Move(new Waiting(c.mendsItself() && !c.overdue() ? WaitingFor.SOURCES : WaitingFor.HUMAN));
            case Pair(Ready s, ExpireReport c) -> new Move(new Expired());
            case Pair(Expired s, ExpireReport c) -> new Nothing();

            case Pair(HandedOver s, EndErasure(var outcome)) -> new Move(new Completed(outcome));
            case Pair(Completed s, EndErasure c) -> new Nothing();

            case Pair(Following s, FirstCompleted(var outcome)) -> new Move(new Completed(outcome));
            case Pair(Following s, FirstGone(var again)) -> new Move(opened(again));

            case Pair(RequestState s, RequestCommand c) -> new Refuse("not_possible_when_" + s.stateName());
        };
    }

    private static RequestState opened(Submit submitted) {
        if (submitted.twin() != null) {
            return new Following(submitted.twin());
        }
        if (submitted.kind() == RequestKind.ACCESS) {
            // What would be found is half there and half gone: the person is told, and may ask again
            return submitted.beingErased() ? new Rejected() : new Received();
        }
        return submitted.coolOffUntil() != null
                ? new CoolingOff(submitted.coolOffUntil())
                : erasing(submitted.reportUnderWay());
    }

    private static RequestState erasing(boolean reportUnderWay) {
        return reportUnderWay ? new Waiting(WaitingFor.REPORT) : new HandedOver();
    }

    private static boolean isReversible(RequestState state) {
        return !state.hasEnded() && !(state instanceof HandedOver);
    }
}
