package dev.lethe.requests.access.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.lethe.files.InvalidFile;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SourcesFileTest {

    private static final String SECRET = "correct-horse-battery-staple";
    private static final Map<String, String> ENVIRONMENT =
            Map.of("USERS_DB_PASSWORD", SECRET, "BILLING_TOKEN", SECRET, "EMPTY", "");

    @Test
    void readsSourcesInTheOrderOfTheFile() throws Exception {
        List<Source> sources = SourcesFile.read("sources.yaml", """
                sources:
                  profile:  { via: sql, jdbc_url: "jdbc:postgresql://users.internal/users", user: reader, password_env: USERS_DB_PASSWORD,
                              sql: "select id, email from users where id = :subject.id::bigint", explain: "Your account" }
                  payments: { via: http, url: "https://billing.internal/users/{subject.id}/payments", records: "/items",
                              bearer_env: BILLING_TOKEN, explain: "What you paid" }
                  letters:
                    via: http
                    url: https://crm.internal?customer={subject.identities.crm-number}&mail={subject.email}
                    explain: What we wrote to you
                """, ENVIRONMENT::get);
        try (var profile = (SqlSource) sources.getFirst()) {
            assertThat(sources).extracting(Source::name).containsExactly("profile", "payments", "letters");
            assertThat(sources)
                    .extracting(Source::explanation)
                    .containsExactly("Your account", "What you paid", "What we wrote to you");
            assertThat(profile).isNotNull();
            assertThat(sources.subList(1, 3)).hasOnlyElementsOfType(HttpSource.class);
        }
    }

    @ParameterizedTest
    @MethodSource
    void tellsWhatIsWrongAndWhatToWriteInstead(String yaml, String message) {
        assertThat(problemsOf(yaml)).isEqualTo(message.strip());
    }

    static Stream<Arguments> tellsWhatIsWrongAndWhatToWriteInstead() {
        return Stream.of(
                argumentSet("not YAML", """
                        sources:
                          profile: { via: sql
                        """, "sources.yaml:3: not YAML: expected ',' or '}', but got <stream end>"),
                argumentSet("empty", "", "sources.yaml: expected a map of keys and values, found nothing"),
                argumentSet("a list", "- profile", "sources.yaml: expected a map of keys and values, found a list"),
                argumentSet("no sources", """
                        sauces: { }
                        """, """
                        sources.yaml:1: sauces: is not known here; known is sources
                        sources.yaml:1: sources: expected a map, such as 'profile: { via: sql, jdbc_url: ..., sql: ..., explain: Your account }'; found nothing
                        """),
                argumentSet(
                        "unknown via",
                        """
                        sources:
                          profile:
                            via: carrier-pigeon
                            explain: Your account
                        """,
                        "sources.yaml:3: sources.profile.via: expected sql or http, found 'carrier-pigeon'"),
                argumentSet(
                        "no via", """
                        sources:
                          profile: { explain: Your account }
                        """, "sources.yaml:2: sources.profile.via: is missing; write for example 'via: sql'"),
                argumentSet("sql without anything", """
                        sources:
                          profile: { via: sql }
                        """, """
                        sources.yaml:2: sources.profile.jdbc_url: is missing; write for example 'jdbc_url: "jdbc:postgresql://host/database"'
                        sources.yaml:2: sources.profile.sql: is missing; write for example 'sql: "select email from users where id = :subject.id"'
                        sources.yaml:2: sources.profile.explain: is missing; write for example 'explain: "Your account"'
                        """),
                argumentSet("http without anything", """
                        sources:
                          payments: { via: http }
                        """, """
                        sources.yaml:2: sources.payments.url: is missing; write for example 'url: "https://billing.internal/users/{subject.id}"'
                        sources.yaml:2: sources.payments.explain: is missing; write for example 'explain: "What you paid"'
                        """),
                argumentSet("unknown keys", """
                        sources:
                          payments: { via: http, url: "https://b/{subject.id}", explain: Paid,
                            record: /items }
                        source: { }
                        """, """
                        sources.yaml:3: sources.payments.record: is not known here; known is via, url, records, bearer_env, explain
                        sources.yaml:4: source: is not known here; known is sources
                        """),
                argumentSet(
                        "a password in the file",
                        sql("password: correct-horse-battery-staple"),
                        "sources.yaml:3: sources.profile.password: is not known here; known is via, jdbc_url, user, password_env, sql, explain"),
                argumentSet(
                        "a password's variable that is not set",
                        sql("password_env: OTHER_PASSWORD"),
                        "sources.yaml:3: sources.profile.password_env: names no environment variable that is set; set one to the secret and write its name here"),
                argumentSet(
                        "a token's variable that is empty",
                        http("https://b/{subject.id}", "bearer_env: EMPTY"),
                        "sources.yaml:3: sources.payments.bearer_env: names no environment variable that is set; set one to the secret and write its name here"),
                argumentSet(
                        "the secret itself where its variable should stand",
                        http("https://b/{subject.id}", "bearer_env: correct-horse-battery-staple"),
                        "sources.yaml:3: sources.payments.bearer_env: names no environment variable that is set; set one to the secret and write its name here"),
                argumentSet(
                        "no JDBC URL",
                        sql("jdbc_url: \"postgresql://db/users?password=correct-horse-battery-staple\"")
                                .replace("jdbc_url: \"jdbc:postgresql://db/users\",", ""),
                        "sources.yaml:3: sources.profile.jdbc_url: expected a JDBC URL that a driver here takes, such as jdbc:postgresql://host/database"),
                argumentSet(
                        "a JDBC URL without a driver",
                        sql("jdbc_url: \"jdbc:cuneiform://db/users?password=correct-horse-battery-staple\"")
                                .replace("jdbc_url: \"jdbc:postgresql://db/users\",", ""),
                        "sources.yaml:3: sources.profile.jdbc_url: expected a JDBC URL that a driver here takes, such as jdbc:postgresql://host/database"),
                argumentSet(
                        "a statement about nobody",
                        sql("sql: select email from users"),
                        "sources.yaml:3: sources.profile.sql: must say whose data, for example by ':subject.id'"),
                argumentSet(
                        "a statement about nobody, with a cast",
                        sql("sql: \"select email::subject.id from users\""),
                        "sources.yaml:3: sources.profile.sql: must say whose data, for example by ':subject.id'"),
                argumentSet(
                        "a statement with a placeholder of URLs",
                        sql("sql: \"select email from users where id = '{subject.id}'\""),
                        "sources.yaml:3: sources.profile.sql: must say whose data, for example by ':subject.id'"),
                argumentSet(
                        "a statement with an unknown field of the subject",
                        sql("sql: \"select email from users where id = :subject.id or name = :subject.name\""),
                        "sources.yaml:3: sources.profile.sql: expected :subject.id, :subject.email or :subject.identities.NAME, found ':subject.name'"),
                argumentSet(
                        "a URL about nobody",
                        http("https://billing.internal/payments"),
                        "sources.yaml:3: sources.payments.url: must say whose data, for example by '{subject.id}'"),
                argumentSet(
                        "a URL with a parameter of statements",
                        http("https://billing.internal/users/:subject.id/payments"),
                        "sources.yaml:3: sources.payments.url: must say whose data, for example by '{subject.id}'"),
                argumentSet(
                        "a URL with another placeholder",
                        http("https://billing.internal/{tenant}/users/{subject.id}"),
                        "sources.yaml:3: sources.payments.url: expected {subject.id}, {subject.email} or {subject.identities.NAME}, found '{tenant}'"),
                argumentSet(
                        "a placeholder in the host",
                        http("https://{subject.id}.billing.internal/"),
                        "sources.yaml:3: sources.payments.url: expected an http or https URL with a host of its own"),
                argumentSet(
                        "a placeholder before the host",
                        http("https://{subject.id}@billing.internal/"),
                        "sources.yaml:3: sources.payments.url: expected an http or https URL with a host of its own"),
                argumentSet(
                        "another scheme",
                        http("file:///etc/{subject.id}"),
                        "sources.yaml:3: sources.payments.url: expected an http or https URL with a host of its own"),
                argumentSet(
                        "a placeholder that is never sent",
                        http("https://billing.internal/payments#{subject.id}"),
                        "sources.yaml:3: sources.payments.url: must end before '#': what follows it is never sent"),
                argumentSet(
                        "no URL",
                        http("https://billing internal/{subject.id}"),
                        "sources.yaml:3: sources.payments.url: expected a URL, such as https://billing.internal/users/{subject.id}"),
                argumentSet(
                        "a bad pointer",
                        http("https://b/{subject.id}", "records: items"),
                        "sources.yaml:3: sources.payments.records: expected a JSON pointer, such as \"/items\""),
                argumentSet(
                        "a name twice",
                        """
                        sources:
                          payments: { via: http, url: "https://b/{subject.id}", explain: Paid }
                          payments: { via: http, url: "https://c/{subject.id}", explain: Paid }
                        """,
                        "sources.yaml:3: sources.payments: is there twice, first in line 2; keep one"),
                argumentSet(
                        "a name that leads elsewhere",
                        """
                        sources:
                          ../payments: { via: http, url: "https://b/{subject.id}", explain: Paid }
                        """,
                        "sources.yaml:2: sources.../payments: a name is a lower case letter, then lower case letters, digits and '-', at most 64 of them"),
                argumentSet(
                        "the name of the report's own list",
                        """
                        sources:
                          manifest: { via: http, url: "https://b/{subject.id}", explain: Paid }
                        """,
                        "sources.yaml:2: sources.manifest: this name is the report's own; choose another"),
                argumentSet(
                        "a map where a word should stand",
                        http("https://b/{subject.id}", "records: { a: b }"),
                        "sources.yaml:3: sources.payments.records: expected a word, found a map"));
    }

    @Test
    void allProblemsAreToldAtOnceAndNoSecretWithThem() {
        String yaml = """
                sources:
                  profile: { via: sql, jdbc_url: "postgresql://db?password=%1$s", sql: "select 1", password_env: "%1$s", explain: A }
                  payments: { via: http, url: "https://%1$s:%1$s@b", bearer_env: "%1$s", explain: B, token: "%1$s" }
                  letters: { via: http, url: "https://b/{subject.id}", bearer_env: BILLING_TOKEN, records: x, explain: C }
                """.formatted(SECRET);

        assertThat(problemsOf(yaml).lines()).hasSize(7);
        assertThat(problemsOf(yaml)).doesNotContain(SECRET);
    }

    /** A good source via sql with one more line, which is the third of the file. */
    private static String sql(String third) {
        String good = third.startsWith("sql:") ? "" : "sql: \"select email from users where id = :subject.id\",";
        return """
                sources:
                  profile: { via: sql, jdbc_url: "jdbc:postgresql://db/users", %s explain: Your account,
                    %s }
                """.formatted(good, third);
    }

    private static String http(String url) {
        return """
                sources:
                  payments: { via: http, explain: What you paid,
                    url: "%s" }
                """.formatted(url);
    }

    private static String http(String url, String third) {
        return """
                sources:
                  payments: { via: http, explain: What you paid, url: "%s",
                    %s }
                """.formatted(url, third);
    }

    private static String problemsOf(String yaml) {
        InvalidFile invalid =
                catchThrowableOfType(InvalidFile.class, () -> SourcesFile.read("sources.yaml", yaml, ENVIRONMENT::get));
        return invalid == null ? "nothing is wrong" : invalid.getMessage();
    }
}
