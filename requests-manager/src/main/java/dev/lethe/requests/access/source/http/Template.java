package dev.lethe.requests.access.source.http;

import dev.lethe.messages.Subject;
import dev.lethe.requests.access.source.SubjectField;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.io.JsonStringEncoder;

/** A text in which <code>{subject.id}</code> and the like stand for the person; they can say nothing else than who it is. */
record Template(String text, Into into) {

    /** In a URL, where braces can mean nothing else. */
    static final Pattern REFERENCE_IN_URL = Pattern.compile("\\{([^}]*)}");

    /** In a body, which may have braces of its own. */
    static final Pattern REFERENCE_IN_BODY = Pattern.compile("\\{(subject[^}\\s\"]*)}");

    private static final Pattern PLACEHOLDER = Pattern.compile("\\{(" + SubjectField.NAME + ")}");

    /** What the text is part of, and how a value is written there. */
    enum Into {
        URL {
            @Override
            String encoded(String value) {
                return percentEncoded(value);
            }
        },
        FORM {
            @Override
            String encoded(String value) {
                return percentEncoded(value);
            }
        },
        /** Within quotation marks, which the template has. */
        JSON {
            @Override
            String encoded(String value) {
                return new String(JsonStringEncoder.getInstance().quoteAsCharArray(value));
            }
        };

        abstract String encoded(String value);
    }

    Set<String> fields() {
        var fields = new TreeSet<String>();
        PLACEHOLDER.matcher(text).results().forEach(found -> fields.add(found.group(1)));
        return fields;
    }

    /** @throws UnusableField if the person lacks a field, or has one that would name another resource */
    String of(Subject subject) throws UnusableField {
        var filled = new StringBuilder();
        Matcher placeholder = PLACEHOLDER.matcher(text);
        while (placeholder.find()) {
            String value = SubjectField.of(subject, placeholder.group(1)).orElse("");
            // As a segment of a path nothing and dots lead elsewhere
            if (value.isEmpty() || into == Into.URL && (value.equals(".") || value.equals(".."))) {
                throw new UnusableField(placeholder.group(1));
            }
            placeholder.appendReplacement(filled, Matcher.quoteReplacement(into.encoded(value)));
        }
        return placeholder.appendTail(filled).toString();
    }

    static String percentEncoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** The message is the field's name. */
    static final class UnusableField extends Exception {

        private static final long serialVersionUID = 1L;

        UnusableField(String field) {
            super(field);
        }
    }
}
