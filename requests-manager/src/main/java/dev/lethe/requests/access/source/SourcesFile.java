package dev.lethe.requests.access.source;

import dev.lethe.files.InvalidFile;
import dev.lethe.files.UserFile;
import dev.lethe.files.YamlSection;
import java.net.URI;
import java.sql.DriverManager;
import java.sql.SQLException;
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
    /** In a statement; two colons are a cast. */
    private static final Pattern SQL_REFERENCE = Pattern.compile("(?<!:):(subject[.\\w-]*)");

    private static final Pattern URL_REFERENCE = Pattern.compile("\\{([^}]*)}");
    /** The archive has a file of this name already. */
    private static final String TAKEN_NAME = "manifest";

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
        root.section("sources", EXAMPLE)
                .ifPresent(all -> all.namedSections(EXAMPLE).forEach((name, section) -> {
                    if (name.equals(TAKEN_NAME)) {
                        file.problem(all.lineOf(name), section.key(), "this name is the report's own; choose another");
                    }
                    source(name, section).ifPresent(sources::add);
                }));
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
        sql.ifPresent(statement -> checkSubjectReferences(statement, SQL_REFERENCE, ":%s"));
        jdbcUrl.filter(url -> !hasDriver(url.text()))
                .ifPresent(url -> file.problem(
                        url.line(),
                        url.key(),
                        "expected a JDBC URL that a driver here takes, such as jdbc:postgresql://host/database"));
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
                .map(variable ->
                        Map.of("Authorization", "Bearer " + secret(variable).strip()))
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

    private static boolean hasDriver(String jdbcUrl) {
        try {
            DriverManager.getDriver(jdbcUrl);
            return true;
        } catch (SQLException none) {
            return false;
        }
    }

    private void checkUrl(YamlSection.Value url) {
        checkSubjectReferences(url, URL_REFERENCE, "{%s}");
        String withoutPlaceholders = url.text().replaceAll(URL_REFERENCE.pattern(), "x");
        try {
            URI uri = URI.create(withoutPlaceholders);
            boolean placeholderInHost =
                    url.text().replaceAll("^\\w+://([^/?#]*).*", "$1").contains("{");
            if (uri.getHost() == null || !List.of("http", "https").contains(uri.getScheme()) || placeholderInHost) {
                file.problem(url.line(), url.key(), "expected an http or https URL with a host of its own");
            }
            if (uri.getRawFragment() != null) {
                file.problem(url.line(), url.key(), "must end before '#': what follows it is never sent");
            }
        } catch (IllegalArgumentException e) {
            file.problem(url.line(), url.key(), "expected a URL, such as https://billing.internal/users/{subject.id}");
        }
    }

    /** A statement or URL that names no subject would put somebody else's data into every report. */
    private void checkSubjectReferences(YamlSection.Value value, Pattern pattern, String form) {
        Matcher references = pattern.matcher(value.text());
        boolean any = false;
        while (references.find()) {
            any = true;
            if (!SubjectField.NAME.matcher(references.group(1)).matches()) {
                file.problem(
                        value.line(),
                        value.key(),
                        "expected %s, %s or %s, found '%s'"
                                .formatted(
                                        form.formatted("subject.id"),
                                        form.formatted("subject.email"),
                                        form.formatted("subject.identities.NAME"),
                                        references.group()));
            }
        }
        if (!any) {
            file.problem(
                    value.line(),
                    value.key(),
                    "must say whose data, for example by '%s'".formatted(form.formatted("subject.id")));
        }
    }

    private String secret(YamlSection.Value variable) {
        String secret = environment.apply(variable.text());
        if (secret == null || secret.isEmpty()) {
            // Not what is written there: it may be the secret itself
            file.problem(
                    variable.line(),
                    variable.key(),
                    "names no environment variable that is set; set one to the secret and write its name here");
            return "";
        }
        return secret;
    }

    private static String text(Optional<YamlSection.Value> value) {
        return value.map(YamlSection.Value::text).orElseThrow();
    }
}
