package dev.lethe.requests.api;

import dev.lethe.messages.InvalidMessage;
import dev.lethe.requests.life.Pseudonyms;
import dev.lethe.requests.life.RequestLife;
import dev.lethe.requests.life.Submission;
import dev.lethe.requests.life.Submissions;
import dev.lethe.requests.request.Decision;
import dev.lethe.requests.request.jdbc.RequestList;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.security.Principal;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Requests over HTTP; docs/openapi.json says it for callers. */
@RestController
@RequestMapping(path = "/requests", produces = MediaType.APPLICATION_JSON_VALUE)
class RequestsController {

    private static final int MOST_EVENTS = 500;

    private static final Map<String, HttpStatus> STATUS_OF_REFUSED_SUBMISSION = Map.of(
            "conflicting_duplicate", HttpStatus.CONFLICT, "unknown_regulation", HttpStatus.UNPROCESSABLE_CONTENT);

    private final Submissions submissions;
    private final RequestLife life;
    private final Commands commands;
    private final RequestList list;
    private final Pseudonyms pseudonyms;
    private final Clock clock;

    RequestsController(
            Submissions submissions,
            RequestLife life,
            Commands commands,
            RequestList list,
            Pseudonyms pseudonyms,
            Clock clock) {
        this.submissions = submissions;
        this.life = life;
        this.commands = commands;
        this.list = list;
        this.pseudonyms = pseudonyms;
        this.clock = clock;
    }

    @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<RequestView> submit(HttpServletRequest http, @Nullable Principal caller) {
        Submitted body = Bodies.read(http, Submitted.class);
        UUID id = Optional.ofNullable(body.requestId()).orElseGet(UUID::randomUUID);
        Submission submission = submit(id, body, asked(id, body), caller);
        if (submission instanceof Submission.Refused && body.submittedAt() == null) {
            // The same may have come in at the same moment, and said another now
            submission = submit(id, body, asked(id, body), caller);
        }
        return switch (submission) {
            case Submission.Opened opened ->
                ResponseEntity.accepted()
                        .location(URI.create("/requests/" + id))
                        .body(view(id));
            case Submission.Repeated repeated -> ResponseEntity.ok(view(id));
            case Submission.Refused(String reason, String detail) ->
                throw new Refused(Problem.of(
                        STATUS_OF_REFUSED_SUBMISSION.getOrDefault(reason, HttpStatus.CONFLICT),
                        reason,
                        detail,
                        list.find(id).map(RequestList.Seen::state).orElse(null)));
        };
    }

    private Submission submit(UUID id, Submitted body, Instant asked, @Nullable Principal caller) {
        return submissions.submit(body.kind(), body.as(id, asked), Caller.who(caller));
    }

    /** When the person asked; who leaves that to us and submits the same again means the first time. */
    private Instant asked(UUID id, Submitted body) {
        return Optional.ofNullable(body.submittedAt())
                .or(() -> list.find(id).map(RequestList.Seen::submittedAt))
                // As PostgreSQL will give it back
                .orElseGet(() -> clock.instant().truncatedTo(ChronoUnit.MILLIS));
    }

    @GetMapping("/{id}")
    RequestView status(@PathVariable UUID id) {
        return view(id);
    }

    private RequestView view(UUID id) {
        RequestList.Seen request = list.find(id).orElseThrow(Commands::unknown);
        return RequestView.of(request, list.participants(id));
    }

    @GetMapping("/{id}/history")
    History history(@PathVariable UUID id, HttpServletRequest http) {
        long after = positionIn(http);
        if (list.find(id).isEmpty()) {
            throw Commands.unknown();
        }
        return History.of(id, list.history(id, after, MOST_EVENTS + 1), MOST_EVENTS);
    }

    private static long positionIn(HttpServletRequest http) {
        Map<String, String[]> parameters = Bodies.query(http);
        String @Nullable [] after = parameters.get("after");
        boolean isPosition = after != null && after.length == 1 && after[0].matches("[0-9]{1,18}");
        if (parameters.size() > (after == null ? 0 : 1) || after != null && !isPosition) {
            throw new InvalidMessage("invalid_query", "expected nothing, or after with the next of a page before");
        }
        return after == null ? 0 : Long.parseLong(after[0]);
    }

    @GetMapping
    RequestView.Page list(HttpServletRequest http) {
        return page(Search.of(Bodies.query(http)));
    }

    @PostMapping(path = "/search", consumes = MediaType.APPLICATION_JSON_VALUE)
    RequestView.Page search(HttpServletRequest http) {
        return page(Bodies.readIfAny(http, Search.class));
    }

    private RequestView.Page page(Search search) {
        int limit = search.limitOrUsual();
        return RequestView.Page.of(list.page(search.filter(pseudonyms), search.position(), limit + 1), limit);
    }

    @PostMapping(path = "/{id}/withdraw", consumes = MediaType.APPLICATION_JSON_VALUE)
    RequestView withdraw(@PathVariable UUID id, HttpServletRequest http, @Nullable Principal caller) {
        Bodies.readIfAny(http, Commands.Plain.class);
        return after("withdraw", id, life.withdraw(id, Caller.who(caller)));
    }

    @PostMapping(path = "/{id}/extend", consumes = MediaType.APPLICATION_JSON_VALUE)
    RequestView extend(@PathVariable UUID id, HttpServletRequest http, @Nullable Principal caller) {
        String reason = Bodies.read(http, Commands.Reasoned.class).reason();
        return after("extend", id, life.extend(id, reason, Caller.who(caller)));
    }

    @PostMapping(path = "/{id}/hold", consumes = MediaType.APPLICATION_JSON_VALUE)
    RequestView hold(@PathVariable UUID id, HttpServletRequest http, @Nullable Principal caller) {
        return after("hold", id, commands.hold(id, Bodies.readIfAny(http, Commands.Held.class), Caller.who(caller)));
    }

    @PostMapping(path = "/{id}/release", consumes = MediaType.APPLICATION_JSON_VALUE)
    RequestView release(@PathVariable UUID id, HttpServletRequest http, @Nullable Principal caller) {
        Bodies.readIfAny(http, Commands.Plain.class);
        return after("release", id, life.release(id, Caller.who(caller)));
    }

    @PostMapping(path = "/{id}/retry", consumes = MediaType.APPLICATION_JSON_VALUE)
    RequestView retry(@PathVariable UUID id, HttpServletRequest http, @Nullable Principal caller) {
        Bodies.readIfAny(http, Commands.Plain.class);
        return after("retry", id, life.retry(id, Caller.who(caller)));
    }

    @PostMapping(path = "/{id}/reject", consumes = MediaType.APPLICATION_JSON_VALUE)
    RequestView reject(@PathVariable UUID id, HttpServletRequest http, @Nullable Principal caller) {
        String reason = Bodies.read(http, Commands.Reasoned.class).reason();
        return after("reject", id, life.reject(id, reason, Caller.who(caller)));
    }

    @PostMapping(path = "/retry", consumes = MediaType.APPLICATION_JSON_VALUE)
    Commands.Retried retry(HttpServletRequest http, @Nullable Principal caller) {
        Search filter = Bodies.read(http, Commands.Retry.class).filter();
        return commands.retryAll(filter.filter(pseudonyms), Caller.who(caller));
    }

    private RequestView after(String action, UUID id, Decision decision) {
        commands.check(action, id, decision);
        return view(id);
    }
}
