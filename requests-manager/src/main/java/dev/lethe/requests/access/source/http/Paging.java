package dev.lethe.requests.access.source.http;

import dev.lethe.files.YamlSection.Value;
import dev.lethe.requests.access.source.SourceSection;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonPointer;

/** How one gets from one page of an answer to the next. */
sealed interface Paging {

    /** The answer is all there is. */
    record None() implements Paging {}

    /** @param at where the answer has the next page's URL; null if the header {@code Link} has it */
    record Links(@Nullable JsonPointer at) implements Paging {}

    /** @param at where the answer has what to ask the next page by */
    record Cursor(JsonPointer at, String parameter) implements Paging {}

    /** Pages count up until one has no records, or is not found. */
    record Numbers(String parameter, int first) implements Paging {}

    String EXAMPLE = "'{ by: cursor, at: /next, parameter: cursor }'";

    /** What an answer has beside its records, of which it may have none. */
    record Found(long records, @Nullable String pointed, List<String> links) {}

    /** Where in an answer something stands that leads on. */
    default @Nullable JsonPointer pointer() {
        return switch (this) {
            case Links links -> links.at();
            case Cursor cursor -> cursor.at();
            case None none -> null;
            case Numbers numbers -> null;
        };
    }

    default String first(String url) {
        return this instanceof Numbers(String parameter, int first)
                ? with(url, parameter, Integer.toString(first))
                : url;
    }

    /**
     * The next page's URL, as far as the answer says that there is one.
     *
     * @param url what the first page is asked by
     * @param current what this page was asked by
     * @param read how many pages were read, with this one
     * @throws IllegalArgumentException if what should lead on is no URL
     */
    default Optional<String> next(String url, URI current, int read, Found found) {
        String pointed = found.pointed() == null ? "" : found.pointed();
        return switch (this) {
            case None none -> Optional.empty();
            case Links(JsonPointer at) ->
                (at == null ? Link.next(found.links()) : Optional.of(pointed).filter(link -> !link.isEmpty()))
                        .map(link -> resolved(current, link));
            case Cursor(JsonPointer at, String parameter) ->
                pointed.isEmpty() ? Optional.empty() : Optional.of(with(url, parameter, pointed));
            case Numbers(String parameter, int first) ->
                found.records() == 0
                        ? Optional.empty()
                        : Optional.of(with(url, parameter, Integer.toString(first + read)));
        };
    }

    /** As RFC 3986 has it; {@link URI#resolve} takes the last segment away where a link is nothing but a query. */
    private static String resolved(URI current, String link) {
        if (!link.startsWith("?")) {
            return current.resolve(link).toString();
        }
        String page = current.toString();
        return page.substring(0, page.contains("?") ? page.indexOf('?') : page.length()) + link;
    }

    static String with(String url, String parameter, String value) {
        return url + (url.contains("?") ? "&" : "?") + Template.percentEncoded(parameter) + "="
                + Template.percentEncoded(value);
    }

    /** What {@code paging} says; what is wrong with it is noted. */
    static Paging read(SourceSection paging) {
        paging.yaml().allowOnly(List.of("by", "at", "parameter", "first", "pages"));
        paging.yaml().required("by", "link");
        String by = paging.oneOf("by", List.of("link", "cursor", "page"));
        if (!by.equals("page") && paging.yaml().has("first")) {
            paging.problem("has 'first', which only paging by page has; remove it");
        }
        if (by.equals("page") && paging.yaml().has("at")) {
            paging.problem("has 'at', which paging by page has no use for; remove it");
        }
        if (by.equals("link") && paging.yaml().has("parameter")) {
            paging.problem("has 'parameter', which paging by link has no use for; remove it");
        }
        return switch (by) {
            case "cursor" ->
                new Cursor(
                        paging.yaml()
                                .required("at", "/next")
                                .flatMap(at -> HttpSettings.pointer(paging, at))
                                .orElse(JsonPointer.empty()),
                        parameter(paging, "cursor"));
            case "page" -> new Numbers(parameter(paging, "page"), paging.number("first", 1, 0, 1));
            default ->
                new Links(paging.yaml()
                        .value("at")
                        .flatMap(at -> HttpSettings.pointer(paging, at))
                        .orElse(null));
        };
    }

    private static String parameter(SourceSection paging, String example) {
        return paging.yaml().required("parameter", example).map(Value::text).orElse(example);
    }
}
