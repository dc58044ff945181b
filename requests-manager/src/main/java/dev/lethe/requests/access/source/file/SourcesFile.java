package dev.lethe.requests.access.source.file;

import dev.lethe.files.InvalidFile;
import dev.lethe.files.UserFile;
import dev.lethe.files.YamlSection;
import dev.lethe.requests.access.source.Secrets;
import dev.lethe.requests.access.source.Source;
import dev.lethe.requests.access.source.SourceSection;
import dev.lethe.requests.access.source.elastic.ElasticSource;
import dev.lethe.requests.access.source.http.HttpSource;
import dev.lethe.requests.access.source.sql.SqlSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/** Reads {@code sources.yaml}. Secrets are named in it and never written. */
public final class SourcesFile {

    private static final String EXAMPLE = "'profile: { via: sql, jdbc_url: ..., sql: ..., explain: Your account }'";

    /** The kinds of sources there are, by what {@code via} says. */
    private static final Map<String, Function<SourceSection, Optional<Source>>> KINDS = new TreeMap<>(
            Map.of("sql", SqlSource::read, "http", HttpSource::read, "elasticsearch", ElasticSource::read));

    private SourcesFile() {}

    /**
     * @param name how messages call the file
     * @throws InvalidFile with every problem
     */
    public static List<Source> read(String name, String yaml, Secrets secrets) {
        var file = UserFile.named(name);
        var sources = new ArrayList<Source>();
        YamlSection root = file.parse(yaml);
        if (!file.hasProblems()) {
            root.allowOnly(List.of("sources"));
            root.section("sources", EXAMPLE).ifPresent(all -> all.namedSections(EXAMPLE)
                    .forEach((source, section) -> source(new SourceSection(source, section, file, secrets))
                            .ifPresent(sources::add)));
        }
        file.check();
        return sources;
    }

    private static Optional<Source> source(SourceSection section) {
        Optional<YamlSection.Value> via = section.yaml().required("via", "sql");
        if (via.isEmpty()) {
            return Optional.empty();
        }
        var kind = KINDS.get(via.get().text());
        if (kind == null) {
            section.problem(
                    via.get(),
                    "expected one of %s, found '%s'"
                            .formatted(
                                    String.join(", ", KINDS.keySet()), via.get().text()));
            return Optional.empty();
        }
        return kind.apply(section);
    }
}
