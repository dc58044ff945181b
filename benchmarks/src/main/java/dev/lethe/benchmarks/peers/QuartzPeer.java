package dev.lethe.benchmarks.peers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.io.InputStream;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.quartz.Job;
import org.quartz.JobBuilder;
import org.quartz.JobExecutionContext;
import org.quartz.JobExecutionException;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.impl.StdSchedulerFactory;

/** Quartz with its JDBC store: one durable job, and a trigger with data of its own for each message. */
final class QuartzPeer implements Peer {

    private static final String SCRIPT = "/org/quartz/impl/jdbcjobstore/tables_postgres.sql";
    private static final int BEST_THREADS = 25;

    /** Quartz hands times over as decimals; its own indexes, of big integers, are of no use to PostgreSQL then. */
    private static final String INDEX = """
            create index on qrtz_triggers (sched_name, trigger_state, (next_fire_time::numeric))
            """;

    /** Quartz makes its jobs itself. */
    private static @Nullable ConfirmedPublishing publishing;

    private final boolean best;
    private final Place place;
    private @Nullable Scheduler scheduler;

    /** One message. */
    public static final class Publish implements Job {
        @Override
        public void execute(JobExecutionContext context) throws JobExecutionException {
            try {
                requireNonNull(publishing)
                        .publish(
                                context.getTrigger().getKey().getName(),
                                context.getTrigger()
                                        .getJobDataMap()
                                        .getString("body")
                                        .getBytes(UTF_8));
            } catch (Exception e) {
                throw new JobExecutionException(e);
            }
        }
    }

    QuartzPeer(Place place) throws Exception {
        best = place.best();
        publishing = new ConfirmedPublishing(place);
        this.place = place;
        try (InputStream script = requireNonNull(getClass().getResourceAsStream(SCRIPT), "no tables for PostgreSQL")) {
            place.execute(new String(script.readAllBytes(), UTF_8));
            if (best) {
                place.execute(INDEX);
            }
        }
    }

    private Scheduler scheduler() throws SchedulerException {
        Scheduler made = new StdSchedulerFactory(properties()).getScheduler();
        made.addJob(
                JobBuilder.newJob(Publish.class)
                        .withIdentity("publish", "bench")
                        .storeDurably()
                        .build(),
                true);
        return made;
    }

    private Properties properties() {
        var properties = new Properties();
        properties.setProperty("org.quartz.scheduler.instanceName", "bench");
        properties.setProperty("org.quartz.scheduler.skipUpdateCheck", "true");
        properties.setProperty("org.quartz.jobStore.class", "org.quartz.impl.jdbcjobstore.JobStoreTX");
        properties.setProperty(
                "org.quartz.jobStore.driverDelegateClass", "org.quartz.impl.jdbcjobstore.PostgreSQLDelegate");
        properties.setProperty("org.quartz.jobStore.useProperties", "true");
        properties.setProperty("org.quartz.jobStore.dataSource", "db");
        properties.setProperty("org.quartz.dataSource.db.provider", "hikaricp");
        properties.setProperty("org.quartz.dataSource.db.driver", "org.postgresql.Driver");
        properties.setProperty("org.quartz.dataSource.db.URL", place.jdbcUrl());
        properties.setProperty("org.quartz.dataSource.db.user", place.user());
        properties.setProperty("org.quartz.dataSource.db.password", place.password());
        properties.setProperty("org.quartz.dataSource.db.maxConnections", String.valueOf(best ? BEST_THREADS + 3 : 10));
        properties.setProperty("org.quartz.threadPool.threadCount", String.valueOf(best ? BEST_THREADS : 10));
        if (best) {
            properties.setProperty(
                    "org.quartz.scheduler.batchTriggerAcquisitionMaxCount", String.valueOf(BEST_THREADS));
            properties.setProperty("org.quartz.jobStore.acquireTriggersWithinLock", "true");
            properties.setProperty("org.quartz.jobStore.misfireThreshold", "600000");
        }
        return properties;
    }

    @Override
    public String configuration() {
        return "JobStoreTX, PostgreSQLDelegate, HikariCP, useProperties; "
                + (best ? """
                        threadCount %1$d, batchTriggerAcquisitionMaxCount %1$d, acquireTriggersWithinLock, and an index of \
                        next_fire_time::numeric, as it hands times over""".formatted(BEST_THREADS) : "threadCount 10, batchTriggerAcquisitionMaxCount 1");
    }

    @Override
    public void load(int due, int future) throws Exception {
        scheduler = scheduler();
        if (place.isEmpty("qrtz_triggers")) {
            insert(
                    "gen_random_uuid()::text",
                    "extract(epoch from now() + interval '1 day')::bigint * 1000 + n",
                    future);
        }
        place.execute(
                "delete from qrtz_simple_triggers where trigger_name like '00000000-0000-0000-0000-%'",
                "delete from qrtz_triggers where trigger_name like '00000000-0000-0000-0000-%'");
        insert(Messages.ID, "(extract(epoch from now()) * 1000)::bigint - n % 10000", due);
    }

    private void insert(String name, String time, int rows) throws Exception {
        place.execute(
                """
                insert into qrtz_triggers (sched_name, trigger_name, trigger_group, job_name, job_group, next_fire_time,
                                           prev_fire_time, priority, trigger_state, trigger_type, start_time, end_time,
                                           misfire_instr, job_data)
                select 'bench', name, 'bench', 'publish', 'bench', time, -1, 5, 'WAITING', 'SIMPLE', time, 0, 0,
                       convert_to('body=' || body, 'UTF8')
                  from (select %s as name, %s as time, %s as body from generate_series(0, %d - 1) n) row
                """.formatted(name, time, Messages.BODY, rows),
                // Or its foreign keys are looked up by whatever index comes first
                "analyze qrtz_triggers",
                """
                insert into qrtz_simple_triggers (sched_name, trigger_name, trigger_group, repeat_count, repeat_interval,
                                                  times_triggered)
                select sched_name, trigger_name, trigger_group, 0, 0, 0
                  from qrtz_triggers trigger
                 where not exists (select from qrtz_simple_triggers simple where simple.trigger_name = trigger.trigger_name)
                """);
    }

    @Override
    public void start() throws Exception {
        requireNonNull(scheduler).start();
    }

    @Override
    public void stop() throws Exception {
        requireNonNull(scheduler).shutdown(true);
    }

    @Override
    public String isDone() {
        return """
                select not exists (select from qrtz_triggers where next_fire_time <= extract(epoch from now()) * 1000)
                   and not exists (select from qrtz_fired_triggers)
                """;
    }
}
