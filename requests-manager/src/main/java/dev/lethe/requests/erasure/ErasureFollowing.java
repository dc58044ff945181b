package dev.lethe.requests.erasure;

import dev.lethe.messages.MessageJson;
import dev.lethe.messages.request.ErasureStarted;
import dev.lethe.messages.request.Fact;
import dev.lethe.messages.request.ParticipantDone;
import dev.lethe.messages.request.RequestCompleted;
import dev.lethe.messages.request.RequestKind;
import dev.lethe.outbox.Unacceptable;
import dev.lethe.requests.life.Transitions;
import dev.lethe.requests.request.Decision;
import dev.lethe.requests.request.RequestCommand;
import dev.lethe.requests.request.jdbc.Move;
import dev.lethe.requests.request.jdbc.Requests;
import dev.lethe.requests.request.jdbc.StoredRequest;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Keeps the state of erasures in step with what cancellation-service says of them. */
@Component
class ErasureFollowing {

    private static final Logger log = LoggerFactory.getLogger(ErasureFollowing.class);

    private static final String CANCELLATION_SERVICE = "cancellation-service";

    private final Requests requests;
    private final Transitions transitions;

    ErasureFollowing(Requests requests, Transitions transitions) {
        this.requests = requests;
        this.transitions = transitions;
    }

    /** What happens on the way goes into the history; only the end moves the request. */
    void note(Fact fact) {
        String cause =
                switch (fact) {
                    case ErasureStarted started -> "started with " + started.participants();
                    case ParticipantDone done ->
                        done.participant() + ": " + done.outcome().name().toLowerCase(Locale.ROOT);
                    default -> "all but the last participants are done";
                };
        requests.note(known(fact).id(), cause, CANCELLATION_SERVICE);
    }

    void complete(RequestCompleted completed) {
        StoredRequest request = known(completed);
        if (completed.kind() != RequestKind.ERASURE || request.kind() != RequestKind.ERASURE) {
            throw new Unacceptable("not_an_erasure", "request %s is not an erasure".formatted(request.id()));
        }
        String outcome = completed.outcome().name().toLowerCase(Locale.ROOT);
        Decision decision =
                transitions.apply(request, new RequestCommand.EndErasure(completed.outcome()), to -> Move.to(
                                to, outcome, CANCELLATION_SERVICE)
                        .with(outcome, exceptionsOf(completed)));
        switch (decision) {
            case Decision.Move(var to) -> {
                // Who has been erased is forgotten here too, whatever they asked before
                requests.forget(request.pseudonym());
                log.atInfo()
                        .addKeyValue("event.action", "request-completed")
                        .addKeyValue("event.outcome", "success")
                        .addKeyValue("lethe.request.id", request.id())
                        .addKeyValue("lethe.request.kind", "erasure")
                        .log("erasure completed");
            }
            case Decision.Nothing() -> {}
            case Decision.Refuse(String reason) ->
                throw new Unacceptable(reason, "request %s cannot be completed".formatted(request.id()));
        }
    }

    private static @Nullable String exceptionsOf(RequestCompleted completed) {
        return completed.exceptions().isEmpty()
                ? null
                : new String(MessageJson.write(completed.exceptions()), StandardCharsets.UTF_8);
    }

    private StoredRequest known(Fact fact) {
        return requests.lock(fact.requestId())
                .orElseThrow(() ->
                        new Unacceptable("unknown_request", "no request %s is known".formatted(fact.requestId())));
    }
}
