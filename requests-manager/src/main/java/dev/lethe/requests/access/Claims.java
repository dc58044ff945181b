package dev.lethe.requests.access;

import static dev.lethe.messages.Topology.EVENTS_EXCHANGE;

import dev.lethe.messages.Messages;
import dev.lethe.messages.request.CompletionOutcome;
import dev.lethe.messages.request.ReportReady;
import dev.lethe.messages.request.RequestCompleted;
import dev.lethe.messages.request.RequestKind;
import dev.lethe.outbox.Outbox;
import dev.lethe.requests.access.report.FinishedReport;
import dev.lethe.requests.access.report.Reports;
import dev.lethe.requests.request.Decision;
import dev.lethe.requests.request.RequestCommand;
import dev.lethe.requests.request.RequestDecider;
import dev.lethe.requests.request.RequestState;
import dev.lethe.requests.request.jdbc.Requests;
import dev.lethe.requests.request.jdbc.StoredRequest;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** What a worker does to the state of a request, each in one transaction and only under its epoch. */
@Component
class Claims {

    private final Requests requests;
    private final Reports reports;
    private final Outbox outbox;
    private final AccessProperties properties;
    private final Clock clock;

    Claims(Requests requests, Reports reports, Outbox outbox, AccessProperties properties, Clock clock) {
        this.requests = requests;
        this.reports = reports;
        this.outbox = outbox;
        this.properties = properties;
        this.clock = clock;
    }

    /** Empty if another worker was there first. */
    @Transactional
    public Optional<Claim> claim(UUID id, String worker) {
        Optional<StoredRequest> found = requests.lockClaimable(id);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        StoredRequest request = found.get();
        int epoch = request.epoch() + 1;
        Decision decision = RequestDecider.decide(request.toState(), new RequestCommand.BeginReport(epoch));
        if (!(decision instanceof Decision.Move(RequestState to))) {
            throw new IllegalStateException(
                    "expected request %s to be claimable in state %s; this is our bug".formatted(id, request.state()));
        }
        moved(id, requests.begin(id, request.epoch(), worker, properties.lease().toMillis()));
        requests.record(id, to.stateName(), "claimed by a worker", epoch, worker);
        return Optional.of(new Claim(id, epoch, request.attempts() + 1, request.subjectOfOpenRequest()));
    }

    /** False if the claim was lost; the worker should stop. */
    @Transactional
    public boolean extend(Claim claim) {
        return requests.extendLease(
                claim.requestId(), claim.epoch(), properties.lease().toMillis());
    }

    /** Makes the report visible and says so. False if the claim was lost: then nothing was changed, and the file must go. */
    @Transactional
    public boolean finish(Claim claim, FinishedReport report) {
        UUID id = claim.requestId();
        Instant expiresAt = clock.instant().plus(properties.expiresAfter());
        Optional<RequestState> next = decide(id, new RequestCommand.FinishReport(claim.epoch(), expiresAt));
        if (next.isEmpty()) {
            return false;
        }
        moved(id, requests.end(id, claim.epoch(), next.get().stateName(), null, null));
        requests.record(id, next.get().stateName(), "report finished", claim.epoch(), null);
        Instant validUntil = reports.register(report, properties.expiresAfter());
        var link = URI.create(properties.publicUrl() + "/reports/" + report.token());
        outbox.send(
                EVENTS_EXCHANGE,
                Messages.REPORT_READY.name(),
                Messages.REPORT_READY,
                new ReportReady(id, clock.instant(), claim.subject().id(), link, validUntil),
                id);
        outbox.send(
                EVENTS_EXCHANGE,
                Messages.REQUEST_COMPLETED.name(),
                Messages.REQUEST_COMPLETED,
                new RequestCompleted(id, clock.instant(), RequestKind.ACCESS, CompletionOutcome.COMPLETED, List.of()),
                id);
        return true;
    }

    /** Puts the request back to be tried again later; false if the claim was lost. */
    @Transactional
    public boolean giveBack(Claim claim, String reason) {
        UUID id = claim.requestId();
        Optional<RequestState> next = decide(id, new RequestCommand.FailReport(claim.epoch()));
        next.ifPresent(to -> {
            moved(
                    id,
                    requests.giveBack(
                            id, claim.epoch(), reason, backOff(claim.attempt()).toMillis()));
            requests.record(id, to.stateName(), reason, claim.epoch(), null);
        });
        return next.isPresent();
    }

    private Optional<RequestState> decide(UUID id, RequestCommand command) {
        return requests.findForUpdate(id)
                .map(request -> RequestDecider.decide(request.toState(), command))
                .filter(Decision.Move.class::isInstance)
                .map(move -> ((Decision.Move) move).to());
    }

    /** The row is locked and was judged: that the statement does not find it as it was cannot be. */
    private static void moved(UUID id, boolean moved) {
        if (!moved) {
            throw new IllegalStateException(
                    "expected to move request %s, which is locked; this is our bug".formatted(id));
        }
    }

    private Duration backOff(int attempt) {
        double delay = properties.firstRetry().toMillis() * Math.pow(2, Math.min(attempt - 1, 30));
        double capped = Math.min(delay, properties.lastRetry().toMillis());
        return Duration.ofMillis((long) (capped * ThreadLocalRandom.current().nextDouble(0.5, 1.5)));
    }
}
