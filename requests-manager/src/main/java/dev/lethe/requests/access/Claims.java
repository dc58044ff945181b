package dev.lethe.requests.access;

import dev.lethe.messages.MessageJson;
import dev.lethe.messages.Subject;
import dev.lethe.messages.participant.ErasureOutcome;
import dev.lethe.messages.request.CompletionOutcome;
import dev.lethe.messages.request.ErasureException;
import dev.lethe.messages.request.ReportReady;
import dev.lethe.messages.request.RequestCompleted;
import dev.lethe.messages.request.RequestKind;
import dev.lethe.outbox.CrashPoint;
import dev.lethe.requests.access.export.Exported;
import dev.lethe.requests.access.export.Exports;
import dev.lethe.requests.access.source.amqp.ExportSource;
import dev.lethe.requests.access.storage.FinishedReport;
import dev.lethe.requests.access.storage.Reports;
import dev.lethe.requests.life.Announcements;
import dev.lethe.requests.life.Transitions;
import dev.lethe.requests.request.Decision;
import dev.lethe.requests.request.RequestCommand;
import dev.lethe.requests.request.RequestState;
import dev.lethe.requests.request.jdbc.Move;
import dev.lethe.requests.request.jdbc.Requests;
import dev.lethe.requests.request.jdbc.StoredRequest;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** What a worker does to the state of a request, each in one transaction and only under its epoch. */
@Component
class Claims {

    /** As often as a message may be delivered that kills whoever handles it. */
    private static final int MOST_CLAIMS_WITHOUT_END = 6;

    /** The reason of a participant that did answer, but not with what it has. */
    private static final String EXPORT_FAILED = "export_failed";

    private final Requests requests;
    private final Transitions transitions;
    private final Announcements announcements;
    private final Exports exports;
    private final Reports reports;
    private final BackOff backOff;
    private final AccessProperties properties;
    private final Clock clock;

    Claims(
            Requests requests,
            Transitions transitions,
            Announcements announcements,
            Exports exports,
            Reports reports,
            BackOff backOff,
            AccessProperties properties,
            Clock clock) {
        this.requests = requests;
        this.transitions = transitions;
        this.announcements = announcements;
        this.exports = exports;
        this.reports = reports;
        this.backOff = backOff;
        this.properties = properties;
        this.clock = clock;
    }

    /** Empty if another worker was there first, or if nobody can tell any more whose data is asked for. */
    @Transactional
    public Optional<Claim> claim(UUID id, String worker) {
        Optional<StoredRequest> found = requests.lockClaimable(id);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        StoredRequest request = found.get();
        int epoch = request.epoch() + 1;
        transitions.apply(
                request, new RequestCommand.BeginReport(epoch), to -> Move.to(to, "claimed by a worker", worker)
                        .claimedFor(properties.lease()));
        if (request.state() instanceof RequestState.InProgress
                && requests.claimsWithoutEnd(id) > MOST_CLAIMS_WITHOUT_END) {
            fail(
                    id,
                    new RequestCommand.FailReport(epoch, false, false),
                    "claimed %d times without an end: its workers die or hang".formatted(MOST_CLAIMS_WITHOUT_END),
                    worker,
                    Duration.ZERO);
            return Optional.empty();
        }
        Optional<Subject> subject = request.person();
        if (subject.isEmpty()) {
            fail(
                    id,
                    new RequestCommand.FailReport(epoch, false, false),
                    "the stored subject cannot be read; this is our bug",
                    worker,
                    Duration.ZERO);
            return Optional.empty();
        }
        return Optional.of(new Claim(
                id,
                epoch,
                request.attempts() + 1,
                subject.get(),
                request.regulation(),
                request.locale(),
                request.dueAt(),
                List.of()));
    }

    /** False if the claim was lost; the worker should stop. */
    @Transactional
    public boolean extend(Claim claim) {
        return requests.extendLease(claim.requestId(), claim.epoch(), properties.lease());
    }

    /**
     * Asks the participants that are sources of this report, as far as they have not answered. Empty if the request waits for one of
     * them now, or if the claim was lost; in either case the worker is free.
     *
     * @param subject with all that is known of the person
     */
    @Transactional
    public Optional<Claim> askParticipants(Claim claim, List<ExportSource> sources, Subject subject) {
        if (sources.isEmpty()) {
            return Optional.of(claim);
        }
        Optional<StoredRequest> request = requests.lock(claim.requestId());
        if (request.isEmpty() || !request.get().state().equals(new RequestState.InProgress(claim.epoch()))) {
            return Optional.empty();
        }
        sources.forEach(source -> exports.ask(claim.requestId(), source, subject, claim.dueAt()));
        List<Exported> asked = exports.of(claim.requestId());
        Optional<Instant> lastAnswer = asked.stream()
                .filter(Exported::isWaitedFor)
                .map(Exported::answerBy)
                .max(Instant::compareTo);
        if (lastAnswer.isEmpty()) {
            return Optional.of(claim.withExports(asked));
        }
        transitions.apply(request.get(), new RequestCommand.AwaitParticipants(claim.epoch()), to -> Move.to(
                        to, "asked participants", "lethe")
                // The row keeps whole milliseconds of it, and a worker that came before the time would only wait again
                .nextAttemptIn(
                        Duration.between(request.get().now(), lastAnswer.get()).plusMillis(1)));
        return Optional.empty();
    }

    /** Makes the report visible and says so. False if the claim was lost: then nothing was changed, and the report must go. */
    @Transactional
    public boolean finish(Claim claim, FinishedReport report) {
        UUID id = claim.requestId();
        List<ErasureException> missing = claim.exports().stream()
                .filter(export -> !export.isAnswered())
                .map(export -> new ErasureException(
                        export.participant(),
                        ErasureOutcome.FAILED,
                        List.of(),
                        export.outcome() == null ? ErasureException.NO_ANSWER : EXPORT_FAILED))
                .toList();
        CompletionOutcome outcome =
                missing.isEmpty() ? CompletionOutcome.COMPLETED : CompletionOutcome.COMPLETED_WITH_EXCEPTIONS;
        Optional<StoredRequest> request = requests.lock(id);
        if (request.isEmpty()
                || !(transitions.apply(request.get(), new RequestCommand.FinishReport(claim.epoch()), to -> Move.to(
                                        to, "report finished", "lethe")
                                .with(
                                        outcome.name().toLowerCase(Locale.ROOT),
                                        missing.isEmpty()
                                                ? null
                                                : new String(MessageJson.write(missing), StandardCharsets.UTF_8)))
                        instanceof Decision.Move)) {
            return false;
        }
        Instant validUntil = reports.register(report, properties.expiresAfter());
        var link = URI.create(properties.publicUrl() + "/reports/" + report.token());
        announcements.tellReady(
                new ReportReady(id, clock.instant(), claim.subject().id(), link, validUntil),
                new RequestCompleted(id, clock.instant(), RequestKind.ACCESS, outcome, missing));
        CrashPoint.reached("claim.finishing");
        return true;
    }

    /**
     * Puts the request back, to be tried again later; false if the claim was lost.
     *
     * @param atLeast how long the source wants to be left alone
     */
    @Transactional
    public boolean giveBack(Claim claim, String reason, Duration atLeast) {
        Duration backedOff = backOff.after(claim.attempt());
        Duration wanted = backedOff.compareTo(atLeast) < 0 ? atLeast : backedOff;
        return requests.lock(claim.requestId())
                .map(request -> fail(
                        claim.requestId(),
                        new RequestCommand.FailReport(claim.epoch(), true, request.isOverdue()),
                        reason,
                        "lethe",
                        notBeyond(request, wanted)))
                .orElse(false);
    }

    /** The last attempt before the deadline is not put off until after it. */
    private static Duration notBeyond(StoredRequest request, Duration pause) {
        Duration left = Duration.between(request.now(), request.dueAt());
        return left.isPositive() && left.compareTo(pause) < 0 ? left.dividedBy(2) : pause;
    }

    private boolean fail(UUID id, RequestCommand.FailReport failure, String reason, String who, Duration pause) {
        return transitions.apply(requests.lock(id).orElseThrow(), failure, to -> Move.to(to, reason, who)
                        .because(reason)
                        .nextAttemptIn(pause))
                instanceof Decision.Move;
    }
}
