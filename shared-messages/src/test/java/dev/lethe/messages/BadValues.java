package dev.lethe.messages;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** JSON values at the edges of every rule: some are right for some field, none is right for all. */
final class BadValues {

    private static final String UUID = "0c9a4f6e-8f1b-4e62-b0c3-6a1d2e3f4a03";
    private static final String EMOJI = "\uD83D\uDE00";

    private BadValues() {}

    /** Each as it stands in a JSON text. What only the record can see, such as a lone surrogate or 1.0, is not among them. */
    static List<String> all() {
        return Stream.of(
                        Stream.of(
                                "null", "true", "false", "[]", "{}", "[null]", "[{}]", "[[]]", "[\"a\"]", "[\"A b\"]"),
                        Stream.of("0", "1", "-1", "1.5", "-0.5", "1e30", "2147483647", "2147483648"),
                        Stream.of("9223372036854775807", "9223372036854775808", "12345678901234567890123"),
                        Stream.of(
                                "{\"a\":\"b\"}",
                                "{\"A\":\"b\"}",
                                "{\"a\":null}",
                                "{\"a\":1}",
                                "{\"a\\n\":\"b\"}",
                                map(50),
                                map(51)),
                        texts().map(BadValues::quoted),
                        controls().map(BadValues::quoted),
                        times().map(BadValues::quoted),
                        Stream.of(
                                        UUID,
                                        UUID.toUpperCase(),
                                        "{" + UUID + "}",
                                        UUID.replace("-", ""),
                                        " " + UUID,
                                        UUID + "\\n")
                                .map(BadValues::quoted),
                        Stream.of("1-1-1-1-1", "DJpPbo8bTmKww2odLj9KAw==", "urn:uuid:" + UUID, UUID.replace('0', 'g'))
                                .map(BadValues::quoted),
                        urls().map(BadValues::quoted),
                        Stream.of("erased", "nothing_found", "retained", "failed", "exported", "access", "completed")
                                .flatMap(name -> Stream.of(name, name.toUpperCase(), " " + name, name + " "))
                                .map(BadValues::quoted))
                .flatMap(values -> values)
                .toList();
    }

    private static Stream<String> texts() {
        // Each on its own: all that looks blank, whether or not the rule counts it as white space
        var blank = Stream.concat(
                Stream.of("", "   "),
                IntStream.rangeClosed(' ', 0xffff)
                        .filter(character -> Character.isWhitespace(character)
                                || Character.isSpaceChar(character)
                                || Character.getType(character) == Character.FORMAT)
                        .mapToObj(Character::toString));
        var tokens =
                Stream.of("a", "a-b_c9", "GDPR", "Gdpr", "1a", "_a", "-a", "a b", "a.b", "\u00e4", "a\u0130", EMOJI);
        var lengths = IntStream.of(35, 36, 40, 41, 64, 65, 128, 129, 256, 257, 320, 321, 1024, 1025)
                .mapToObj(length -> Stream.of("a".repeat(length), EMOJI.repeat(length)))
                .flatMap(texts -> texts);
        return Stream.of(blank, tokens, lengths).flatMap(texts -> texts);
    }

    private static Stream<String> controls() {
        var alone = IntStream.concat(IntStream.range(0, 0x20), IntStream.range(0x7f, 0xa0))
                .mapToObj("\\u%04x"::formatted);
        return Stream.concat(alone, Stream.of("a\\u0000b", "a\\nb", "gdpr\\n", "a\\u007f", "a\\u0085"));
    }

    private static Stream<String> times() {
        return Stream.of(
                "2026-03-02T09:15:00Z",
                "2026-03-02t09:15:00z",
                "2026-03-02T09:15:00.123456789Z",
                "2026-03-02T09:15:00.1234567891Z",
                "2026-03-02T09:15:00,5Z",
                "2026-03-02T09:15:00.Z",
                "2026-03-02T09:15:00+05:30",
                "2026-03-02T09:15:00-14:00",
                "2026-03-02T09:15:00+14:59",
                "2026-03-02T09:15:00+15:00",
                "2026-03-02T09:15:00+0530",
                "2026-03-02T09:15:00+05",
                "2026-03-02T09:15:00[Europe/Berlin]",
                "2026-03-02T09:15:00",
                "2026-03-02T09:15Z",
                "2026-03-02 09:15:00Z",
                " 2026-03-02T09:15:00Z",
                "2026-03-02T09:15:00Z\\n",
                "2026-03-02T24:00:00Z",
                "2026-03-02T23:59:60Z",
                "2026-12-31T23:59:60Z",
                "2026-03-02T09:60:00Z",
                "2026-02-29T00:00:00Z",
                "2024-02-29T00:00:00Z",
                "2026-02-30T00:00:00Z",
                "2026-13-01T00:00:00Z",
                "2026-00-10T00:00:00Z",
                "2026-3-2T09:15:00Z",
                "2026-03-02",
                "1970-01-01T00:00:00Z",
                "1969-12-31T23:59:59Z",
                "0000-01-01T00:00:00Z",
                "0001-01-01T00:00:00Z",
                "9999-12-31T23:59:59.999999999Z",
                "10000-01-01T00:00:00Z",
                "+10000-01-01T00:00:00Z",
                "-0001-01-01T00:00:00Z",
                "1772442900",
                "1772442900.5");
    }

    private static Stream<String> urls() {
        return Stream.of(
                "https://example.com",
                "HTTP://example.com/",
                "https://example.com:8443/a/b?c=d%20e&f=[]#g",
                "https://example.com:8443/a/b?c=d%20e&f=%5B%5D#g",
                "https://[::1]:8443/a",
                "https://service_a/b",
                "https://example.com?x",
                "https://example.com#x",
                "https://",
                "https:///a",
                "https://?a",
                "https:a",
                "http",
                "//example.com/a",
                "/a",
                "a",
                "ftp://example.com/a",
                "file:///etc/hosts",
                "javascript:alert(1)",
                "mailto:ada@example.com",
                "urn:a:b",
                " https://example.com",
                "https://example.com ",
                "https://example.com/a b",
                "https://example.com/a\\\\b",
                "https://example.com/<a>",
                "https://example.com/%zz",
                "https://example.com/\u00e4",
                "https://b\u00fccher.example",
                "https://example.com/" + EMOJI);
    }

    private static String map(int size) {
        return IntStream.range(0, size)
                .mapToObj("\"k%d\":\"v\""::formatted)
                .toList()
                .toString()
                .replace('[', '{')
                .replace(']', '}');
    }

    private static String quoted(String text) {
        return '"' + text + '"';
    }
}
