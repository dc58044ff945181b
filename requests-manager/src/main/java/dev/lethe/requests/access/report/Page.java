package dev.lethe.requests.access.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;

/** {@code index.html}, which a person reads: opens from disk, asks nothing of any server, runs no script. */
final class Page {

    private static final int MOST_DOCUMENTS = 1_000;

    /** So many columns fit upon a sheet of paper as they are; more are made smaller. */
    private static final int NARROW = 8;

    private static final String STYLE = style();

    /** Nothing but this one style: not even data that had found a way around the escaping could load or run anything. */
    private static final String POLICY =
            "default-src 'none'; style-src 'sha256-%s'; base-uri 'none'; form-action 'none'".formatted(sha256(STYLE));

    private static final String HEAD = """
            <!doctype html>
            <html lang="%s">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="%s">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="referrer" content="no-referrer">
            <title>%s</title>
            <style>%s</style>
            </head>
            <body>
            """;

    private final Archive.Origin origin;
    private final Texts texts;
    private final List<Section> sections;
    private final Html html = new Html();

    Page(Archive.Origin origin, List<Section> sections) {
        this.origin = origin;
        this.texts = origin.texts();
        this.sections = sections;
    }

    void writeTo(OutputStream out) throws IOException {
        html.tags(HEAD.formatted(texts.language(), POLICY, texts.get("title"), STYLE));
        header();
        html.tags("<main>\n");
        missing();
        contents();
        for (Section section : sections) {
            section(section, out);
        }
        reading();
        html.tags("</main>\n</body>\n</html>\n");
        html.writeTo(out);
    }

    private void header() {
        html.tags("<header>\n<h1>").text(texts.get("title")).tags("</h1>\n<p>");
        html.text(texts.get("intro")).tags("</p>\n<dl class=\"facts\">\n");
        html.tags("<div><dt>").text(texts.get("made")).tags("</dt><dd><time datetime=\"");
        html.text(origin.madeAt().toString()).tags("\">");
        html.text(texts.date(origin.madeAt())).tags("</time></dd></div>\n");
        html.tags("<div><dt>").text(texts.get("request")).tags("</dt><dd><code>");
        html.text(origin.requestId().toString()).tags("</code></dd></div>\n");
        html.tags("<div><dt>").text(texts.get("regulation")).tags("</dt><dd>");
        html.text(origin.regulation().toUpperCase(Locale.ROOT)).tags("</dd></div>\n</dl>\n</header>\n");
    }

    /** What the person does not get comes before what they get. */
    private void missing() {
        List<Section> missing = sections.stream()
                .filter(section -> section.outcome() != Section.Outcome.READ)
                .toList();
        if (missing.isEmpty()) {
            return;
        }
        html.tags("<section class=\"note\" aria-labelledby=\"missing\">\n<h2 id=\"missing\">")
                .text(texts.get("missing"));
        html.tags("</h2>\n<p>").text(texts.get("missing.intro")).tags("</p>\n<ul>\n");
        for (Section section : missing) {
            html.tags("<li><b>").text(section.about().explanation()).tags("</b> ");
            html.text(
                            section.outcome() == Section.Outcome.NOT_ASKED
                                    ? texts.get("missing.not_asked", lacking(section))
                                    : texts.get("missing.not_answered"))
                    .tags("</li>\n");
        }
        html.tags("</ul>\n</section>\n");
    }

    private String lacking(Section section) {
        return section.lacking().stream()
                .map(field -> switch (field) {
                    case "subject.id" -> texts.get("field.id");
                    case "subject.email" -> texts.get("field.email");
                    default -> texts.get("field.identity", field.substring(field.lastIndexOf('.') + 1));
                })
                .collect(Collectors.joining(", "));
    }

    private void contents() {
        html.tags("<nav aria-labelledby=\"contents\">\n<h2 id=\"contents\">").text(texts.get("contents"));
        html.tags("</h2>\n<table class=\"contents\">\n<caption>").text(texts.get("contents.caption"));
        html.tags("</caption>\n<thead><tr>");
        columnHead("contents.place");
        columnHead("contents.records");
        columnHead("contents.documents");
        columnHead("contents.outcome");
        html.tags("</tr></thead>\n<tbody>\n");
        for (Section section : sections) {
            html.tags("<tr><th scope=\"row\"><a href=\"#").text(id(section)).tags("\">");
            html.text(section.about().explanation()).tags("</a></th>");
            boolean read = section.outcome() == Section.Outcome.READ;
            html.tags("<td class=\"n\">").text(read ? texts.get("number", section.records()) : "\u2013");
            html.tags("</td><td class=\"n\">")
                    .text(read ? texts.get("number", (long) section.documents().size()) : "\u2013");
            html.tags("</td><td>")
                    .text(texts.get("outcome." + outcome(section)))
                    .tags("</td></tr>\n");
        }
        html.tags("</tbody>\n</table>\n</nav>\n");
    }

    private static String outcome(Section section) {
        return isEmpty(section) ? "nothing" : section.outcome().name().toLowerCase(Locale.ROOT);
    }

    private static boolean isEmpty(Section section) {
        return section.outcome() == Section.Outcome.READ
                && section.records() == 0
                && section.documents().isEmpty();
    }

    private static String id(Section section) {
        return "source-" + section.about().name();
    }

    private void columnHead(String key) {
        html.tags("<th scope=\"col\">").text(texts.get(key)).tags("</th>");
    }

    private void section(Section section, OutputStream out) throws IOException {
        html.tags("<section aria-labelledby=\"").text(id(section)).tags("\">\n<h2 id=\"");
        html.text(id(section)).tags("\">").text(section.about().explanation()).tags("</h2>\n");
        html.tags("<p class=\"small\">").text(texts.get("source")).tags(": <code>");
        html.text(section.about().name()).tags("</code></p>\n");
        switch (section.outcome()) {
            case NOT_ASKED -> note(texts.get("source.not_asked", lacking(section)));
            case NOT_ANSWERED -> note(texts.get("source.not_answered"));
            case READ -> {
                if (isEmpty(section)) {
                    html.tags("<p>").text(texts.get("source.nothing")).tags("</p>\n");
                }
                PageRows rows = section.page();
                if (rows != null) {
                    records(section, rows, out);
                }
                documents(section);
                if (section.unusedIdentities() > 0) {
                    note(texts.counted("source.identities", section.unusedIdentities()));
                }
            }
        }
        html.tags("</section>\n");
        html.writeTo(out);
    }

    private void note(String text) {
        html.tags("<p class=\"note\">").text(text).tags("</p>\n");
    }

    private void small(String text) {
        html.tags("<p class=\"small\">").text(text).tags("</p>\n");
    }

    private void records(Section section, PageRows rows, OutputStream out) throws IOException {
        Columns columns = section.columns();
        int shown = PageRows.shownOf(columns);
        String caption =
                texts.get("table.caption", section.about().explanation(), texts.counted("records", section.records()));
        html.tags("<div class=\"table\" role=\"region\" tabindex=\"0\" aria-label=\"");
        html.text(texts.get("table.scroll", section.about().explanation())).tags("\">\n");
        html.tags(shown > NARROW ? "<table class=\"wide\">\n<caption>" : "<table>\n<caption>");
        html.text(caption).tags("</caption>\n");
        Object[] only = rows.onlyOne();
        if (only != null) {
            html.tags("<thead><tr>");
            columnHead("table.field");
            columnHead("table.value");
            html.tags("</tr></thead>\n<tbody>\n");
            for (int i = 0; i < shown; i++) {
                html.tags("<tr><th scope=\"row\" dir=\"auto\">")
                        .text(named(columns, i))
                        .tags("</th>");
                PageRows.cell(html, only[i]);
                html.tags("</tr>\n");
            }
        } else {
            html.tags("<thead><tr>");
            for (int i = 0; i < shown; i++) {
                html.tags("<th scope=\"col\" dir=\"auto\">")
                        .text(named(columns, i))
                        .tags("</th>");
            }
            html.tags("</tr></thead>\n<tbody>\n");
            html.writeTo(out);
            rows.writeTo(out);
        }
        html.tags("</tbody>\n</table>\n</div>\n");
        String all = section.about().name() + "/records.csv";
        if (rows.count() < section.records()) {
            small(texts.get("table.cut", (long) rows.count(), section.records(), all));
        }
        if (shown < columns.count()) {
            small(texts.get("table.columns", (long) shown, (long) columns.count(), all));
        }
        if (rows.hasCut()) {
            small(texts.get("table.long", (long) PageRows.LONGEST_TEXT));
        }
        html.tags("<p class=\"small\">").text(texts.get("files"));
        for (PackedFile file : section.files()) {
            html.tags(" ");
            link(file.name(), file.name());
            html.text(" (" + texts.size(file.bytes()) + ")");
        }
        html.tags("</p>\n");
    }

    /** A head without words would be none. */
    private static String named(Columns columns, int column) {
        String name = columns.name(column);
        return name.isBlank() ? "\u2013" : name;
    }

    private void link(String file, String text) {
        html.tags("<a href=\"").text(file).tags("\" dir=\"auto\">").text(text).tags("</a>");
    }

    private void documents(Section section) {
        List<Section.Document> documents = section.documents();
        if (documents.isEmpty()) {
            return;
        }
        html.tags("<table>\n<caption>")
                .text(texts.get("documents.caption", texts.counted("documents", documents.size())));
        html.tags("</caption>\n<thead><tr>");
        columnHead("documents.title");
        columnHead("documents.type");
        columnHead("documents.size");
        html.tags("</tr></thead>\n<tbody>\n");
        for (Section.Document document : documents.subList(0, Math.min(MOST_DOCUMENTS, documents.size()))) {
            PackedFile file = document.file();
            html.tags("<tr><td>");
            link(file.name(), document.title().isBlank() ? file.name() : document.title());
            html.tags("</td><td>").text(file.mediaType()).tags("</td><td class=\"n\">");
            html.text(texts.size(file.bytes())).tags("</td></tr>\n");
        }
        html.tags("</tbody>\n</table>\n");
        if (documents.size() > MOST_DOCUMENTS) {
            small(texts.get(
                    "documents.cut",
                    (long) MOST_DOCUMENTS,
                    (long) documents.size(),
                    section.about().name()));
        }
    }

    /** These sentences are ours, and have tags. */
    private void reading() {
        html.tags("<section aria-labelledby=\"reading\">\n<h2 id=\"reading\">").text(texts.get("reading"));
        html.tags("</h2>\n<ul>\n");
        for (String key : List.of("reading.csv", "reading.jsonl", "reading.manifest", "reading.private")) {
            html.tags("<li>").tags(texts.get(key)).tags("</li>\n");
        }
        html.tags("</ul>\n</section>\n");
    }

    private static String style() {
        try (InputStream css = Objects.requireNonNull(Page.class.getResourceAsStream("page.css"))) {
            return new String(css.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static String sha256(String text) {
        try {
            return Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
