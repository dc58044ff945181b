package dev.lethe.requests.access;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * How access reports are built and kept.
 *
 * @param sources the file that says where reports are gathered from; see docs/configuration.md
 * @param publicUrl where people reach this service; the report's link begins with it
 * @param expiresAfter how long a report can be fetched
 * @param workers reports that one instance builds side by side
 * @param poll how often a worker looks for work that another instance took in
 * @param lease how long a worker that is not heard of keeps its request
 * @param firstRetry delay before a failed report is tried again; doubles with each attempt
 * @param lastRetry the longest such delay
 * @param buildWithin how long the sources of one report may be read, all together; then it is tried again
 * @param maxReportBytes the most that a report may hold, before compression; a source that gives more fails
 * @param workFolder where parts of reports under way lie, in files without a name; by default the system's folder for temporary files
 */
@ConfigurationProperties("lethe.access")
public record AccessProperties(
        @Nullable Path sources,
        @DefaultValue("http://localhost:8081") String publicUrl,
        @DefaultValue("7d") Duration expiresAfter,
        @DefaultValue("4") int workers,
        @DefaultValue("250ms") Duration poll,
        @DefaultValue("30s") Duration lease,
        @DefaultValue("2s") Duration firstRetry,
        @DefaultValue("15m") Duration lastRetry,
        @DefaultValue("1h") Duration buildWithin,
        @DefaultValue("10GB") DataSize maxReportBytes,
        @Nullable Path workFolder) {

    public AccessProperties {
        if (workers < 0 || workers > 64) {
            throw new IllegalArgumentException(
                    "lethe.access.workers is %d; write a number from 0 to 64".formatted(workers));
        }
        if (lease.compareTo(Duration.ofSeconds(3)) < 0) {
            throw new IllegalArgumentException("lethe.access.lease is %s; write 3s or more".formatted(lease));
        }
        if (buildWithin.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException(
                    "lethe.access.build-within is %s; write 1s or more".formatted(buildWithin));
        }
        if (maxReportBytes.toBytes() < 1) {
            throw new IllegalArgumentException(
                    "lethe.access.max-report-bytes is %s; write a size such as 10GB".formatted(maxReportBytes));
        }
    }
}
