package dev.lethe.benchmarks.peers;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import org.jspecify.annotations.Nullable;

/** What one writes first: take a row, publish it, wait for the confirm, delete the row, commit, again. */
final class NaivePeer implements Peer {

    private static final String NEXT = """
            select id, message_id, body
              from job
             where due_at <= now()
             order by due_at
             limit 1
               for update skip locked
            """;

    private final Place place;
    private final ConfirmedPublishing publishing;
    private volatile boolean stopping;
    private @Nullable Thread loop;

    NaivePeer(Place place) throws Exception {
        this.place = place;
        publishing = new ConfirmedPublishing(place);
        place.execute("""
                create table job (
                    id         bigint generated always as identity primary key,
                    due_at     timestamptz not null,
                    message_id text not null,
                    body       text not null)
                """, "create index job_due on job (due_at)");
    }

    @Override
    public String configuration() {
        return "one thread, one row per transaction, one confirm per row";
    }

    @Override
    public void load(int due, int future) throws Exception {
        if (place.isEmpty("job")) {
            insert("now() + interval '1 day' + n * interval '1 second'", future);
        }
        place.execute("delete from job where due_at <= now()");
        insert("now() + n * interval '1 microsecond'", due);
    }

    private void insert(String due, int rows) throws Exception {
        place.execute("""
                insert into job (due_at, message_id, body)
                select %s, %s, %s from generate_series(0, %d - 1) n
                """.formatted(due, Messages.ID, Messages.BODY, rows));
    }

    @Override
    public void start() {
        stopping = false;
        loop = Thread.ofPlatform().daemon().start(this::send);
    }

    private void send() {
        try (Connection connection = DriverManager.getConnection(place.jdbcUrl(), place.user(), place.password());
                PreparedStatement next = connection.prepareStatement(NEXT);
                PreparedStatement delete = connection.prepareStatement("delete from job where id = ?")) {
            connection.setAutoCommit(false);
            while (!stopping) {
                try (ResultSet row = next.executeQuery()) {
                    if (row.next()) {
                        publishing.publish(row.getString(2), row.getString(3).getBytes(UTF_8));
                        delete.setLong(1, row.getLong(1));
                        delete.executeUpdate();
                    }
                }
                connection.commit();
            }
        } catch (Exception e) {
            throw new IllegalStateException("the naive loop failed", e);
        }
    }

    @Override
    public void stop() throws InterruptedException {
        stopping = true;
        if (loop != null) {
            loop.join(10_000);
        }
    }

    @Override
    public String isDone() {
        return "select not exists (select from job where due_at <= now())";
    }

    @Override
    public void close() {
        publishing.close();
    }
}
