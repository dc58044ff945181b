package dev.lethe.requests.access.storage;

import dev.lethe.outbox.CrashPoint;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reports in the database itself, as rows of 1 MiB: nothing else to run, and one backup of all. */
@Component
class PostgresStore implements Store {

    private static final Logger log = LoggerFactory.getLogger(PostgresStore.class);
    private static final Pattern LOCATION = Pattern.compile("postgres:([0-9a-f-]{36})/([0-9]{1,10})");

    /** Rows that one statement deletes, so that none takes long. */
    private static final int BATCH = 64;

    /**
     * No row if the claim is lost. The commit is not waited for: nobody sees a chunk before the report is registered, and that
     * commit, which is waited for, makes all before it durable too.
     */
    private static final String INSERT = """
            insert into report_chunk (request_id, epoch, number, bytes)
            select id, epoch, :number, :bytes
              from request
             where id = :requestId and epoch = :epoch and state = :inProgress
               and set_config('synchronous_commit', 'off', true) = 'off'
            """;

    private static final String READ = """
            select substring(bytes from :from for :length)
              from report_chunk
             where request_id = :requestId and epoch = :epoch and number = :number
            """;

    private static final String DELETE = """
            delete from report_chunk
             where ctid = any(array(
                   select ctid
                     from report_chunk
                    where request_id = :requestId and epoch = :epoch
                    limit :limit))
            """;

    private static final String DELETE_LEFTOVERS = """
            delete from report_chunk
             where ctid = any(array(
                   select chunk.ctid
                     from report_chunk as chunk
                    where not exists (
                          select from request
                           where id = chunk.request_id and epoch = chunk.epoch and state = :inProgress)
                      and not exists (
                          select from report
                           where report.request_id = chunk.request_id and report.epoch = chunk.epoch
                             and deleted_at is null)
                    limit :limit))
            """;

    private record Place(UUID requestId, int epoch) {

        String location() {
            return "postgres:%s/%d".formatted(requestId, epoch);
        }

        static Place of(String location) {
            Matcher matcher = LOCATION.matcher(location);
            if (!matcher.matches()) {
                throw new IllegalArgumentException("expected postgres:REQUEST/EPOCH, found '%s'".formatted(location));
            }
            return new Place(UUID.fromString(matcher.group(1)), Integer.parseInt(matcher.group(2)));
        }
    }

    private final JdbcClient jdbc;

    PostgresStore(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public String scheme() {
        return "postgres";
    }

    @Override
    public int blockSize() {
        return ReportKey.SEGMENT;
    }

    @Override
    public Upload begin(UUID requestId, int epoch) {
        return new Chunks(new Place(requestId, epoch));
    }

    @Override
    public byte[] read(String location, long from, int length) throws IOException {
        Place place = Place.of(location);
        var bytes = new ByteArrayOutputStream(length);
        try {
            while (bytes.size() < length) {
                long position = from + bytes.size();
                int within = (int) (position % ReportKey.SEGMENT);
                int now = Math.min(length - bytes.size(), ReportKey.SEGMENT - within);
                Optional<byte[]> chunk = jdbc.sql(READ)
                        .param("from", within + 1)
                        .param("length", now)
                        .param("requestId", place.requestId())
                        .param("epoch", place.epoch())
                        .param("number", (int) (position / ReportKey.SEGMENT))
                        .query((row, n) -> row.getBytes(1))
                        .optional();
                if (chunk.isEmpty() || chunk.get().length == 0) {
                    break;
                }
                bytes.writeBytes(chunk.get());
            }
        } catch (DataAccessException e) {
            throw failure("cannot read a report", e);
        }
        return bytes.toByteArray();
    }

    @Override
    public void delete(String location) throws IOException {
        try {
            delete(Place.of(location));
        } catch (DataAccessException e) {
            throw failure("cannot delete a report", e);
        }
    }

    private void delete(Place place) {
        int deleted;
        do {
            deleted = jdbc.sql(DELETE)
                    .param("requestId", place.requestId())
                    .param("epoch", place.epoch())
                    .param("limit", BATCH)
                    .update();
            CrashPoint.reached("storage.chunks-deleted");
        } while (deleted == BATCH);
    }

    @Override
    public int deleteLeftovers() throws IOException {
        int all = 0;
        try {
            int deleted;
            do {
                deleted = jdbc.sql(DELETE_LEFTOVERS)
                        .param("inProgress", IN_PROGRESS)
                        .param("limit", BATCH)
                        .update();
                all += deleted;
            } while (deleted == BATCH);
        } catch (DataAccessException e) {
            throw failure("cannot delete leftovers", e);
        }
        return all;
    }

    private static IOException failure(String what, DataAccessException cause) {
        return new IOException(what + ": " + cause.getClass().getSimpleName(), cause);
    }

    private final class Chunks extends Upload {

        private final Place place;
        private int number;

        Chunks(Place place) {
            super(place.location(), ReportKey.SEGMENT);
            this.place = place;
        }

        @Override
        void store(Piece piece, boolean last) throws IOException {
            if (piece.size() == 0) {
                return;
            }
            int stored;
            try {
                stored = jdbc.sql(INSERT)
                        .param("requestId", place.requestId())
                        .param("epoch", place.epoch())
                        .param("number", number)
                        .param("bytes", piece.toByteArray())
                        .param("inProgress", IN_PROGRESS)
                        .update();
            } catch (DataAccessException e) {
                throw failure("cannot store a report", e);
            }
            if (stored == 0) {
                throw new LostClaim(place.requestId(), place.epoch());
            }
            number++;
            CrashPoint.reached("storage.chunk-written");
        }

        @Override
        void abort() {
            try {
                delete(place);
            } catch (DataAccessException e) {
                log.atWarn()
                        .addKeyValue("event.action", "report-not-deleted")
                        .addKeyValue("error.type", e.getClass().getName())
                        .addKeyValue("lethe.request.id", place.requestId())
                        .log("what was stored of an unfinished report is deleted later");
            }
        }
    }
}
