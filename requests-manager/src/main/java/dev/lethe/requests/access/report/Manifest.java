package dev.lethe.requests.access.report;

import java.io.OutputStream;
import java.util.List;
import java.util.Locale;
import tools.jackson.core.JsonGenerator;

/** The list of what is in a report, for machines: where it comes from, how each source came out, and each file's size and sum. */
final class Manifest {

    /** Counted up when a reader of the old form would misunderstand the new one. */
    private static final int FORM = 1;

    private Manifest() {}

    static void write(OutputStream out, Archive.Origin origin, PackedFile page, List<Section> sections) {
        try (JsonGenerator json = JsonText.indented(out)) {
            json.writeStartObject();
            json.writeNumberProperty("form", FORM);
            json.writeStringProperty("request_id", origin.requestId().toString());
            json.writeStringProperty("made_at", origin.madeAt().toString());
            json.writeStringProperty("regulation", origin.regulation());
            json.writeArrayPropertyStart("sources");
            sections.forEach(section -> source(json, section));
            json.writeEndArray();
            json.writeArrayPropertyStart("files");
            file(json, page);
            json.writeEndObject();
            for (Section section : sections) {
                for (PackedFile file : section.files()) {
                    file(json, file);
                    json.writeStringProperty("source", section.about().name());
                    json.writeEndObject();
                }
                for (Section.Document document : section.documents()) {
                    file(json, document.file());
                    json.writeStringProperty("source", section.about().name());
                    json.writeStringProperty("title", document.title());
                    json.writeEndObject();
                }
            }
            json.writeEndArray();
            json.writeEndObject();
        }
    }

    private static void source(JsonGenerator json, Section section) {
        json.writeStartObject();
        json.writeStringProperty("name", section.about().name());
        json.writeStringProperty("explanation", section.about().explanation());
        json.writeStringProperty("outcome", section.outcome().name().toLowerCase(Locale.ROOT));
        switch (section.outcome()) {
            case READ -> {
                json.writeNumberProperty("records", section.records());
                json.writeNumberProperty("documents", section.documents().size());
                if (section.unusedIdentities() > 0) {
                    json.writeNumberProperty("identities_not_used", section.unusedIdentities());
                }
            }
            case NOT_ASKED -> {
                json.writeArrayPropertyStart("lacking");
                section.lacking().forEach(json::writeString);
                json.writeEndArray();
            }
            case NOT_ANSWERED -> {}
        }
        json.writeEndObject();
    }

    private static void file(JsonGenerator json, PackedFile file) {
        json.writeStartObject();
        json.writeStringProperty("file", file.name());
        json.writeStringProperty("media_type", file.mediaType());
        json.writeNumberProperty("bytes", file.bytes());
        json.writeStringProperty("sha256", file.sha256());
    }
}
