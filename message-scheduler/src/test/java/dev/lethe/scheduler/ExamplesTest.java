package dev.lethe.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code docs/scheduler.md} quotes the examples word for word, and leaves out nothing that they mark for it. */
class ExamplesTest {

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Path EXAMPLES = ROOT.resolve("examples/scheduler");

    /** {@code # [name]} to {@code # [end]}, with whatever begins a comment there. */
    private static final Pattern PART =
            Pattern.compile("^ *(?:#|//) \\[(\\w+)]\\n(.*?)^ *(?:#|//) \\[end]$", Pattern.MULTILINE | Pattern.DOTALL);

    private static final Pattern QUOTATION = Pattern.compile(
            "^<!-- (examples/\\S+): ([\\w, ]+) -->\\n```\\w+\\n(.*?)```$", Pattern.MULTILINE | Pattern.DOTALL);

    @Test
    void theDocumentQuotesWhatTheExamplesSay() throws IOException {
        var quoted = new ArrayList<String>();
        Matcher quotations = QUOTATION.matcher(Files.readString(ROOT.resolve("docs/scheduler.md")));
        while (quotations.find()) {
            String file = quotations.group(1);
            List<String> names = List.of(quotations.group(2).split(", "));
            Map<String, String> parts = parts(ROOT.resolve(file));
            assertThat(parts).as(file).containsKeys(names.toArray(String[]::new));
            assertThat(quotations.group(3))
                    .as("%s: %s", file, names)
                    .isEqualTo(String.join("\n", names.stream().map(parts::get).toList()));
            names.forEach(name -> quoted.add(file + ": " + name));
        }
        assertThat(quoted).containsExactlyInAnyOrderElementsOf(everyPart());
    }

    private static List<String> everyPart() throws IOException {
        var all = new ArrayList<String>();
        try (Stream<Path> files = Files.walk(EXAMPLES)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                parts(file).keySet().forEach(name -> all.add(ROOT.relativize(file) + ": " + name));
            }
        }
        return all;
    }

    private static Map<String, String> parts(Path file) throws IOException {
        var parts = new LinkedHashMap<String, String>();
        Matcher matcher = PART.matcher(Files.readString(file));
        while (matcher.find()) {
            parts.put(matcher.group(1), matcher.group(2).stripTrailing().stripIndent() + "\n");
        }
        assertThat(parts).as("marked parts of " + file).isNotEmpty();
        return parts;
    }
}
