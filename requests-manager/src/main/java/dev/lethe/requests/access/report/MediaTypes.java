package dev.lethe.requests.access.report;

import java.util.Locale;
import java.util.Map;

/** The endings of documents' names. HTML and SVG are left out on purpose: a browser would run what is in them. */
final class MediaTypes {

    private static final String BYTES = "application/octet-stream";

    private static final Map<String, String> ENDINGS = Map.ofEntries(
            Map.entry("application/pdf", "pdf"),
            Map.entry("application/json", "json"),
            Map.entry("application/x-ndjson", "jsonl"),
            Map.entry("application/xml", "xml"),
            Map.entry("application/zip", "zip"),
            Map.entry("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
            Map.entry("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"),
            Map.entry("application/vnd.oasis.opendocument.spreadsheet", "ods"),
            Map.entry("application/vnd.oasis.opendocument.text", "odt"),
            Map.entry("audio/mpeg", "mp3"),
            Map.entry("audio/ogg", "ogg"),
            Map.entry("image/gif", "gif"),
            Map.entry("image/jpeg", "jpg"),
            Map.entry("image/png", "png"),
            Map.entry("image/webp", "webp"),
            Map.entry("message/rfc822", "eml"),
            Map.entry("text/calendar", "ics"),
            Map.entry("text/csv", "csv"),
            Map.entry("text/plain", "txt"),
            Map.entry("text/vcard", "vcf"),
            Map.entry("text/xml", "xml"),
            Map.entry("video/mp4", "mp4"));

    private MediaTypes() {}

    /** Without parameters, in lower case; bytes if the report does not know it. */
    static String known(String mediaType) {
        int end = mediaType.indexOf(';');
        String type =
                (end < 0 ? mediaType : mediaType.substring(0, end)).strip().toLowerCase(Locale.ROOT);
        return ENDINGS.containsKey(type) ? type : BYTES;
    }

    static String ending(String known) {
        return ENDINGS.getOrDefault(known, "bin");
    }
}
