package dev.lethe.requests.access.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Properties;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

class TextsTest {

    private static final Pattern BLANK = Pattern.compile("%[,\\w]+");

    @SuppressWarnings("unused") // By its name
    private static final Iterable<String> LANGUAGES = Texts.LANGUAGES;

    @ParameterizedTest
    @FieldSource("LANGUAGES")
    void everyLanguageSaysTheSame(String language) {
        Properties english = Texts.load("en");
        Properties other = Texts.load(language);

        assertThat(other.keySet()).isEqualTo(english.keySet());
        english.stringPropertyNames()
                .forEach(key -> assertThat(blanks(other, key)).as(key).isEqualTo(blanks(english, key)));
    }

    private static java.util.List<String> blanks(Properties texts, String key) {
        return BLANK.matcher(texts.getProperty(key))
                .results()
                .map(found -> found.group())
                .toList();
    }

    @ParameterizedTest
    @CsvSource({"de,de", "de-AT,de", "de_CH,de", "en-US,en", "fr,en", "'',en", "<script>,en", ",en"})
    void whoSpeaksNoLanguageOfOursGetsEnglish(String tag, String language) {
        assertThat(Texts.of(tag).language()).isEqualTo(language);
    }
}
