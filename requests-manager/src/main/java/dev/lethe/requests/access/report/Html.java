package dev.lethe.requests.access.report;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.util.List;
import org.springframework.web.util.HtmlUtils;

/** The page of a report: opens from disk, asks nothing of any server, runs no script. */
final class Html {

    private static final String HEAD = """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>Your personal data</title>
            <style>
            body { font: 16px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; color: #1a1a1a; background: #fff }
            h2 { margin-top: 2.5rem }
            table { border-collapse: collapse; margin: 1rem 0; display: block; overflow-x: auto }
            th, td { border: 1px solid #8a8a8a; padding: .3rem .6rem; text-align: start; vertical-align: top }
            th { background: #f0f0f0 }
            </style>
            </head>
            <body>
            <h1>Your personal data</h1>
            <p>Made on %s for request %s. Each part below is also in this archive as a JSON file; <code>manifest.json</code>
            lists all files with their SHA-256 sums.</p>
            """;

    private Html() {}

    static String escape(String text) {
        return HtmlUtils.htmlEscape(text, "UTF-8");
    }

    static void page(Writer out, String madeOn, String requestId, List<Section> sections) throws IOException {
        out.write(HEAD.formatted(escape(madeOn), escape(requestId)));
        out.write("<ul>\n");
        for (Section section : sections) {
            out.write("<li><a href=\"#%1$s\">%2$s</a>: %3$d records</li>\n"
                    .formatted(
                            section.source().about().name(),
                            escape(section.source().about().explanation()),
                            section.count()));
        }
        out.write("</ul>\n");
        for (Section section : sections) {
            out.write("<h2 id=\"%s\">%s</h2>\n"
                    .formatted(
                            section.source().about().name(),
                            escape(section.source().about().explanation())));
            if (section.count() == 0) {
                out.write("<p>Nothing is held about you here.</p>\n");
            }
            try (var rows = Files.newBufferedReader(section.html())) {
                rows.transferTo(out);
            }
            if (section.isCutOnPage()) {
                out.write("<p>These are the first records of %d; all are in <code>%s.json</code>.</p>\n"
                        .formatted(section.count(), section.source().about().name()));
            }
        }
        out.write("</body>\n</html>\n");
    }
}
