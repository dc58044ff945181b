package dev.lethe.benchmarks.peers;

import static java.util.Objects.requireNonNull;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerBuilder;
import com.github.kagkarlsson.scheduler.serializer.Serializer;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** db-scheduler: a one-time task for each message. */
final class DbSchedulerPeer implements Peer {

    private static final int BEST_THREADS = 50;

    private final boolean best;
    private final Place place;
    private final ConfirmedPublishing publishing;
    private final OneTimeTask<byte[]> task;
    private @Nullable HikariDataSource pool;
    private @Nullable Scheduler scheduler;

    /** The data are bytes already. */
    private static final class Bytes implements Serializer {
        @Override
        public byte[] serialize(Object data) {
            return (byte[]) data;
        }

        @Override
        public <T> T deserialize(Class<T> type, byte[] bytes) {
            return type.cast(bytes);
        }
    }

    DbSchedulerPeer(Place place) throws Exception {
        best = place.best();
        this.place = place;
        publishing = new ConfirmedPublishing(place);
        task = Tasks.oneTime("publish", byte[].class).execute((instance, context) -> {
            try {
                publishing.publish(instance.getId(), instance.getData());
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        // Its documented table, with all the indexes that it recommends
        place.execute(
                """
                create table scheduled_tasks (
                    task_name text not null, task_instance text not null, task_data bytea,
                    execution_time timestamptz not null, picked boolean not null, picked_by text,
                    last_success timestamptz, last_failure timestamptz, consecutive_failures int,
                    last_heartbeat timestamptz, version bigint not null, priority smallint,
                    primary key (task_name, task_instance))
                """,
                "create index on scheduled_tasks (execution_time)",
                "create index on scheduled_tasks (last_heartbeat)",
                "create index on scheduled_tasks (priority desc, execution_time)");
    }

    @Override
    public String configuration() {
        return best
                ? "threads(%d), pollUsingLockAndFetch(1.0, 8.0), pollingInterval(100 ms), pool of %d connections"
                        .formatted(BEST_THREADS, BEST_THREADS + 4)
                : "as built by Scheduler.create: 10 threads, fetch, polls every 10 s; pool of 10 connections";
    }

    @Override
    public void load(int due, int future) throws Exception {
        if (place.isEmpty("scheduled_tasks")) {
            insert("gen_random_uuid()::text", "now() + interval '1 day' + n * interval '1 second'", future);
        }
        place.execute("delete from scheduled_tasks where execution_time <= now()");
        insert(Messages.ID, "now() + n * interval '1 microsecond'", due);
        pool = place.pool(best ? BEST_THREADS + 4 : 10);
        SchedulerBuilder builder = Scheduler.create(pool, task).serializer(new Bytes());
        if (best) {
            builder.threads(BEST_THREADS).pollUsingLockAndFetch(1.0, 8.0).pollingInterval(Duration.ofMillis(100));
        }
        scheduler = builder.build();
    }

    private void insert(String instance, String time, int rows) throws Exception {
        place.execute("""
                insert into scheduled_tasks (task_name, task_instance, task_data, execution_time, picked, version)
                select 'publish', %s, convert_to(%s, 'UTF8'), %s, false, 1 from generate_series(0, %d - 1) n
                """.formatted(instance, Messages.BODY, time, rows));
    }

    @Override
    public void start() {
        requireNonNull(scheduler).start();
    }

    @Override
    public void stop() {
        requireNonNull(scheduler).stop();
        requireNonNull(pool).close();
    }

    @Override
    public String isDone() {
        return "select not exists (select from scheduled_tasks where execution_time <= now())";
    }

    @Override
    public void close() {
        publishing.close();
    }
}
