package dev.lethe.demo;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Fetches an access report by its link, as the person would, opens it and holds it against its manifest. */
final class ReportCheck {

    private ReportCheck() {}

    /**
     * Says what is wrong with a report; empty if nothing is.
     *
     * @param mustHold texts about the person that belong into the report
     * @param mustNotHold texts about others
     */
    static String problemOf(URI link, List<String> mustHold, List<String> mustNotHold)
            throws IOException, InterruptedException {
        HttpResponse<byte[]> answer;
        try (HttpClient client = HttpClient.newHttpClient()) {
            answer = client.send(HttpRequest.newBuilder(link).build(), HttpResponse.BodyHandlers.ofByteArray());
        }
        if (answer.statusCode() != 200) {
            return "its link answers %d".formatted(answer.statusCode());
        }
        Map<String, byte[]> files = unzip(answer.body());
        if (!files.containsKey("manifest.json") || !files.containsKey("index.html")) {
            return "manifest.json or index.html is not in it";
        }
        JsonNode listed = new JsonMapper().readTree(files.get("manifest.json")).path("files");
        if (listed.size() != files.size() - 1) {
            return "the manifest lists %d files and not %d".formatted(listed.size(), files.size() - 1);
        }
        for (JsonNode entry : listed) {
            byte[] file = files.get(entry.path("file").stringValue());
            if (file == null || !sha256(file).equals(entry.path("sha256").stringValue())) {
                return "the sum of %s is not that of the manifest".formatted(entry.path("file"));
            }
        }
        return contents(files, mustHold, mustNotHold);
    }

    private static String contents(Map<String, byte[]> files, List<String> mustHold, List<String> mustNotHold) {
        var all = new StringBuilder();
        files.values().forEach(file -> all.append(new String(file, StandardCharsets.UTF_8)));
        if (!mustHold.stream().allMatch(text -> all.indexOf(text) >= 0)) {
            return "it does not hold all that is known of the person";
        }
        return mustNotHold.stream().anyMatch(text -> all.indexOf(text) >= 0) ? "it holds data of somebody else" : "";
    }

    private static Map<String, byte[]> unzip(byte[] archive) throws IOException {
        var files = new LinkedHashMap<String, byte[]>();
        try (var zip = new ZipInputStream(new ByteArrayInputStream(archive))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                files.put(entry.getName(), zip.readAllBytes());
            }
        }
        return files;
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
