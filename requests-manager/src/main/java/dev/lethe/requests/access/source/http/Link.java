package dev.lethe.requests.access.source.http;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The header {@code Link} (RFC 8288). */
final class Link {

    private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]++";
    private static final String QUOTED = "\"(?:[^\"\\\\]|\\\\.)*+\"";
    private static final String PARAMETER = "\\s*+;\\s*+(" + TOKEN + ")\\s*+(?:=\\s*+(" + QUOTED + "|[^\\s\",;]++))?+";
    private static final Pattern LINK = Pattern.compile("<([^>]*+)>((?:" + PARAMETER + ")*+)");
    private static final Pattern ONE_PARAMETER = Pattern.compile(PARAMETER);

    private Link() {}

    /** Where the next page is, if one of these headers says so. */
    static Optional<String> next(List<String> headers) {
        return headers.stream()
                .flatMap(header -> LINK.matcher(header).results())
                .filter(link -> isNext(link.group(2)))
                .map(link -> link.group(1))
                .findFirst();
    }

    private static boolean isNext(String parameters) {
        Matcher parameter = ONE_PARAMETER.matcher(parameters);
        while (parameter.find()) {
            if (parameter.group(1).equalsIgnoreCase("rel") && parameter.group(2) != null) {
                // Only the first counts
                return Arrays.asList(parameter
                                .group(2)
                                .replace("\"", "")
                                .toLowerCase(Locale.ROOT)
                                .split("\\s+"))
                        .contains("next");
            }
        }
        return false;
    }
}
