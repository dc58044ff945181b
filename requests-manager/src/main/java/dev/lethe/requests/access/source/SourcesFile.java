package dev.lethe.requests.access.source;

import dev.lethe.files.InvalidFile;
import dev.lethe.files.UserFile;
import dev.lethe.files.YamlSection;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads {@code sources.yaml}. Secrets are named in it, by the environment variable that holds them, and never written. */
final class SourcesFile {

    private static final String EXAMPLE = "'profile: { via: sql, jdbc_url: ..., sql: ..., explain: Your account }'";
    private static final Pattern SUBJECT_REFERENCE = Pattern.compile("[:{](subject[.\\w-]*)");
    private static final List<String> SQL_KEYS = List.of("via", "jdbc_url", "user", "password_env", "sql", "explain");
    private static final List<String> HTTP_KEYS = List.of("via", "url", "records", "bearer_env", "explain");

    private final UserFile file;
    private final UnaryOperator<@Nullable String> environment;

    private SourcesFile(UserFile file, UnaryOperator<@Nullable String> environment) {
        this.file = file;
        this.environment = environment;
    }

    /**
     * @param name how messages call the file
     * @param environment the values of environment variables
     * @throws InvalidFile with every problem
     */
    static List<Source> read(String name, String yaml, UnaryOperator<@Nullable String> environment) {
        var file = UserFile.named(name);
        var sources = new SourcesFile(file, environment).sources(file.parse(yaml));
        file.check();
        return sources;
    }

    private List<Source> sources(YamlSection root) {
        var sources = new ArrayList<Source>();
        if (file.hasProblems()) {
            return sources;
        }
        root.allowOnly(List.of("sources"));
        root.section("sources", EXAMPLE).ifPresent(all -> all.namedSections(EXAMPLE)
                .forEach((name, section) -> source(name, section).ifPresent(sources::add)));
        return sources;
    }

    private Optional<Source> source(String name, YamlSection section) {
        Optional<YamlSection.Value> via = section.required("via", "sql");
        return switch (via.map(YamlSection.Value::text).orElse("")) {
            case "sql" -> sql(name, section);
            case "http" -> http(name, section);
            case "" -> Optional.empty();
            default -> {
                file.problem(
                        via.orElseThrow().line(),
                        via.orElseThrow().key(),
                        "expected sql or http, found '%s'"
                                .formatted(via.orElseThrow().text()));
                yield Optional.empty();
            }
        };
    }

    private Optional<Source> sql(String name, YamlSection section) {
        section.allowOnly(SQL_KEYS);
        var jdbcUrl = section.required("jdbc_url", "\"jdbc:postgresql://host/database\"");
        var sql = section.required("sql", "\"select email from users where id = :subject.id\"");
        var explain = section.required("explain", "\"Your account\"");
        String password = section.value("password_env").map(this::secret).orElse(null);
        sql.ifPresent(this::checkSubjectReferences);
        jdbcUrl.filter(url -> !url.text().startsWith("jdbc:"))
                .ifPresent(url -> file.problem(
                        url.line(), url.key(), "expected a JDBC URL, such as jdbc:postgresql://host/database"));
        if (file.hasProblems()) {
            return Optional.empty();
        }
        return Optional.of(new SqlSource(
                name,
                text(explain),
                text(jdbcUrl),
                section.value("user").map(YamlSection.Value::text).orElse(null),
                password,
                text(sql)));
    }

    private Optional<Source> http(String name, YamlSection section) {
        section.allowOnly(HTTP_KEYS);
        var url = section.required("url", "\"https://billing.internal/users/{subject.id}\"");
        var explain = section.required("explain", "\"What you paid\"");
        var records = section.value("records");
        Map<String, String> headers = section.value("bearer_env")
                .map(variable -> Map.of("Authorization", "Bearer " + secret(variable)))
                .orElse(Map.of());
        url.ifPresent(this::checkUrl);
        records.filter(pointer -> !pointer.text().startsWith("/"))
                .ifPresent(pointer ->
                        file.problem(pointer.line(), pointer.key(), "expected a JSON pointer, such as \"/items\""));
        if (file.hasProblems()) {
            return Optional.empty();
        }
        return Optional.of(new HttpSource(
                name,
                text(explain),
                text(url),
                records.map(YamlSection.Value::text).orElse(""),
                headers));
    }

    private void checkUrl(YamlSection.Value url) {
        checkSubjectReferences(url);
        String withoutPlaceholders = url.text().replaceAll("\\{[^}]*}", "x");
        try {
            URI uri = URI.create(withoutPlaceholders);
            boolean placeholderInHost =
                    url.text().replaceAll("^\\w+://([^/]*).*", "$1").contains("{");
            if (uri.getHost() == null || !List.of("http", "https").contains(uri.getScheme()) || placeholderInHost) {
                file.problem(url.line(), url.key(), "expected an http or https URL with a host of its own");
            }
        } catch (IllegalArgumentException e) {
            file.problem(url.line(), url.key(), "expected a URL, such as https://billing.internal/users/{subject.id}");
        }
    }

    /** A statement or URL that names no subject would put somebody else's data into every report. */
    private void checkSubjectReferences(YamlSection.Value value) {
        Matcher references = SUBJECT_REFERENCE.matcher(value.text());
        boolean any = false;
        while (references.find()) {
            any = true;
            if (!SubjectField.NAME.matcher(references.group(1)).matches()) {
                file.problem(
                        value.line(),
                        value.key(),
                        "expected subject.id, subject.email or subject.identities.NAME, found '%s'"
                                .formatted(references.group(1)));
            }
        }
        if (!any) {
            file.problem(value.line(), value.key(), "must say whose data, by subject.id, subject.email or an identity");
        }
    }

    private String secret(YamlSection.Value variable) {
        String secret = environment.apply(variable.text());
        if (secret == null || secret.isEmpty()) {
            file.problem(
                    variable.line(),
                    variable.key(),
                    "the environment variable %s is not set; set it to the secret".formatted(variable.text()));
            return "";
        }
        return secret;
    }

    private static String text(Optional<YamlSection.Value> value) {
        return value.map(YamlSection.Value::text).orElseThrow();
    }
}
