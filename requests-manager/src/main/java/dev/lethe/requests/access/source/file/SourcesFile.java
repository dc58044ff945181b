package dev.lethe.requests.access.source.file;

import dev.lethe.files.InvalidFile;
import dev.lethe.files.UserFile;
import dev.lethe.files.YamlSection;
import dev.lethe.requests.access.source.Secrets;
import dev.lethe.requests.access.source.Source;
import dev.lethe.requests.access.source.SourceSection;
import dev.lethe.requests.access.source.amqp.ExportSource;
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
    private static final Map<String, Function<SourceSection, Optional<Source>>> KINDS = new TreeMap<>(Map.of(
            "amqp", ExportSource::read,
            "elasticsearch", ElasticSource::read,
            "http", HttpSource::read,
            "sql", SqlSource::read));

    /**
     * A source and how the file has it.
     *
     * @param kind what {@code via} says
     * @param line where it stands, counted from 1
     * @param key what messages call it
     */
    record Configured(Source source, String kind, int line, String key) {}

    private SourcesFile() {}

    /**
     * @param name how messages call the file
     * @throws InvalidFile with every problem
     */
    public static List<Source> read(String name, String yaml, Secrets secrets) {
        return read(name, yaml, secrets, false).stream().map(Configured::source).toList();
    }

    /** @param privateAllowed whether every source may have a private address, and not only those that say so */
    static List<Configured> read(String name, String yaml, Secrets secrets, boolean privateAllowed) {
        var file = UserFile.named(name);
        var sources = new ArrayList<Configured>();
        YamlSection root = file.parse(yaml);
        if (!file.hasProblems()) {
            root.allowOnly(List.of("sources"));
            root.section("sources", EXAMPLE)
                    .ifPresent(all -> all.namedSections(EXAMPLE).forEach((source, section) -> source(
                                    section, new SourceSection(source, section, file, secrets, privateAllowed))
                            .ifPresent(sources::add)));
        }
        // Of sources that are known only in part nobody could say what they wait for
        if (!file.hasProblems()) {
            Circles.note(sources, file);
        }
        try {
            file.check();
        } catch (InvalidFile e) {
            sources.forEach(source -> Sources.close(source.source()));
            throw e;
        }
        return List.copyOf(sources);
    }

    private static Optional<Configured> source(YamlSection yaml, SourceSection section) {
        Optional<YamlSection.Value> via = yaml.required("via", "sql");
        if (via.isEmpty()) {
            return Optional.empty();
        }
        String kind = via.get().text();
        var reader = KINDS.get(kind);
        if (reader == null) {
            section.problem(
                    via.get(), "expected one of %s, found '%s'".formatted(String.join(", ", KINDS.keySet()), kind));
            return Optional.empty();
        }
        return reader.apply(section).map(source -> new Configured(source, kind, yaml.line(), yaml.key()));
    }
}
