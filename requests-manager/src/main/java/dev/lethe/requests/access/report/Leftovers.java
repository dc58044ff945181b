package dev.lethe.requests.access.report;

import dev.lethe.requests.access.AccessProperties;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.util.FileSystemUtils;

/**
 * Deletes what a crash, or an outage while a report was being finished, left in the folder of reports: personal data that no
 * link leads to and no worker knows of. Whose file it is stands in its name, and that nobody needs it is certain at any time,
 * because an epoch that is over does not come again. What is of no request of ours is not touched.
 */
@Component
class Leftovers {

    private static final Logger log = LoggerFactory.getLogger(Leftovers.class);

    /** As {@link Reports} names files and folders: request, epoch, something random. */
    private static final Pattern OURS = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}-[0-9]{1,9}-.+");

    private static final String DEAD = """
            select entry
              from unnest(:entries) as entry
              join request on request.id = substr(entry, 1, 36)::uuid
             where not (state = 'in_progress' and epoch = split_part(substr(entry, 38), '-', 1)::integer)
               and not exists (select from report where file = entry and deleted_at is null)
            """;

    private static final int BATCH = 500;

    private final Path folder;
    private final JdbcClient jdbc;

    Leftovers(AccessProperties properties, JdbcClient jdbc) {
        this.folder = properties.reports().toAbsolutePath();
        this.jdbc = jdbc;
    }

    @Scheduled(
            initialDelayString = "${lethe.access.leftovers-check:10m}",
            fixedDelayString = "${lethe.access.leftovers-check:10m}")
    void deleteOrWait() {
        try {
            deleteIn(folder);
            deleteIn(folder.resolve(Reports.WORK));
        } catch (IOException | DataAccessException e) {
            log.atWarn()
                    .addKeyValue("event.action", "leftovers-not-deleted")
                    .addKeyValue("error.type", e.getClass().getName())
                    .log("cannot look for leftovers now: {}", e.getClass().getSimpleName());
        }
    }

    private void deleteIn(Path parent) throws IOException {
        if (!Files.isDirectory(parent)) {
            return;
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(
                parent, entry -> OURS.matcher(entry.getFileName().toString()).matches())) {
            var batch = new ArrayList<String>();
            for (Path entry : entries) {
                batch.add(entry.getFileName().toString());
                if (batch.size() == BATCH) {
                    deleteDead(parent, batch);
                    batch.clear();
                }
            }
            deleteDead(parent, batch);
        }
    }

    private void deleteDead(Path parent, List<String> entries) throws IOException {
        List<String> dead = jdbc.sql(DEAD)
                .param("entries", entries.toArray(String[]::new))
                .query(String.class)
                .list();
        for (String entry : dead) {
            if (FileSystemUtils.deleteRecursively(parent.resolve(entry))) {
                log.atWarn()
                        .addKeyValue("event.action", "leftover-deleted")
                        .addKeyValue("file.name", entry)
                        .log("deleted what an ended worker left: {}", entry);
            }
        }
    }
}
