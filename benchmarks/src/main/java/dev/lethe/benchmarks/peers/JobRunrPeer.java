package dev.lethe.benchmarks.peers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jobrunr.jobs.lambdas.JobRequest;
import org.jobrunr.jobs.lambdas.JobRequestHandler;
import org.jobrunr.jobs.mappers.JobMapper;
import org.jobrunr.scheduling.JobBuilder;
import org.jobrunr.scheduling.JobRequestScheduler;
import org.jobrunr.server.BackgroundJobServer;
import org.jobrunr.server.BackgroundJobServerConfiguration;
import org.jobrunr.server.configuration.DefaultBackgroundJobServerWorkerPolicy;
import org.jobrunr.storage.JobRunrMetadata;
import org.jobrunr.storage.StorageProvider;
import org.jobrunr.storage.sql.common.SqlStorageProviderFactory;
import org.jobrunr.utils.mapper.jackson3.Jackson3JsonMapper;
import org.jspecify.annotations.Nullable;

/** JobRunr (open source): a scheduled job for each message. Bulk fetching and updating belong to its paid edition. */
final class JobRunrPeer implements Peer {

    private static final int BEST_WORKERS = 100;

    /** JobRunr makes its handlers itself. */
    private static @Nullable ConfirmedPublishing publishing;

    private final boolean best;
    private final Place place;
    private @Nullable HikariDataSource pool;
    private @Nullable StorageProvider storage;
    private @Nullable BackgroundJobServer server;

    /** One message. */
    public record Message(String id, String body) implements JobRequest {
        @Override
        public Class<Handler> getJobRequestHandler() {
            return Handler.class;
        }
    }

    /** Sends it. */
    public static final class Handler implements JobRequestHandler<Message> {
        @Override
        public void run(Message message) throws Exception {
            requireNonNull(publishing).publish(message.id(), message.body().getBytes(UTF_8));
        }
    }

    JobRunrPeer(Place place) throws Exception {
        best = place.best();
        publishing = new ConfirmedPublishing(place);
        this.place = place;
    }

    @Override
    public String configuration() {
        return best
                ? "pollInterval 5 s (the least), %d workers, pool of 30 connections".formatted(BEST_WORKERS)
                : "pollInterval 15 s, as many workers as it chooses, pool of 10 connections";
    }

    @Override
    public void load(int due, int future) throws Exception {
        pool = place.pool(best ? 30 : 10);
        storage = SqlStorageProviderFactory.using(pool);
        storage.setJobMapper(new JobMapper(new Jackson3JsonMapper()));
        var jobs = new JobRequestScheduler(storage);
        if (place.isEmpty("jobrunr_jobs")) {
            // What a new installation writes when it first starts; without it all that is scheduled is migrated
            storage.saveMetadata(new JobRunrMetadata("database_version", "cluster", "6.0.0"));
            schedule(jobs, 1, Instant.now().plus(Duration.ofDays(1)));
            place.execute("""
                    insert into jobrunr_jobs (id, version, jobAsJson, jobSignature, state, createdAt, updatedAt, scheduledAt)
                    select made, version, replace(jobAsJson, id, made), jobSignature, state, createdAt, updatedAt,
                           scheduledAt + n * interval '1 second'
                      from jobrunr_jobs cross join (
                           select gen_random_uuid()::text as made, n from generate_series(2, %d) n) other
                    """.formatted(future));
        }
        place.execute("delete from jobrunr_jobs where scheduledAt is null or scheduledAt < now() + interval '1 hour'");
        schedule(jobs, due, Instant.now());
    }

    private static void schedule(JobRequestScheduler jobs, int rows, Instant time) {
        jobs.create(IntStream.range(0, rows).mapToObj(n -> JobBuilder.aJob()
                .scheduleAt(time)
                .withJobRequest(
                        new Message(new UUID(0, n).toString(), "%016d%016d%s".formatted(0, n, "x".repeat(268))))));
    }

    @Override
    public void start() {
        var configuration = BackgroundJobServerConfiguration.usingStandardBackgroundJobServerConfiguration();
        if (best) {
            configuration
                    .andPollInterval(Duration.ofSeconds(5))
                    .andBackgroundJobServerWorkerPolicy(new DefaultBackgroundJobServerWorkerPolicy(BEST_WORKERS));
        }
        server = new BackgroundJobServer(requireNonNull(storage), new Jackson3JsonMapper(), null, configuration);
        server.start();
    }

    @Override
    public void stop() {
        requireNonNull(server).stop();
        requireNonNull(storage).close();
        requireNonNull(pool).close();
    }

    @Override
    public String isDone() {
        return """
                select not exists (select from jobrunr_jobs where state in ('ENQUEUED', 'PROCESSING'))
                   and not exists (select from jobrunr_jobs where state = 'SCHEDULED' and scheduledAt <= now())
                """;
    }
}
