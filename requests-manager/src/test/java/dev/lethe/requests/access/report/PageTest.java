package dev.lethe.requests.access.report;

import static dev.lethe.requests.access.report.PackageTest.record;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.requests.access.source.About;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PageTest {

    private static final Pattern TAG = Pattern.compile("<(/?[a-z][a-z0-9]*)");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<script>alert(1)</script>",
                "</td></table><h1>Other",
                "\" onmouseover=\"alert(1)",
                "' onmouseover='alert(1)",
                "&lt;b&gt;",
                "javascript:alert(1)",
                "]]><!--",
                "{{x}}",
                "' or 1=1",
                "../../x",
                "*",
                "%s %n %",
                "$1 \\1",
                "=HYPERLINK(\"http://x\")",
            })
    void whateverIsHeldIsText(String nasty) throws Exception {
        var plain = page("x");
        var page = page(nasty);

        assertThat(page).contains(new Escaped(nasty).text());
        // The page has the very same elements as that of harmless data
        assertThat(TAG.matcher(page).results().map(tag -> tag.group(1)))
                .containsExactlyElementsOf(
                        TAG.matcher(plain).results().map(tag -> tag.group(1)).toList());
    }

    /** Everywhere where data may come to stand. */
    private static String page(String text) throws Exception {
        return BuiltReport.of(
                        GivenSource.named(
                                "one", (subject, records) -> records.record(record("a", text, text + "!", 1))),
                        GivenSource.named("two", (subject, records) -> {
                                    records.record(record("a", Map.of(text, text), text + "?", 1));
                                    records.record(record("a", text));
                                    records.document(text, text, InputStream.nullInputStream());
                                })
                                .explainedAs("All of " + text))
                .page();
    }

    private record Escaped(String data) {
        String text() {
            return data.replace("&", "&amp;")
                    .replace("<", "&lt;")
                    .replace(">", "&gt;")
                    .replace("\"", "&quot;")
                    .replace("'", "&#39;");
        }
    }

    @Test
    void whatNoBrowserShowsIsReplaced() throws Exception {
        String page = BuiltReport.of(GivenSource.named(
                        "all", (subject, records) -> records.record(record("a", "1\u00002\ud8003\u001b4\ud83d\ude00"))))
                .page();

        assertThat(page).contains("1\ufffd2\ufffd3\ufffd4\ud83d\ude00");
    }

    @ParameterizedTest
    @CsvSource({"999,999,false", "1000,1000,false", "1001,1000,true", "5000,1000,true"})
    void theFirstThousandRecordsAreShownAndItIsSaidWhereTheRestIs(int records, int rows, boolean cut) throws Exception {
        var report = BuiltReport.of(GivenSource.named("all", (subject, all) -> {
            for (int i = 0; i < records; i++) {
                all.record(record("number", i));
            }
        }));

        assertThat(Pattern.compile("<td class=\"n\">\\d+</td></tr>")
                        .matcher(report.page())
                        .results())
                .hasSize(rows);
        assertThat(report.page().contains("All of them are in all/records.csv")).isEqualTo(cut);
        assertThat(report.csv("all")).hasSize(records + 1);
    }

    @Test
    void largeCellsAndWideTablesAreCutAndItIsSaid() throws Exception {
        var report = BuiltReport.of(GivenSource.named("all", (subject, records) -> {
            var wide = new LinkedHashMap<String, Object>();
            IntStream.range(0, 100).forEach(i -> wide.put("column-" + i, "x".repeat(2_000)));
            for (int i = 0; i < 100; i++) {
                records.record(wide);
            }
        }));

        assertThat(report.page())
                .contains(
                        "The first 60 of 100 columns are shown",
                        "are cut after 500 characters",
                        "of 100 records are shown")
                .contains("column-59")
                .doesNotContain("column-60")
                .hasSizeLessThan(1_300_000);
        assertThat(report.records("all").get(99).get("column-99").asString()).hasSize(2_000);
    }

    @Test
    void theLanguageIsTheRequests() throws Exception {
        var unanswered = new Unanswered(new About("history", "Gesehenes", 1, Map.of()));

        String page = BuiltReport.of(BuiltReport.PERSON, "de-AT", unanswered).page();

        assertThat(page)
                .contains(
                        "<html lang=\"de\">",
                        "<h1>Ihre personenbezogenen Daten</h1>",
                        "hat nicht rechtzeitig geantwortet")
                .contains("3. Februar 2027", BuiltReport.REQUEST.toString(), "GDPR");
    }

    @Test
    void thatNothingIsHeldIsSaid() throws Exception {
        var report = BuiltReport.of(GivenSource.named("all", (subject, records) -> {}));

        assertThat(report.page()).contains("Nothing is held about you here.", "nothing is held");
        assertThat(report.files()).containsOnlyKeys("index.html", "manifest.json");
    }
}
