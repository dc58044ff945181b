package dev.lethe.requests.access.report;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lethe.requests.access.source.About;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class PackageTest {

    private static final GivenSource ACCOUNT = GivenSource.named("account", (subject, records) -> {
        records.record(record("name", "Ada", "born", 1815));
        records.record(record("name", "Ada King", "born", 1815));
    });
    private static final GivenSource INVOICES = GivenSource.named("invoices", (subject, records) -> {
        records.document(
                "Invoice 7/2026 ../../x", "application/pdf", new ByteArrayInputStream("%PDF-".getBytes(UTF_8)));
        records.document("<script>", "text/html", new ByteArrayInputStream("<script>".getBytes(UTF_8)));
    });
    private static final GivenSource NOTHING = GivenSource.named("nothing", (subject, records) -> {});

    @Test
    void filesHaveNamesOfOursAndStandInTheOrderOfTheSources() throws Exception {
        var report = BuiltReport.of(INVOICES, NOTHING, ACCOUNT);

        assertThat(report.files().keySet())
                .containsExactly(
                        "index.html",
                        "manifest.json",
                        "invoices/1.pdf",
                        "invoices/2.bin",
                        "account/records.jsonl",
                        "account/records.csv");
    }

    @Test
    void theManifestTellsOfEachSourceAndSumsUpEachFile() throws Exception {
        var report = BuiltReport.of(
                ACCOUNT,
                INVOICES,
                NOTHING,
                GivenSource.named("mail", (subject, records) -> {})
                        .askingBy("subject.email", "subject.identities.mailing"),
                new Unanswered(new About("history", "All of history", 4, Map.of())));
        JsonNode manifest = report.manifest();

        assertThat(manifest.get("request_id").asString()).isEqualTo(BuiltReport.REQUEST.toString());
        assertThat(manifest.get("made_at").asString()).isEqualTo(BuiltReport.MADE_AT.toString());
        assertThat(manifest.get("regulation").asString()).isEqualTo("gdpr");
        assertThat(manifest.get("sources")).isEqualTo(new JsonMapper().readTree("""
                [ { "name": "account", "explanation": "All of account", "outcome": "read", "records": 2, "documents": 0 },
                  { "name": "invoices", "explanation": "All of invoices", "outcome": "read", "records": 0, "documents": 2 },
                  { "name": "nothing", "explanation": "All of nothing", "outcome": "read", "records": 0, "documents": 0 },
                  { "name": "mail", "explanation": "All of mail", "outcome": "not_asked",
                    "lacking": [ "subject.email", "subject.identities.mailing" ] },
                  { "name": "history", "explanation": "All of history", "outcome": "not_answered" } ]
                """));
        var listed = manifest.get("files").valueStream().toList();
        assertThat(listed.stream().map(file -> file.get("file").asString()))
                .containsExactlyElementsOf(report.files().keySet().stream()
                        .filter(name -> !name.equals("manifest.json"))
                        .toList());
        for (JsonNode file : listed) {
            byte[] bytes = report.files().get(file.get("file").asString());
            assertThat(file.get("bytes").asInt()).isEqualTo(bytes.length);
            assertThat(file.get("sha256").asString())
                    .isEqualTo(HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)));
        }
    }

    @Test
    void twoReportsOfTheSameDataAreTheSameBytes() throws Exception {
        assertThat(BuiltReport.of(ACCOUNT, INVOICES).zip())
                .isEqualTo(BuiltReport.of(ACCOUNT, INVOICES).zip());
    }

    @Test
    void otherProgramsOpenTheArchive(@TempDir Path folder) throws Exception {
        Path file = Files.write(
                folder.resolve("report.zip"), BuiltReport.of(ACCOUNT, INVOICES).zip());

        try (var zip = new ZipFile(file.toFile())) {
            assertThat(zip.size()).isEqualTo(6);
            assertThat(zip.getInputStream(zip.getEntry("account/records.csv")).readAllBytes())
                    .startsWith(0xef, 0xbb, 0xbf);
        }
    }

    @Test
    void linesHoldTheRecordsAsTheyAre() throws Exception {
        var record = record(
                "text",
                "a \"b\", <c>\n\u202e\ud83d\ude00",
                "number",
                -1.5,
                "large",
                1L << 60,
                "yes",
                true,
                "none",
                null,
                "nested",
                Map.of("list", List.of(1, "x")));
        var report = BuiltReport.of(GivenSource.named("all", (subject, records) -> {
            records.record(record);
            records.record(Map.of());
        }));

        assertThat(report.text("all/records.jsonl")).endsWith("}\n").contains("\ud83d\ude00");
        assertThat(report.records("all"))
                .containsExactly(new JsonMapper().valueToTree(record), new JsonMapper().readTree("{}"));
    }

    static Stream<Arguments> cells() {
        return Stream.of(
                Arguments.of(null, ""),
                Arguments.of("", "\"\""),
                Arguments.of("plain", "plain"),
                Arguments.of("a,b", "\"a,b\""),
                Arguments.of("a \"b\"", "\"a \"\"b\"\"\""),
                Arguments.of(-5, "-5"),
                Arguments.of(-1.5, "-1.5"),
                Arguments.of(true, "true"),
                Arguments.of("=HYPERLINK(\"http://x\")", "\"'=HYPERLINK(\"\"http://x\"\")\""),
                Arguments.of("+49 30 1", "'+49 30 1"),
                Arguments.of("-5", "'-5"),
                Arguments.of("@SUM(A1)", "'@SUM(A1)"),
                Arguments.of("  =1+1", "\"  '=1+1\""),
                Arguments.of("\u00a0=1+1", "\u00a0'=1+1"),
                Arguments.of("\ufeff=1+1", "\ufeff'=1+1"),
                Arguments.of("\uff1d1+1", "'\uff1d1+1"),
                Arguments.of("\t=1+1", "\"'\t'=1+1\""),
                Arguments.of("a;=1+1", "\"a;'=1+1\""),
                Arguments.of("a\t @x", "\"a\t '@x\""),
                Arguments.of("1=1", "1=1"),
                Arguments.of("' or 1=1", "' or 1=1"),
                Arguments.of("*", "*"),
                Arguments.of("%", "%"),
                Arguments.of("../../x", "../../x"),
                Arguments.of("a\u0000b\u0007", "a\ufffdb\ufffd"),
                Arguments.of("\ud800x", "\ufffdx"),
                Arguments.of("x\udc00", "x\ufffd"),
                Arguments.of("\ud83d\ude00", "\ud83d\ude00"),
                Arguments.of("\u0639\u0627\u0626\u0634\u0629", "\u0639\u0627\u0626\u0634\u0629"),
                Arguments.of("<script>alert(1)</script>", "<script>alert(1)</script>"),
                Arguments.of(List.of("=1", 2), "\"[\"\"=1\"\",2]\""),
                Arguments.of("x".repeat(10_000), "x".repeat(10_000)));
    }

    @ParameterizedTest
    @MethodSource("cells")
    void aCellIsNoFormulaAndStillReadable(Object value, String expected) throws Exception {
        var report = BuiltReport.of(
                GivenSource.named("all", (subject, records) -> records.record(record("a", 1, "b", value))));

        assertThat(report.csv("all")).containsExactly("a,b", "1," + expected);
    }

    @Test
    void aCellWithLineBreaksStaysOneCell() throws Exception {
        var report = BuiltReport.of(
                GivenSource.named("all", (subject, records) -> records.record(record("a", "1\r\n=2\n3"))));

        assertThat(report.text("all/records.csv")).isEqualTo("\ufeffa\r\n\"1\r\n'=2\n3\"\r\n");
    }

    @Test
    void columnsThatComeLateAreInTheHeadAndInEveryLine() throws Exception {
        var report = BuiltReport.of(GivenSource.named("all", (subject, records) -> {
            records.record(record("a,\"", "x\r\ny", "b", 1));
            records.record(record("b", 2));
            records.record(record("c", "=3", "b", 3));
            records.record(record("a,\"", "\"", "d", 4));
        }));

        assertThat(report.text("all/records.csv"))
                .isEqualTo("\ufeff\"a,\"\"\",b,c,d\r\n\"x\r\ny\",1,,\r\n,2,,\r\n,3,'=3,\r\n\"\"\"\",,,4\r\n");
        assertThat(report.records("all")).hasSize(4);
    }

    @Test
    void columnsThatComeLateInALongFileAreInEveryLine() throws Exception {
        int count = 20_000;
        var report = BuiltReport.of(GivenSource.named("all", (subject, records) -> {
            for (int i = 0; i < count; i++) {
                records.record(i < count / 2 ? record("a", i, "t", "x,\"\n".repeat(3)) : record("a", i, "b", i));
            }
        }));

        String[] lines = report.text("all/records.csv").split("\r\n");
        assertThat(lines).hasSize(count + 1);
        assertThat(lines[0]).isEqualTo("\ufeffa,t,b");
        assertThat(lines[1]).isEqualTo("0,\"" + "x,\"\"\n".repeat(3) + "\",");
        assertThat(lines[count]).isEqualTo("%1$d,,%1$d".formatted(count - 1));
        for (JsonNode file : report.manifest().get("files")) {
            assertThat(file.get("sha256").asString())
                    .isEqualTo(HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256")
                                    .digest(report.files().get(file.get("file").asString()))));
        }
    }

    @Test
    void fieldNamesThatAreDataMakeNoEndlessTable() throws Exception {
        var report = BuiltReport.of(GivenSource.named("all", (subject, records) -> {
            for (int i = 0; i < 2_000; i++) {
                records.record(record("field" + i, i));
            }
            records.record(record("n".repeat(1_000), 1));
        }));

        assertThat(report.csv("all").getFirst().split(",")).hasSize(501).endsWith("field499", "(other fields)");
        assertThat(report.csv("all").get(600)).endsWith(",\"{\"\"field599\"\":599}\"");
        assertThat(report.records("all")).hasSize(2_001);
    }

    static Map<String, Object> record(Object... namesAndValues) {
        var record = new LinkedHashMap<String, Object>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            record.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return Collections.unmodifiableMap(record);
    }
}
