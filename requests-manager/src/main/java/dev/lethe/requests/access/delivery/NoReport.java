package dev.lethe.requests.access.delivery;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.util.HtmlUtils;
import tools.jackson.databind.json.JsonMapper;

/** What somebody gets whose link leads to no report: a page to read, or problem details (RFC 9457) for a program that asks for JSON. */
@Component
class NoReport {

    /** Why there is none. What is unknown and what ran out is told apart for whoever once had the right link, and for nobody else. */
    enum Why {
        UNKNOWN(
                HttpStatus.NOT_FOUND,
                "No report under this link",
                "Please check that the link is complete: it ends with 43 letters, digits, hyphens or underscores."),
        RUN_OUT(
                HttpStatus.GONE,
                "This report is not there any more",
                "A report with your personal data is kept only for some days, and is then deleted."),
        USED_UP(
                HttpStatus.GONE,
                "This link has been used up",
                "A report can be fetched only so many times, so that a link that gets into other hands does little harm."),
        UNREADABLE(
                HttpStatus.SERVICE_UNAVAILABLE,
                "The report cannot be read at the moment",
                "Please try again later. This try was not counted.");

        private final HttpStatus status;
        private final String title;
        private final String text;

        Why(HttpStatus status, String title, String text) {
            this.status = status;
            this.title = title;
            this.text = text;
        }
    }

    private static final String PAGE = """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>%1$s</title>
            <style>body { font: 16px/1.5 system-ui, sans-serif; max-width: 40rem; margin: 3rem auto; padding: 0 1rem; color: #1a1a1a; background: #fff }</style>
            </head>
            <body>
            <main>
            <h1>%1$s</h1>
            <p>%2$s</p>
            %3$s</main>
            </body>
            </html>
            """;

    private static final String HOW =
            "To get your data, ask for it again %s. A new report is made, and you get a new link to it.";

    private static final JsonMapper JSON = new JsonMapper();

    private final @Nullable URI askAgain;

    NoReport(AskAgain askAgain) {
        this.askAgain = askAgain.askAgainUrl();
    }

    void answer(Why why, @Nullable String accept, boolean withBody, HttpServletResponse response) throws IOException {
        boolean json = wantsJson(accept);
        byte[] body = (json ? problem(why) : page(why)).getBytes(StandardCharsets.UTF_8);
        response.setStatus(why.status.value());
        response.setContentType(json ? MediaType.APPLICATION_PROBLEM_JSON_VALUE : "text/html;charset=UTF-8");
        response.setContentLength(body.length);
        response.setHeader(
                "Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'");
        response.setHeader("Vary", "Accept");
        if (withBody) {
            response.getOutputStream().write(body);
        }
    }

    private String page(Why why) {
        String where = askAgain == null
                ? "where you asked the first time"
                : "at <a href=\"%1$s\">%1$s</a>".formatted(HtmlUtils.htmlEscape(askAgain.toString(), "UTF-8"));
        String how = why == Why.UNREADABLE ? "" : "<p>%s</p>\n".formatted(HOW.formatted(where));
        return PAGE.formatted(why.title, why.text, how);
    }

    private String problem(Why why) {
        Map<String, Object> problem = new LinkedHashMap<>();
        problem.put("title", why.title);
        problem.put("status", why.status.value());
        String where = askAgain == null ? "where you asked the first time" : "at " + askAgain;
        problem.put("detail", why == Why.UNREADABLE ? why.text : why.text + " " + HOW.formatted(where));
        return JSON.writeValueAsString(problem);
    }

    /** Whether JSON comes before pages, in what is accepted most. */
    private static boolean wantsJson(@Nullable String accept) {
        if (accept == null) {
            return false;
        }
        try {
            List<MediaType> accepted = MediaType.parseMediaTypes(accept).stream()
                    .sorted(Comparator.comparingDouble(MediaType::getQualityValue)
                            .reversed())
                    .toList();
            for (MediaType type : accepted) {
                if (type.includes(MediaType.TEXT_HTML)) {
                    return false;
                }
                if (type.includes(MediaType.APPLICATION_JSON) || type.includes(MediaType.APPLICATION_PROBLEM_JSON)) {
                    return true;
                }
            }
        } catch (InvalidMediaTypeException unreadable) {
            return false;
        }
        return false;
    }
}
