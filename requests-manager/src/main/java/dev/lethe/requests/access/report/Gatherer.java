package dev.lethe.requests.access.report;

import dev.lethe.messages.Subject;
import dev.lethe.outbox.CrashPoint;
import dev.lethe.requests.access.source.Source;
import dev.lethe.requests.access.source.SourceFailure;
import dev.lethe.requests.access.source.SubjectField;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Reads the sources of reports side by side, each by no more readers at a time than it allows, whichever reports they read for. */
final class Gatherer {

    /** For readers that were interrupted. One that takes longer is left alone; its section is closed when it comes back. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final WorkSpace space;
    private final Duration within;
    private final long mostBytes;
    private final MeterRegistry meters;
    private final Map<String, Semaphore> permits = new ConcurrentHashMap<>();

    /**
     * @param within for all sources of one report
     * @param mostBytes of one report, before compression
     */
    Gatherer(WorkSpace space, Duration within, long mostBytes, MeterRegistry meters) {
        this.space = space;
        this.within = within;
        this.mostBytes = mostBytes;
        this.meters = meters;
    }

    WorkSpace space() {
        return space;
    }

    /**
     * The sections in the order of the sources; the caller closes them.
     *
     * @throws SourceFailure if one could not be read, as soon as that is known: then there are none
     */
    Sections gather(List<Source> sources, Subject subject) throws SourceFailure, IOException, InterruptedException {
        var gathering = new Gathering(sources, subject);
        try {
            gathering.run();
            return gathering.gathered;
        } catch (SourceFailure | IOException | InterruptedException | RuntimeException e) {
            gathering.gathered.closeAfter(e);
            throw e;
        } finally {
            gathering.stop();
        }
    }

    /** The subject with the identities that sources yield; of what these hold nothing is kept. */
    Subject identify(List<Source> sources, Subject subject) throws SourceFailure, IOException, InterruptedException {
        List<Source> yielding = sources.stream()
                .filter(source -> !source.about().identities().isEmpty())
                .toList();
        var gathering = new Gathering(yielding, subject);
        try {
            gathering.run();
            return gathering.subject;
        } finally {
            gathering.stop();
            gathering.gathered.close();
        }
    }

    /** What was gathered for one report. What comes after it was closed is closed, too. */
    static final class Sections implements AutoCloseable {

        private final List<Source> order;
        private final Map<Source, Section> all = new HashMap<>();
        private boolean closed;

        private Sections(List<Source> order) {
            this.order = order;
        }

        private synchronized void add(Source source, Section section) throws IOException {
            if (closed) {
                section.close();
            } else {
                all.put(source, section);
            }
        }

        private synchronized Section get(Source source) {
            return Objects.requireNonNull(all.get(source));
        }

        synchronized List<Section> inOrder() {
            return order.stream().map(this::get).toList();
        }

        /** What went wrong first is what is told. */
        private void closeAfter(Exception e) {
            try {
                close();
            } catch (IOException alsoFailed) {
                e.addSuppressed(alsoFailed);
            }
        }

        @Override
        public synchronized void close() throws IOException {
            closed = true;
            IOException failure = null;
            for (Section section : all.values()) {
                try {
                    section.close();
                } catch (IOException e) {
                    failure = e;
                }
            }
            if (failure != null) {
                throw failure;
            }
        }
    }

    private final class Gathering {

        private final Sections gathered;
        private final Allowance allowance = new Allowance(mostBytes);
        private final long deadline = System.nanoTime() + within.toNanos();
        private final ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor();
        private final CompletionService<Source> done = new ExecutorCompletionService<>(readers);
        private final List<Source> unread;
        private Subject subject;

        private Gathering(List<Source> sources, Subject subject) {
            this.gathered = new Sections(sources);
            this.unread = new ArrayList<>(sources);
            this.subject = subject;
        }

        /** Those that say more of who the person is come first, and of these first the ones that can be asked already. */
        private void run() throws SourceFailure, IOException, InterruptedException {
            List<Source> first;
            do {
                first = unread.stream()
                        .filter(source -> !source.about().identities().isEmpty()
                                && lacking(source).isEmpty())
                        .toList();
                readAll(first);
                for (Source source : first) {
                    subject = gathered.get(source).withFoundIdentities(subject);
                }
            } while (!first.isEmpty());
            readAll(List.copyOf(unread));
        }

        private List<String> lacking(Source source) {
            return source.asksBy().stream()
                    .filter(field -> SubjectField.of(subject, field).isEmpty())
                    .sorted()
                    .toList();
        }

        private void readAll(List<Source> sources) throws SourceFailure, IOException, InterruptedException {
            unread.removeAll(sources);
            var reading = new ArrayList<Source>();
            for (Source source : sources) {
                List<String> lacking = lacking(source);
                if (lacking.isEmpty() && !(source instanceof Unanswered)) {
                    Subject asked = subject;
                    done.submit(() -> read(source, asked));
                    reading.add(source);
                    continue;
                }
                var section = new Section(source.about(), space, allowance);
                if (lacking.isEmpty()) {
                    section.notAnswered();
                } else {
                    section.notAsked(lacking);
                }
                gathered.add(source, section);
            }
            while (!reading.isEmpty()) {
                reading.remove(next(reading));
            }
        }

        private Source next(List<Source> reading) throws SourceFailure, IOException, InterruptedException {
            Future<Source> next = done.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (next == null) {
                Source slowest = reading.getFirst();
                throw new SourceFailure(
                        slowest.about().name(),
                        "was not read to its end within lethe.access.build-within, which is %s".formatted(within),
                        null);
            }
            try {
                return next.get();
            } catch (ExecutionException e) {
                switch (e.getCause()) {
                    case SourceFailure failure -> throw failure;
                    case InterruptedException interrupted -> throw interrupted;
                    case IOException failure -> throw failure;
                    case null, default -> throw new IllegalStateException("a reader failed; this is our bug", e);
                }
            }
        }

        private Source read(Source source, Subject asked) throws SourceFailure, IOException, InterruptedException {
            String name = source.about().name();
            Semaphore permit = permits.computeIfAbsent(
                    name, first -> new Semaphore(source.about().parallel(), true));
            var section = new Section(source.about(), space, allowance);
            boolean whole = false;
            permit.acquire();
            long begun = System.nanoTime();
            try {
                readInto(section, source, asked);
                section.end();
                whole = true;
            } finally {
                permit.release();
                meters.timer("lethe.source.read", "source", name, "outcome", whole ? "success" : "failure")
                        .record(System.nanoTime() - begun, TimeUnit.NANOSECONDS);
                if (!whole) {
                    section.close();
                }
            }
            CrashPoint.reached("report.section-written");
            gathered.add(source, section);
            return source;
        }

        private static void readInto(Section section, Source source, Subject asked)
                throws SourceFailure, IOException, InterruptedException {
            try {
                source.read(asked, section);
            } catch (SourceFailure | RuntimeException e) {
                // If the section broke, that is why
                section.check();
                throw e instanceof SourceFailure failure
                        ? failure
                        : new SourceFailure(source.about().name(), "failed unexpectedly", e);
            }
        }

        private void stop() {
            readers.shutdownNow();
            try {
                readers.awaitTermination(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
