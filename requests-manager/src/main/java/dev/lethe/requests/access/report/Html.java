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

    /** Most of a text is plain, and is taken over piece by piece. */
    Html text(String text, int length) {
        int plain = 0;
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (isPlain(c)) {
                continue;
            }
            html.append(text, plain, i);
            if (Character.isHighSurrogate(c) && i + 1 < length && Character.isLowSurrogate(text.charAt(i + 1))) {
                html.append(c).append(text.charAt(++i));
            } else {
                html.append(replaced(c));
            }
            plain = i + 1;
        }
        html.append(text, plain, Math.max(plain, length));
        return this;
    }

    private static boolean isPlain(char c) {
        return c < 0x7f
                ? c >= ' ' && c != '&' && c != '<' && c != '>' && c != '"' && c != '\''
                : c >= 0xa0 && !Character.isSurrogate(c);
    }

    private static String replaced(char c) {
        return switch (c) {
            case '&' -> "&amp;";
            case '<' -> "&lt;";
            case '>' -> "&gt;";
            case '"' -> "&quot;";
            case '\'' -> "&#39;";
            case '\t', '\n', '\r' -> String.valueOf(c);
            default -> "\ufffd";
        };
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
