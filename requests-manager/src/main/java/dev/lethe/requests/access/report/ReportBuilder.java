package dev.lethe.requests.access.report;

import dev.lethe.messages.Subject;
import dev.lethe.outbox.CrashPoint;
import dev.lethe.requests.access.AccessProperties;
import dev.lethe.requests.access.Claim;
import dev.lethe.requests.access.source.Source;
import dev.lethe.requests.access.source.SourceFailure;
import dev.lethe.requests.access.source.amqp.ExportSource;
import dev.lethe.requests.access.source.file.Sources;
import dev.lethe.requests.access.storage.FinishedReport;
import dev.lethe.requests.access.storage.Reports;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.springframework.stereotype.Component;

/** Gathers a report from all sources and puts it into the storage, whole or not at all. */
@Component
public class ReportBuilder {

    private final Sources sources;
    private final Reports reports;
    private final Clock clock;
    private final Gatherer gatherer;

    ReportBuilder(Sources sources, Reports reports, AccessProperties properties, Clock clock, MeterRegistry meters) {
        this.sources = sources;
        this.reports = reports;
        this.clock = clock;
        Path folder = properties.workFolder();
        this.gatherer = new Gatherer(
                new WorkSpace(folder == null ? Path.of(System.getProperty("java.io.tmpdir")) : folder),
                properties.buildWithin(),
                properties.maxReportBytes().toBytes(),
                meters);
    }

    /**
     * Builds the report of a claim; nobody sees it before it is registered. Of an attempt that fails nothing is left.
     *
     * @throws SourceFailure if a source could not be read, gave too much, or took too long
     * @throws IOException if the report could not be put aside or stored
     * @throws InterruptedException if the calling thread was interrupted, as it is when the claim is lost
     */
    public FinishedReport build(Claim claim) throws SourceFailure, IOException, InterruptedException {
        try (var sections = gatherer.gather(sourcesOf(claim), claim.subject());
                var archive = new Archive(
                        new Archive.Origin(
                                claim.requestId(), clock.instant(), claim.regulation(), Texts.of(claim.locale())),
                        sections.inOrder(),
                        gatherer.space())) {
            CrashPoint.reached("report.packed");
            return reports.write(claim.requestId(), claim.epoch(), archive::writeTo);
        } catch (ClosedByInterruptException e) {
            throw new InterruptedException();
        }
    }

    /**
     * The person with all that the sources which yield identities know; for participants, who are asked long before the report is built.
     *
     * @throws SourceFailure if one of these could not be read
     */
    public Subject identify(Claim claim) throws SourceFailure, IOException, InterruptedException {
        return gatherer.identify(sources.all(), claim.subject());
    }

    /** The participants' with what they have answered; they were asked long before, and are not waited for any more. */
    private List<Source> sourcesOf(Claim claim) {
        return sources.all().stream()
                .map(source -> source instanceof ExportSource export ? answered(export, claim) : source)
                .toList();
    }

    private static Source answered(ExportSource export, Claim claim) {
        return claim.exports().stream()
                .filter(exported -> exported.participant().equals(export.participant()) && exported.isAnswered())
                .findFirst()
                .map(exported -> (Source) export.answered(exported.documents()))
                .orElseGet(() -> new Unanswered(export.about()));
    }
}
