package dev.lethe.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The documents point to what is there, and name what the code has. */
class DocsTest {

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#]+)(#[^)]*)?\\)");
    private static final Pattern COMMAND = Pattern.compile("`?\\./lethe ([a-z]+)");

    @Test
    void everyRelativeLinkLeadsSomewhere() throws IOException {
        var dead = new ArrayList<String>();
        List<Path> documents = documents();
        for (Path document : documents) {
            Matcher links = LINK.matcher(Files.readString(document));
            while (links.find()) {
                String target = links.group(1);
                if (!target.startsWith("http") && !Files.exists(document.resolveSibling(target))) {
                    dead.add(ROOT.relativize(document) + " -> " + target);
                }
            }
        }
        assertThat(documents).hasSizeGreaterThan(5);
        assertThat(dead).isEmpty();
    }

    @Test
    void everyCommandThatTheDocumentsNameIsOneOfTheLauncher() throws IOException {
        String launcher = Files.readString(ROOT.resolve("lethe"));
        for (Path document : documents()) {
            Matcher commands = COMMAND.matcher(Files.readString(document));
            while (commands.find()) {
                assertThat(launcher)
                        .as("%s names ./lethe %s", ROOT.relativize(document), commands.group(1))
                        .contains("./lethe " + commands.group(1));
            }
        }
    }

    private static List<Path> documents() throws IOException {
        try (Stream<Path> top = Files.list(ROOT);
                Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
            return Stream.concat(top, docs)
                    .filter(file -> file.toString().endsWith(".md"))
                    .toList();
        }
    }
}
