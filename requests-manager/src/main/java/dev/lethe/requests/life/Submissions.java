package dev.lethe.requests.life;

import dev.lethe.messages.MessageJson;
import dev.lethe.messages.Messages;
import dev.lethe.messages.request.RequestKind;
import dev.lethe.messages.request.RequestReceived;
import dev.lethe.messages.request.SubmitRequest;
import dev.lethe.requests.deadline.Regulation;
import dev.lethe.requests.deadline.Regulations;
import dev.lethe.requests.request.Decision;
import dev.lethe.requests.request.RequestCommand;
import dev.lethe.requests.request.RequestDecider;
import dev.lethe.requests.request.RequestState;
import dev.lethe.requests.request.jdbc.NewRequest;
import dev.lethe.requests.request.jdbc.Requests;
import dev.lethe.requests.request.jdbc.StoredRequest;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** How requests begin. In one transaction: its own, or the one it is called in. */
@Component
public class Submissions {

    private static final Logger log = LoggerFactory.getLogger(Submissions.class);

    private final Requests requests;
    private final Transitions transitions;
    private final Announcements announcements;
    private final Regulations regulations;
    private final Pseudonyms pseudonyms;
    private final Clock clock;

    Submissions(
            Requests requests,
            Transitions transitions,
            Announcements announcements,
            Regulations regulations,
            Pseudonyms pseudonyms,
            Clock clock) {
        this.requests = requests;
        this.transitions = transitions;
        this.announcements = announcements;
        this.regulations = regulations;
        this.pseudonyms = pseudonyms;
        this.clock = clock;
    }

    /** The same id with the same body again does nothing; with another body it is refused. */
    @Transactional
    public Submission submit(RequestKind kind, SubmitRequest submitted, String who) {
        Optional<Regulation> regulation = regulations.of(submitted.regulation());
        if (regulation.isEmpty()) {
            return new Submission.Refused("unknown_regulation", "regulation must be one of " + regulations.codes());
        }
        byte[] hash = pseudonyms.of(MessageJson.write(Map.of(kind.name(), submitted)));
        byte[] pseudonym = pseudonyms.of(submitted.subject());
        Instant now = requests.lockPerson(pseudonym);
        Optional<StoredRequest> known = requests.find(submitted.requestId());
        if (known.isEmpty()) {
            RequestState state = opened(
                    transitions.circumstances(kind, pseudonym, regulation.get().coolOffUntil(now)));
            if (requests.insert(
                    newRequest(kind, submitted, regulation.get(), hash, pseudonym, state), "submitted", who)) {
                return new Submission.Opened(
                        announce(requests.find(submitted.requestId()).orElseThrow()));
            }
            // Under the same id, and for somebody else, at the same moment
            known = requests.find(submitted.requestId());
        }
        return Arrays.equals(known.orElseThrow().submissionHash(), hash)
                ? new Submission.Repeated(known.get())
                : new Submission.Refused("conflicting_duplicate", "request_id was used for another request");
    }

    private static RequestState opened(RequestCommand.Submit submit) {
        if (RequestDecider.decide(new RequestState.Unknown(), submit) instanceof Decision.Move(RequestState opened)) {
            return opened;
        }
        throw new IllegalStateException("a new request is always opened; this is our bug");
    }

    private static NewRequest newRequest(
            RequestKind kind,
            SubmitRequest submitted,
            Regulation regulation,
            byte[] hash,
            byte[] pseudonym,
            RequestState state) {
        Instant dueAt = regulation.dueAt(submitted.submittedAt());
        return new NewRequest(
                submitted.requestId(),
                kind,
                submitted.regulation(),
                new String(MessageJson.write(submitted.subject()), StandardCharsets.UTF_8),
                pseudonym,
                hash,
                submitted.submittedAt(),
                dueAt,
                regulation.targetAt(submitted.submittedAt(), dueAt),
                regulation.acknowledgeBy(submitted.submittedAt()),
                submitted.locale(),
                state);
    }

    private StoredRequest announce(StoredRequest request) {
        if (request.state() instanceof RequestState.Rejected) {
            announcements.rejectedWhileErasing(request);
            return request;
        }
        announcements.tell(
                Messages.REQUEST_RECEIVED,
                new RequestReceived(
                        request.id(),
                        clock.instant(),
                        request.kind(),
                        request.dueAt(),
                        request.duplicateOf(),
                        request.acknowledgeBy()));
        transitions.entered(request);
        announcements.lookAgain(request);
        log.atInfo()
                .addKeyValue("event.action", "request-received")
                .addKeyValue("lethe.request.id", request.id())
                .addKeyValue("lethe.request.kind", request.kindName())
                .addKeyValue("lethe.regulation", request.regulation())
                .addKeyValue("lethe.request.state", request.stateName())
                .log("request received");
        return request;
    }
}
