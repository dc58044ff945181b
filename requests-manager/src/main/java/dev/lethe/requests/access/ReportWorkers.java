package dev.lethe.requests.access;

import dev.lethe.outbox.CrashPoint;
import dev.lethe.requests.access.report.ReportBuilder;
import dev.lethe.requests.access.source.SourceFailure;
import dev.lethe.requests.access.source.amqp.ExportSource;
import dev.lethe.requests.access.source.file.Sources;
import dev.lethe.requests.access.storage.FinishedReport;
import dev.lethe.requests.access.storage.Reports;
import dev.lethe.requests.life.WorkSignal;
import dev.lethe.requests.mutex.Mutex;
import dev.lethe.requests.request.jdbc.Requests;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * The workers of this instance. Each looks for a request, takes its mutex, claims its row, and builds the report. The mutex
 * spares workers from running after the same request; that no two build the same report is the claim's doing.
 */
@Component
class ReportWorkers implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(ReportWorkers.class);

    /** Enough that the workers of several instances seldom choose the same. */
    private static final int CANDIDATES = 50;

    private static final Duration PATIENCE_AT_STOP = Duration.ofSeconds(10);

    private final Requests requests;
    private final Claims claims;
    private final Lease lease;
    private final Mutex mutex;
    private final ReportBuilder builder;
    private final Reports reports;
    private final Sources sources;
    private final WorkSignal work;
    private final AccessProperties properties;
    private final List<ExportSource> exports;
    private volatile boolean running;
    private List<Thread> threads = List.of();

    ReportWorkers(
            Requests requests,
            Claims claims,
            Lease lease,
            Mutex mutex,
            ReportBuilder builder,
            Reports reports,
            Sources sources,
            WorkSignal work,
            AccessProperties properties) {
        this.requests = requests;
        this.claims = claims;
        this.lease = lease;
        this.mutex = mutex;
        this.builder = builder;
        this.reports = reports;
        this.sources = sources;
        this.work = work;
        this.properties = properties;
        this.exports = sources.all().stream()
                .filter(ExportSource.class::isInstance)
                .map(ExportSource.class::cast)
                .toList();
    }

    @Override
    public void start() {
        running = true;
        if (sources.all().isEmpty()) {
            // An empty report would say that nothing is held, which nobody knows
            return;
        }
        // Not the process id, which is 1 in every container
        String instance =
                "requests-manager-%08x".formatted(ThreadLocalRandom.current().nextInt());
        threads = IntStream.range(0, properties.workers())
                .mapToObj(n -> "%s-%d".formatted(instance, n))
                .map(name -> Thread.ofVirtual().name(name).start(() -> work(name)))
                .toList();
    }

    /** Workers finish what they are at, or are interrupted and give it back. */
    @Override
    public void stop() {
        running = false;
        long deadline = System.nanoTime() + PATIENCE_AT_STOP.toNanos();
        try {
            for (Thread thread : threads) {
                if (!thread.join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())))) {
                    thread.interrupt();
                    thread.join(Duration.ofSeconds(2));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        threads = List.of();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    private void work(String worker) {
        boolean failing = false;
        while (running) {
            try {
                if (!workOnOne(worker)) {
                    work.await(properties.poll());
                }
                failing = false;
            } catch (DataAccessException | TransactionException e) {
                if (!failing) {
                    log.atWarn()
                            .addKeyValue("event.action", "outage")
                            .addKeyValue("error.type", e.getClass().getName())
                            .log(
                                    "cannot look for work now, waiting: {}",
                                    e.getClass().getSimpleName());
                }
                failing = true;
                pause();
            } catch (InterruptedException e) {
                // Of a worker that lost its claim, or of all when the service stops: the condition of the loop knows
                Thread.interrupted();
            }
        }
    }

    private boolean workOnOne(String worker) throws InterruptedException {
        var candidates = new ArrayList<>(requests.claimable(CANDIDATES));
        Collections.shuffle(candidates);
        for (UUID candidate : candidates) {
            try (Mutex.Held held = mutex.tryAcquire(candidate)) {
                if (!held.isMine()) {
                    continue;
                }
                Optional<Claim> claim = claims.claim(candidate, worker);
                if (claim.isPresent()) {
                    CrashPoint.reached("claim.claimed");
                    build(claim.get());
                    return true;
                }
            } catch (DataAccessException | TransactionException e) {
                throw e;
            } catch (RuntimeException | StackOverflowError | LinkageError | AssertionError e) {
                // One request must not end the worker for all others
                unexpected(candidate, e);
                pause();
            }
        }
        return false;
    }

    private static void unexpected(UUID request, Throwable e) {
        log.atError()
                .addKeyValue("event.action", "worker-failed")
                .addKeyValue("error.type", e.getClass().getName())
                .addKeyValue("lethe.request.id", request)
                .log(
                        "unexpected, this is our bug: {} at {}",
                        e.getClass().getName(),
                        Arrays.stream(e.getStackTrace()).findFirst().orElse(null));
    }

    private void build(Claim claim) throws InterruptedException {
        long begun = System.nanoTime();
        try (Lease.Kept kept = lease.keep(claim)) {
            Optional<Claim> answered = claims.askParticipants(
                    claim, exports, exports.isEmpty() ? claim.subject() : builder.identify(claim));
            if (answered.isEmpty()) {
                CrashPoint.reached("claim.participants-asked");
                return;
            }
            FinishedReport report = builder.build(answered.get());
            kept.close();
            finish(answered.get(), report, begun);
        } catch (SourceFailure e) {
            giveBack(claim, e.reason(), e.source(), e.retryAfter().orElse(Duration.ZERO));
        } catch (InterruptedException e) {
            giveBack(claim, "interrupted", "none", Duration.ZERO);
            throw e;
        } catch (IOException e) {
            giveBack(claim, "could not write the report: " + e.getClass().getSimpleName(), "reports", Duration.ZERO);
        } catch (DataAccessException | TransactionException e) {
            throw e;
        } catch (RuntimeException | StackOverflowError | LinkageError | AssertionError e) {
            unexpected(claim.requestId(), e);
            giveBack(claim, "failed unexpectedly: " + e.getClass().getSimpleName(), "none", Duration.ZERO);
        }
    }

    private void finish(Claim claim, FinishedReport report, long begun) {
        if (claims.finish(claim, report)) {
            CrashPoint.reached("claim.finished");
            log.atInfo()
                    .addKeyValue("event.action", "report-built")
                    .addKeyValue("event.outcome", "success")
                    .addKeyValue("event.duration", System.nanoTime() - begun)
                    .addKeyValue("lethe.request.id", claim.requestId())
                    .addKeyValue("lethe.attempt", claim.attempt())
                    .log("access report ready, {} bytes", report.bytes());
        } else {
            reports.discard(report);
            log.atWarn()
                    .addKeyValue("event.action", "stale-epoch-refused")
                    .addKeyValue("lethe.request.id", claim.requestId())
                    .addKeyValue("lethe.epoch", claim.epoch())
                    .log("a report came too late and was deleted");
        }
    }

    private void giveBack(Claim claim, String reason, String source, Duration atLeast) {
        if (!claims.giveBack(claim, reason, atLeast)) {
            return;
        }
        log.atWarn()
                .addKeyValue("event.action", "report-built")
                .addKeyValue("event.outcome", "failure")
                .addKeyValue("event.reason", reason)
                .addKeyValue("lethe.request.id", claim.requestId())
                .addKeyValue("lethe.source", source)
                .addKeyValue("lethe.attempt", claim.attempt())
                .log("a report could not be built and is tried again: {}", reason);
    }

    private void pause() {
        try {
            Thread.sleep(properties.poll().multipliedBy(4));
        } catch (InterruptedException e) {
            Thread.interrupted();
        }
    }
}
