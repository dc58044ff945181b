package dev.lethe.demo.sample;

import java.text.Normalizer;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** People for the demo; the same ones every time. */
public final class SamplePeople {

    private static final List<String> FIRST_NAMES = List.of(
            "Ada", "Boris", "Chloé", "Dmitri", "Elena", "Farid", "Grace", "Hiro", "Inès", "Jonas", "Kamala", "Luís",
            "Mei", "Nadia", "Oskar", "Priya", "Quentin", "Rosa", "Søren");
    private static final List<String> LAST_NAMES = List.of(
            "Abbot", "Brandt", "Costa", "Dupont", "Eriksen", "Fischer", "García", "Haddad", "Ivanova", "Jensen", "Kim",
            "Larsen", "Moreau", "Nowak", "Okafor", "Petrov", "Rossi", "Silva", "Tanaka", "Ueda", "Vidal", "Weber",
            "Zhou");
    private static final int FIRST_ID = 1001;

    private SamplePeople() {}

    /** The first {@code n} of them: {@code u-1001}, {@code u-1002} and so on. */
    public static List<Person> named(int n) {
        return IntStream.range(0, n).mapToObj(SamplePeople::person).toList();
    }

    private static Person person(int i) {
        String first = FIRST_NAMES.get(i % FIRST_NAMES.size());
        String last = LAST_NAMES.get(i % LAST_NAMES.size());
        int number = FIRST_ID + i;
        return new Person(
                "u-" + number,
                first + " " + last,
                "%s.%s.%d@example.com".formatted(plain(first), plain(last), number),
                "C-%06d".formatted(200_000 + 7 * i));
    }

    private static String plain(String name) {
        return Normalizer.normalize(name, Normalizer.Form.NFD)
                .replaceAll("\\p{M}", "")
                .replace("ø", "o")
                .toLowerCase(Locale.ROOT);
    }
}
