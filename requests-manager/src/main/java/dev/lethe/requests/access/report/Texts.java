package dev.lethe.requests.access.report;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.FormatStyle;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The page's sentences in one language. A further language is a file {@code page_xx.properties} and its name in the list below. */
final class Texts {

    static final List<String> LANGUAGES = List.of("en", "de");

    private static final Map<String, Properties> ALL =
            LANGUAGES.stream().collect(Collectors.toMap(Function.identity(), Texts::load));

    private final Locale locale;
    private final Properties texts;

    private Texts(Locale locale) {
        this.locale = locale;
        this.texts = Objects.requireNonNull(ALL.get(locale.getLanguage()));
    }

    /** @param tag such as {@code de-AT}; English if there is none, or none that we speak */
    static Texts of(@Nullable String tag) {
        Locale wanted = tag == null ? Locale.ROOT : Locale.forLanguageTag(tag.replace('_', '-'));
        return new Texts(ALL.containsKey(wanted.getLanguage()) ? wanted.stripExtensions() : Locale.UK);
    }

    static Properties load(String language) {
        String name = "page_%s.properties".formatted(language);
        try (Reader file = new InputStreamReader(
                Objects.requireNonNull(Texts.class.getResourceAsStream(name), name), StandardCharsets.UTF_8)) {
            var texts = new Properties();
            texts.load(file);
            return texts;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** For {@code lang}. */
    String language() {
        return locale.getLanguage();
    }

    String get(String key, Object... values) {
        String text = texts.getProperty(key);
        if (text == null) {
            throw new IllegalArgumentException("page_%s.properties has no %s".formatted(language(), key));
        }
        return String.format(locale, text, values);
    }

    /** With {@code KEY.one} for one. */
    String counted(String key, long count) {
        return get(count == 1 ? key + ".one" : key, count);
    }

    String date(Instant time) {
        return DateTimeFormatter.ofLocalizedDateTime(FormatStyle.LONG, FormatStyle.SHORT)
                        .withLocale(locale)
                        .withZone(ZoneOffset.UTC)
                        .format(time)
                + " UTC";
    }

    String size(long bytes) {
        if (bytes < 1_000) {
            return counted("bytes", bytes);
        }
        double kilobytes = bytes / 1e3;
        return kilobytes < 1_000
                ? String.format(locale, "%,.0f kB", kilobytes)
                : String.format(locale, "%,.1f MB", kilobytes / 1e3);
    }
}
