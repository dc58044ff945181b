package dev.lethe.requests.access.report;

import dev.lethe.messages.Subject;
import dev.lethe.requests.access.source.About;
import dev.lethe.requests.access.source.Records;
import dev.lethe.requests.access.source.SourceFailure;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.exc.JacksonIOException;

/**
 * What one source gave: records for machines, for spreadsheets and for the page, written side by side as they come, and documents. What
 * goes wrong meanwhile is kept, whatever the source makes of the exception: a section that lost a record is never whole.
 */
final class Section implements Records, AutoCloseable {

    /** How it came out. */
    enum Outcome {
        READ,
        NOT_ASKED,
        NOT_ANSWERED
    }

    /** @param title what the source calls it */
    record Document(PackedFile file, String title) {}

    private static final int MOST_DOCUMENTS = 10_000;
    private static final int LONGEST_TITLE = 300;

    private final About about;
    private final WorkSpace space;
    private final Allowance allowance;
    private final FoundIdentities identities;
    private final Columns columns = new Columns();
    private final List<PackedFile> files = new ArrayList<>();
    private final List<Document> documents = new ArrayList<>();
    private Outcome outcome = Outcome.READ;
    private List<String> lacking = List.of();
    private @Nullable Spool linesSpool;
    private @Nullable PackedFile lines;
    private @Nullable JsonGenerator json;
    private @Nullable CsvFile csv;
    private @Nullable PageRows page;
    private @Nullable Spool documentsSpool;
    private long records;
    private @Nullable Exception broken;

    Section(About about, WorkSpace space, Allowance allowance) {
        this.about = about;
        this.space = space;
        this.allowance = allowance;
        this.identities = new FoundIdentities(about.identities());
    }

    /** @param lacking the fields that the person has not, such as {@code subject.email} */
    void notAsked(List<String> lacking) {
        this.outcome = Outcome.NOT_ASKED;
        this.lacking = List.copyOf(lacking);
    }

    void notAnswered() {
        outcome = Outcome.NOT_ANSWERED;
    }

    @Override
    public void record(Map<String, @Nullable Object> record) {
        refuseIfBroken();
        try {
            if (json == null) {
                begin();
            }
            JsonText.write(Objects.requireNonNull(json), record);
            @Nullable Object[] cells = columns.cells(record);
            Objects.requireNonNull(csv).line(cells, columns);
            if (page != null && !page.isFull()) {
                page.row(cells, columns);
            }
            if (!about.identities().isEmpty()) {
                identities.lookInto(record);
            }
            records++;
        } catch (JacksonIOException e) {
            throw broken(e.getCause() == null ? new IOException(e) : e.getCause());
        } catch (IOException | RuntimeException e) {
            throw broken(e);
        }
    }

    private void begin() {
        linesSpool = space.spool();
        lines = new PackedFile(about.name() + "/records.jsonl", "application/x-ndjson", linesSpool, allowance);
        json = JsonText.lines(lines);
        csv = new CsvFile(about.name() + "/records.csv", space, allowance);
        page = new PageRows(space);
    }

    @Override
    public void document(String title, String mediaType, InputStream content) {
        refuseIfBroken();
        if (documents.size() == MOST_DOCUMENTS) {
            throw broken(
                    new SourceFailure(about.name(), "gave more than %d documents".formatted(MOST_DOCUMENTS), null));
        }
        if (documentsSpool == null) {
            documentsSpool = space.spool();
        }
        String known = MediaTypes.known(mediaType);
        String name = "%s/%d.%s".formatted(about.name(), documents.size() + 1, MediaTypes.ending(known));
        try (var file = new PackedFile(name, known, documentsSpool, allowance)) {
            copy(content, file);
            file.end();
            documents.add(new Document(file, JsonText.wellFormed(shortened(title))));
        } catch (IOException e) {
            throw broken(e);
        }
    }

    private void copy(InputStream content, PackedFile file) throws IOException {
        byte[] block = new byte[16 << 10];
        while (true) {
            int some;
            try {
                some = content.read(block);
            } catch (IOException e) {
                throw broken(new SourceFailure(about.name(), "a document broke off", e));
            }
            if (some < 0) {
                return;
            }
            file.write(block, 0, some);
        }
    }

    private static String shortened(String title) {
        return title.length() > LONGEST_TITLE ? title.substring(0, LONGEST_TITLE) + "\u2026" : title;
    }

    private UncheckedIOException broken(Exception e) {
        broken = e;
        return new UncheckedIOException(new IOException("the section of source %s broke".formatted(about.name())));
    }

    private void refuseIfBroken() {
        if (broken != null) {
            throw broken(broken);
        }
    }

    /** Fails if anything that was given to it is not in it. */
    void check() throws SourceFailure, IOException, InterruptedException {
        switch (broken) {
            case null -> {}
            case SourceFailure failure -> throw failure;
            case Allowance.Exceeded e -> throw new SourceFailure(about.name(), e.reason(), null);
            case InterruptedIOException e -> throw new InterruptedException();
            case ClosedByInterruptException e -> throw new InterruptedException();
            case IOException e -> throw e;
            default -> throw new SourceFailure(about.name(), "gave a record that cannot be written as JSON", broken);
        }
    }

    /** Ends the files; the section is whole when this has returned. */
    void end() throws IOException, SourceFailure, InterruptedException {
        check();
        try {
            if (json != null && lines != null && csv != null) {
                json.writeRaw('\n');
                json.close();
                lines.end();
                files.add(lines);
                files.add(csv.end(columns));
            }
        } catch (JacksonException | IOException e) {
            broken(e instanceof JacksonIOException wrapped && wrapped.getCause() != null ? wrapped.getCause() : e);
            check();
        }
    }

    About about() {
        return about;
    }

    Outcome outcome() {
        return outcome;
    }

    List<String> lacking() {
        return lacking;
    }

    long records() {
        return records;
    }

    Columns columns() {
        return columns;
    }

    /** Null if there are no records. */
    @Nullable
    PageRows page() {
        return page;
    }

    List<PackedFile> files() {
        return files;
    }

    List<Document> documents() {
        return documents;
    }

    Subject withFoundIdentities(Subject subject) {
        return identities.addTo(subject);
    }

    long unusedIdentities() {
        return identities.unused();
    }

    /** Every part, though the first may fail. */
    @Override
    public void close() throws IOException {
        try (Spool first = linesSpool;
                PackedFile second = lines;
                CsvFile third = csv;
                PageRows fourth = page;
                Spool fifth = documentsSpool) {
            files.clear();
        }
    }
}
