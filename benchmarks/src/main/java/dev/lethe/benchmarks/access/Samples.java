package dev.lethe.benchmarks.access;

import dev.lethe.benchmarks.access.Frontend.Asked;
import dev.lethe.benchmarks.servers.Servers;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reports of a batch that are fetched, opened and counted: one that is fast and wrong is worth nothing. */
final class Samples {

    private Samples() {}

    /**
     * Evenly chosen ones. Returns the bytes of each ZIP.
     *
     * @param records how many of each source every report must hold
     * @throws IllegalStateException if one is not what it should be
     */
    static List<Double> check(Stage stage, RequestsManager ours, Batch batch, Map<String, Long> records)
            throws Exception {
        List<Asked> requests = batch.requests();
        int number = Math.min(stage.scale().samples(), requests.size());
        var bytes = new ArrayList<Double>();
        for (int n = 0; n < number; n++) {
            UUID request =
                    requests.get((int) ((long) n * requests.size() / number)).id();
            Download download = fetch(stage, ours, request);
            check(ReportFile.open(download.file()), records);
            bytes.add((double) download.bytes());
            Files.delete(download.file());
        }
        return bytes;
    }

    static void check(ReportFile report, Map<String, Long> records) {
        if (!report.records().equals(records)) {
            throw new IllegalStateException(
                    "a report holds %s records, expected %s".formatted(report.records(), records));
        }
    }

    /** @throws IllegalStateException if its sum is not the one that was registered */
    static Download fetch(Stage stage, RequestsManager ours, UUID request) throws Exception {
        URI link = stage.frontend()
                .link(request)
                .orElseThrow(() -> new IllegalStateException("the frontend was not told of report " + request));
        Path to = stage.servers().folder().resolve("report.zip");
        Download download = Download.of(link, to);
        String registered = registeredSum(stage.servers(), ours.database(), request);
        if (!download.sha256().equals(registered)) {
            throw new IllegalStateException("report %s was registered with the sum %s, what was fetched has %s"
                    .formatted(request, registered, download.sha256()));
        }
        return download;
    }

    private static @Nullable String registeredSum(Servers servers, String database, UUID request) throws SQLException {
        try (Connection connection = servers.connect(database);
                PreparedStatement query =
                        connection.prepareStatement("select sha256 from report where request_id = ?")) {
            query.setObject(1, request);
            try (ResultSet row = query.executeQuery()) {
                return row.next() ? row.getString(1) : null;
            }
        }
    }
}
