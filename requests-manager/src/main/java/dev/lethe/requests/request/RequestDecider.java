package dev.lethe.requests.request;

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

/** The transition table of a request. Pure: it reads no clock and changes nothing. */
public final class RequestDecider {

    private record Pair(RequestState state, RequestCommand command) {}

    private RequestDecider() {}

    public static Decision decide(RequestState state, RequestCommand command) {
        return switch (new Pair(state, command)) {
            case Pair(Unknown s, Submit(RequestKind kind)) ->
                new Move(kind == RequestKind.ACCESS ? new Received() : new HandedOver());
            case Pair(RequestState s, Submit c) -> new Nothing();

            // Until something irreversible was done: for an access request until its report is there
            case Pair(Received s, Withdraw c) -> new Move(new Withdrawn());
            case Pair(BeingBuilt s, Withdraw c) -> new Move(new Withdrawn());
            case Pair(Withdrawn s, Withdraw c) -> new Nothing();
            case Pair(Unknown s, Withdraw c) -> new Refuse("unknown_request");
            case Pair(RequestState s, Withdraw c) -> new Refuse("too_late");

            case Pair(Received s, BeginReport(int epoch)) -> new Move(new BeingBuilt(epoch));
            // The worker before has let its lease run out
            case Pair(BeingBuilt(int before), BeginReport(int epoch))
            when epoch > before -> new Move(new BeingBuilt(epoch));

            case Pair(BeingBuilt(int held), FinishReport c)
            when held == c.epoch() -> new Move(new Ready(c.expiresAt()));
            case Pair(BeingBuilt(int held), FailReport c) when held == c.epoch() -> new Move(new Received());
            case Pair(Ready s, ExpireReport c) -> new Move(new Expired());
            case Pair(Expired s, ExpireReport c) -> new Nothing();

            case Pair(HandedOver s, EndErasure(var outcome)) -> new Move(new Completed(outcome));
            case Pair(Completed s, EndErasure c) -> new Nothing();

            case Pair(RequestState s, RequestCommand c) -> new Refuse("not_possible_when_" + s.stateName());
        };
    }
}
