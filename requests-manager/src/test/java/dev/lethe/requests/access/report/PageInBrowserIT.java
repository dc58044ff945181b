package dev.lethe.requests.access.report;

import static dev.lethe.requests.access.report.PackageTest.record;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lethe.requests.access.source.About;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code index.html} as a browser shows it. The pictures stay in {@code target}, to be looked at. */
class PageInBrowserIT {

    private static final Path PICTURES = Path.of("target", "pictures");
    private static final String RUN = "a script of the data was run";
    private static final String SCRIPT = "document.title='" + RUN + "'";
    private static final Pattern POLICY = Pattern.compile("<meta http-equiv=\"Content-Security-Policy\"[^>]*>");
    private static final Pattern CHECKED = Pattern.compile("<pre id=\"checked\">(.*?)</pre>", Pattern.DOTALL);

    @TempDir
    private static Path folder;

    private static Chromium browser;

    @BeforeAll
    static void open() throws IOException {
        Optional<Chromium> found = Chromium.find(folder);
        assumeTrue(
                found.isPresent(),
                "there is no Chromium on the PATH to look at the page with; on Debian: apt-get install chromium");
        browser = found.get();
        Files.createDirectories(PICTURES);
    }

    @ParameterizedTest
    @ValueSource(strings = {"en", "de"})
    void thePageCanBeSeen(String locale) throws Exception {
        Path page = page(report(locale).page());
        Path png = PICTURES.resolve("index_%s.png".formatted(locale)).toAbsolutePath();

        browser.picture(page, 1280, 3000, png);

        BufferedImage picture = ImageIO.read(png.toFile());
        var colours = new HashMap<Integer, Integer>();
        for (int y = 0; y < picture.getHeight(); y++) {
            for (int x = 0; x < picture.getWidth(); x++) {
                colours.merge(picture.getRGB(x, y), 1, Integer::sum);
            }
        }
        int area = picture.getWidth() * picture.getHeight();
        // Text is anti-aliased: many shades. A page without its style would have no tinted heads of tables
        assertThat(colours).hasSizeGreaterThan(50).containsKey(0xffeef1f5);
        assertThat(colours.get(0xffffffff)).isBetween(area / 4, area - area / 50);
    }

    @Test
    void thePageCanBePrinted() throws Exception {
        Path pdf = PICTURES.resolve("index.pdf").toAbsolutePath();

        browser.print(page(report("en").page()), pdf);

        assertThat(Files.readString(pdf, java.nio.charset.StandardCharsets.ISO_8859_1))
                .startsWith("%PDF-")
                .contains("/Type /Page");
    }

    @ParameterizedTest
    @ValueSource(strings = {"en", "de"})
    void axeFindsNothingThatKeepsPeopleOut(String locale) throws Exception {
        String axe = new String(
                Objects.requireNonNull(getClass().getResourceAsStream("/axe.min.js"))
                        .readAllBytes(),
                UTF_8);
        String checking = """
                <script>%s</script>
                <script>axe.run(document, { resultTypes: ['violations'] }).then(results => {
                  const pre = document.createElement('pre');
                  pre.id = 'checked';
                  pre.textContent = JSON.stringify({ passes: results.passes.map(each => each.id),
                    violations: results.violations.map(each => each.id + ': ' + each.nodes[0].html.slice(0, 200)) });
                  document.body.append(pre);
                })</script></body>""".formatted(axe);
        // The page's own policy lets no script run, not even this one
        String page = POLICY.matcher(report(locale).page()).replaceFirst("").replace("</body>", checking);

        Matcher checked = CHECKED.matcher(browser.elements(page(page)));

        assertThat(checked.find()).as("axe has come to an end").isTrue();
        JsonNode result = new JsonMapper()
                .readTree(checked.group(1)
                        .replace("&lt;", "<")
                        .replace("&gt;", ">")
                        .replace("&amp;", "&"));
        assertThat(result.get("violations").valueStream().map(JsonNode::asString))
                .isEmpty();
        assertThat(result.get("passes").valueStream().map(JsonNode::asString))
                .contains(
                        "document-title",
                        "html-has-lang",
                        "color-contrast",
                        "heading-order",
                        "scope-attr-valid",
                        "td-headers-attr",
                        "scrollable-region-focusable",
                        "link-name");
    }

    @Test
    void noScriptOfTheDataIsRun() throws Exception {
        String page = report("en").page();

        // With the policy, and without it by escaping alone
        assertThat(browser.elements(page(page))).contains("<title>Your personal data</title>");
        assertThat(browser.elements(page(POLICY.matcher(page).replaceFirst(""))))
                .contains("<title>Your personal data</title>");
        // What the test looks for would be seen
        assertThat(browser.elements(page("<title>x</title><img src=x onerror=\"" + SCRIPT + "\">")))
                .contains("<title>" + RUN);
        assertThat(browser.elements(page(page.replace("<h1>", "<img src=x onerror=\"" + SCRIPT + "\"><h1>"))))
                .as("the policy forbids what escaping might let through")
                .contains("<title>Your personal data</title>");
    }

    private static Path page(String html) throws IOException {
        return Files.writeString(Files.createTempDirectory(folder, "page").resolve("index.html"), html);
    }

    private static BuiltReport report(String locale) throws Exception {
        return BuiltReport.of(
                BuiltReport.PERSON,
                locale,
                GivenSource.named(
                                "profile",
                                (subject, records) -> records.record(record(
                                        "id",
                                        4711,
                                        "name",
                                        "\u0639\u0627\u0626\u0634\u0629 \u0628\u0646\u062a \u0639\u0628\u062f\u0627\u0644\u0644\u0647",
                                        "email",
                                        "aisha@example.com",
                                        "newsletter",
                                        true,
                                        "about",
                                        "Two lines\nof text",
                                        "settings",
                                        Map.of("theme", "dark"),
                                        "deleted_at",
                                        null)))
                        .explainedAs("Your account"),
                GivenSource.named("orders", (subject, records) -> {
                            for (int i = 1; i <= 8; i++) {
                                records.record(record(
                                        "number",
                                        1000 + i,
                                        "ordered_at",
                                        "2026-0%d-11T08:15:00Z".formatted(i),
                                        "total",
                                        new java.math.BigDecimal("19.90"),
                                        "currency",
                                        "EUR",
                                        "note",
                                        i == 3
                                                ? "<script>" + SCRIPT + "</script>"
                                                : i == 4 ? "=HYPERLINK(\"http://x\")" : "Leave it at the door",
                                        "</td><img src=x onerror=" + SCRIPT + ">",
                                        "\"'><svg onload=" + SCRIPT + ">"));
                            }
                        })
                        .explainedAs("Orders & <returns>"),
                GivenSource.named("wide", (subject, records) -> {
                            for (int row = 0; row < 3; row++) {
                                var wide = new LinkedHashMap<String, Object>();
                                IntStream.range(0, 30).forEach(i -> wide.put("column_" + i, "value " + i));
                                wide.put("large", "3 MB of this ".repeat(250_000));
                                records.record(wide);
                            }
                        })
                        .explainedAs("What we infer from it"),
                GivenSource.named("invoices", (subject, records) -> {
                            records.document(
                                    "Invoice 1001", "application/pdf", new ByteArrayInputStream(new byte[12_345]));
                            records.document(
                                    "\u0641\u0627\u062a\u0648\u0631\u0629 <1002>",
                                    "application/pdf",
                                    new ByteArrayInputStream(new byte[2_345_678]));
                        })
                        .explainedAs("Your invoices"),
                GivenSource.named("complaints", (subject, records) -> {}).explainedAs("Complaints and letters"),
                GivenSource.named("mail", (subject, records) -> {})
                        .explainedAs("Mails we sent")
                        .askingBy("subject.email", "subject.identities.customer"),
                new Unanswered(new About("history", "What you watched", 4, Map.of())),
                GivenSource.named("visits", (subject, records) -> {
                            for (int i = 0; i < 1_200; i++) {
                                records.record(record(
                                        "at",
                                        "2026-03-11T08:%02d:%02dZ".formatted(i / 60 % 60, i % 60),
                                        "ip",
                                        "192.0.2." + i % 256));
                            }
                        })
                        .explainedAs("Your visits"));
    }
}
