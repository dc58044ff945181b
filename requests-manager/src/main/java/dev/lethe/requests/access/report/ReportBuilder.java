package dev.lethe.requests.access.report;

import dev.lethe.messages.Subject;
import dev.lethe.requests.access.Claim;
import dev.lethe.requests.access.source.Source;
import dev.lethe.requests.access.source.SourceFailure;
import dev.lethe.requests.access.source.file.Sources;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.springframework.stereotype.Component;
import org.springframework.util.FileSystemUtils;

/** Gathers a report from all sources at once. Whole or absent: what was written is deleted when any of them fails. */
@Component
public class ReportBuilder {

    private final Sources sources;
    private final Reports reports;

    ReportBuilder(Sources sources, Reports reports) {
        this.sources = sources;
        this.reports = reports;
    }

    /**
     * Builds the report of a claim; nobody sees it before it is registered.
     *
     * @throws SourceFailure if a source could not be read
     * @throws IOException if the report could not be written
     */
    public FinishedReport build(Claim claim) throws SourceFailure, IOException, InterruptedException {
        Path folder = reports.workFolder(claim.requestId(), claim.epoch());
        try {
            List<Section> sections = gather(claim.subject(), folder);
            return reports.pack(claim.requestId(), claim.epoch(), sections);
        } finally {
            FileSystemUtils.deleteRecursively(folder);
        }
    }

    private List<Section> gather(Subject subject, Path folder) throws SourceFailure, IOException, InterruptedException {
        try (ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor()) {
            var reading = new ArrayList<Future<Section>>();
            for (Source source : sources.all()) {
                reading.add(readers.submit(() -> read(source, subject, folder)));
            }
            try {
                var sections = new ArrayList<Section>();
                for (Future<Section> each : reading) {
                    sections.add(each.get());
                }
                return sections;
            } catch (ExecutionException e) {
                throw causeOf(e);
            } finally {
                // One that failed makes the others pointless
                readers.shutdownNow();
            }
        }
    }

    private static Section read(Source source, Subject subject, Path folder)
            throws IOException, SourceFailure, InterruptedException {
        try (var section = new Section(source, folder)) {
            source.read(subject, section);
            section.end();
            return section;
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } catch (RuntimeException e) {
            throw new SourceFailure(source.about().name(), "failed unexpectedly", e);
        }
    }

    private static IOException causeOf(ExecutionException e) throws SourceFailure, InterruptedException {
        return switch (e.getCause()) {
            case SourceFailure failure -> throw failure;
            case InterruptedException interrupted -> throw interrupted;
            case IOException failure -> failure;
            case RuntimeException bug -> throw bug;
            case null, default -> new IOException("unexpected", e.getCause());
        };
    }
}
