package dev.lethe.requests.access.report;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** HTML under way. What is not ours is escaped, and what no browser can show is replaced. */
final class Html {

    private final StringBuilder html = new StringBuilder(1 << 10);

    /** Ours: tags. */
    Html tags(String tags) {
        html.append(tags);
        return this;
    }

    /** Anything. */
    Html text(String text) {
        return text(text, text.length());
    }

    Html text(String text, int length) {
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> html.append("&amp;");
                case '<' -> html.append("&lt;");
                case '>' -> html.append("&gt;");
                case '"' -> html.append("&quot;");
                case '\'' -> html.append("&#39;");
                case '\t', '\n', '\r' -> html.append(c);
                default -> {
                    boolean pair = Character.isHighSurrogate(c)
                            && i + 1 < length
                            && Character.isLowSurrogate(text.charAt(i + 1));
                    if (pair) {
                        html.append(c).append(text.charAt(++i));
                    } else {
                        html.append(Character.isISOControl(c) || Character.isSurrogate(c) ? '\ufffd' : c);
                    }
                }
            }
        }
        return this;
    }

    int length() {
        return html.length();
    }

    /** Writes what is there and begins anew. */
    void writeTo(OutputStream out) throws IOException {
        out.write(html.toString().getBytes(StandardCharsets.UTF_8));
        html.setLength(0);
    }
}
