package dev.lethe.requests.access.report;

import dev.lethe.requests.access.source.Records;
import dev.lethe.requests.access.source.Source;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.json.JsonMapper;

/**
 * What one source gave: a JSON file for machines and a piece of the page for people, written side by side as the records come.
 * A page of a hundred thousand rows helps nobody, so it shows the first ones and says where the rest is.
 */
final class Section implements Records, AutoCloseable {

    private static final JsonMapper JSON = new JsonMapper();
    private static final int ROWS_ON_PAGE = 1_000;

    private final Source source;
    private final Path json;
    private final Path html;
    private final JsonGenerator generator;
    private final Writer page;
    private List<String> columns = List.of();
    private long count;

    Section(Source source, Path folder) throws IOException {
        this.source = source;
        this.json = folder.resolve(source.about().name() + ".json");
        this.html = folder.resolve(source.about().name() + ".html");
        this.generator = JSON.createGenerator(Files.newOutputStream(json));
        this.page = Files.newBufferedWriter(html);
        generator.writeStartObject();
        generator.writeStringProperty("source", source.about().name());
        generator.writeStringProperty("explanation", source.about().explanation());
        generator.writeArrayPropertyStart("records");
    }

    @Override
    public void record(Map<String, @Nullable Object> record) {
        try {
            JSON.writeValue(generator, record);
            if (count < ROWS_ON_PAGE) {
                row(record);
            }
            count++;
        } catch (JacksonException e) {
            throw new UncheckedIOException(new IOException("could not write a record", e));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void document(String title, String mediaType, InputStream content) {
        throw new UnsupportedOperationException("documents come with the new package");
    }

    private void row(Map<String, @Nullable Object> record) throws IOException {
        List<String> named = List.copyOf(record.keySet());
        if (!named.equals(columns)) {
            endTable();
            columns = named;
            page.write("<table>\n<thead><tr>");
            for (String column : columns) {
                page.write("<th scope=\"col\">" + Html.escape(column) + "</th>");
            }
            page.write("</tr></thead>\n<tbody>\n");
        }
        page.write("<tr>");
        for (Object value : record.values()) {
            page.write("<td>" + Html.escape(text(value)) + "</td>");
        }
        page.write("</tr>\n");
    }

    private void endTable() throws IOException {
        if (!columns.isEmpty()) {
            page.write("</tbody>\n</table>\n");
        }
    }

    private static String text(@Nullable Object value) {
        return switch (value) {
            case null -> "";
            case Map<?, ?> nested -> JSON.writeValueAsString(nested);
            case List<?> nested -> JSON.writeValueAsString(nested);
            default -> value.toString();
        };
    }

    /** Ends both files. */
    void end() throws IOException {
        generator.writeEndArray();
        generator.writeEndObject();
        generator.close();
        endTable();
        page.close();
    }

    @Override
    public void close() throws IOException {
        generator.close();
        page.close();
    }

    Source source() {
        return source;
    }

    Path json() {
        return json;
    }

    Path html() {
        return html;
    }

    long count() {
        return count;
    }

    boolean isCutOnPage() {
        return count > ROWS_ON_PAGE;
    }
}
