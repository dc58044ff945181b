package dev.lethe.requests.access.source.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.lethe.files.InvalidFile;
import dev.lethe.requests.access.source.About;
import dev.lethe.requests.access.source.Secrets;
import dev.lethe.requests.access.source.Source;
import dev.lethe.requests.access.source.http.HttpSource;
import dev.lethe.requests.access.source.sql.SqlSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SourcesFileTest {

    private static final String SECRET = "correct-horse-battery-staple";
    private static final Map<String, String> ENVIRONMENT =
            Map.of("USERS_DB_PASSWORD", SECRET, "BILLING_TOKEN", SECRET, "BROKEN", SECRET + "\nX-Injected: 1");

    private static final Secrets SECRETS = new Secrets() {
        @Override
        public @Nullable String ofEnvironment(String variable) {
            return ENVIRONMENT.get(variable);
        }

        @Override
        public @Nullable String ofFile(String path) {
            return path.equals("/run/secrets/billing") ? SECRET : null;
        }
    };

    @Test
    void readsSourcesInTheOrderOfTheFile() throws Exception {
        List<Source> sources = SourcesFile.read("sources.yaml", """
                sources:
                  profile:  { via: sql, jdbc_url: "jdbc:postgresql://users.internal/users", user: reader, password_env: USERS_DB_PASSWORD,
                              sql: "select id, email from users where id = :subject.id::bigint", explain: "Your account" }
                  payments: { via: http, url: "https://billing.internal/users/{subject.id}/payments", records: "/items",
                              bearer_env: BILLING_TOKEN, explain: "What you paid", parallel: 2, identities: { crm-number: customer } }
                  letters:
                    via: http
                    url: https://crm.internal?customer={subject.identities.crm-number}&mail={subject.email}
                    explain: What we wrote to you
                """, SECRETS);
        try (var profile = (SqlSource) sources.getFirst()) {
            assertThat(sources)
                    .extracting(Source::about)
                    .containsExactly(
                            new About("profile", "Your account", 4, Map.of()),
                            new About("payments", "What you paid", 2, Map.of("crm-number", "customer")),
                            new About("letters", "What we wrote to you", 4, Map.of()));
            assertThat(sources)
                    .extracting(Source::asksBy)
                    .containsExactly(
                            Set.of("subject.id"),
                            Set.of("subject.id"),
                            Set.of("subject.identities.crm-number", "subject.email"));
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
                        "sources.yaml:3: sources.profile.via: expected one of amqp, elasticsearch, http, sql, found 'carrier-pigeon'"),
                argumentSet(
                        "no via", """
                        sources:
                          profile: { explain: Your account }
                        """, "sources.yaml:2: sources.profile.via: is missing; write for example 'via: sql'"),
                argumentSet("sql without anything", """
                        sources:
                          profile: { via: sql }
                        """, """
                        sources.yaml:2: sources.profile.explain: is missing; write for example 'explain: "Your account"'
                        sources.yaml:2: sources.profile.jdbc_url: is missing; write for example 'jdbc_url: "jdbc:postgresql://host/database"'
                        sources.yaml:2: sources.profile.sql: is missing; write for example 'sql: "select email from users where id = :subject.id"'
                        """),
                argumentSet("http without anything", """
                        sources:
                          payments: { via: http }
                        """, """
                        sources.yaml:2: sources.payments.explain: is missing; write for example 'explain: "Your account"'
                        sources.yaml:2: sources.payments.url: is missing; write for example 'url: "https://billing.internal/users/{subject.id}"'
                        """),
                argumentSet("unknown keys", """
                        sources:
                          payments: { via: http, url: "https://b/{subject.id}", explain: Paid,
                            record: /items }
                        source: { }
                        """, """
                        sources.yaml:3: sources.payments.record: is not known here; known is via, explain, parallel, identities, url, method, body, content_type, headers, auth, bearer_env, bearer_file, records, paging, hosts, private, timeout, whole_timeout, answer_limit, whole_limit
                        sources.yaml:4: source: is not known here; known is sources
                        """),
                argumentSet(
                        "a password in the file",
                        sql("password: correct-horse-battery-staple"),
                        "sources.yaml:3: sources.profile.password: is not known here; known is via, explain, parallel, identities, jdbc_url, user, password_env, password_file, sql, timeout, whole_timeout, fetch_size, row_limit"),
                argumentSet(
                        "a password's variable that is not set",
                        sql("password_env: OTHER_PASSWORD"),
                        "sources.yaml:3: sources.profile.password_env: names no environment variable that is set; set one to the secret and write its name here"),
                argumentSet(
                        "a token's variable that is not set",
                        http("https://b/{subject.id}", "bearer_env: OTHER"),
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
                        "a map where a word should stand",
                        http("https://b/{subject.id}", "records: { a: b }"),
                        "sources.yaml:3: sources.payments.records: expected a word, found a map"),
                argumentSet(
                        "settings of the driver that would do harm",
                        sql("jdbc_url: \"jdbc:postgresql://db/users?preferQueryMode=simple\"")
                                .replace("jdbc_url: \"jdbc:postgresql://db/users\",", ""),
                        "sources.yaml:3: sources.profile.jdbc_url: must not set preferQueryMode: its driver could take all rows into memory; remove it"),
                argumentSet(
                        "a driver that is told not to read only",
                        sql("jdbc_url: \"jdbc:postgresql://db/users?user=a&readOnlyMode=ignore\"")
                                .replace("jdbc_url: \"jdbc:postgresql://db/users\",", ""),
                        "sources.yaml:3: sources.profile.jdbc_url: must not set readOnlyMode: its statement could change data; remove it"),
                argumentSet(
                        "no time",
                        sql("timeout: soon"),
                        "sources.yaml:3: sources.profile.timeout: expected a duration such as 30s or 5m, from 1s to 1h, found 'soon'"),
                argumentSet(
                        "no number of rows",
                        sql("fetch_size: 0"),
                        "sources.yaml:3: sources.profile.fetch_size: expected a whole number from 1 to 100000, found '0'"),
                argumentSet(
                        "no size",
                        sql("row_limit: 1"),
                        "sources.yaml:3: sources.profile.row_limit: expected a size such as 500KB or 32MB, from 64KB to 1024MB, found '1'"),
                argumentSet(
                        "a private address",
                        http("https://10.1.2.3/{subject.id}"),
                        "sources.yaml:3: sources.payments.url: has a private address; write 'private: true' if that is meant"),
                argumentSet(
                        "this machine",
                        http("https://localhost/{subject.id}"),
                        "sources.yaml:3: sources.payments.url: has a private address; write 'private: true' if that is meant"),
                argumentSet(
                        "the metadata of a cloud, in IPv6",
                        http("http://[::ffff:169.254.169.254]/{subject.id}"),
                        "sources.yaml:3: sources.payments.url: has a private address; write 'private: true' if that is meant"),
                argumentSet(
                        "a flag that is neither",
                        http("https://b/{subject.id}", "private: maybe"),
                        "sources.yaml:3: sources.payments.private: expected true or false, found 'maybe'"),
                argumentSet(
                        "a password in the URL",
                        http("https://lethe:correct-horse-battery-staple@b/{subject.id}"),
                        "sources.yaml:3: sources.payments.url: must not have a user or password; write them under auth"),
                argumentSet(
                        "another method",
                        http("https://b/{subject.id}", "method: DELETE"),
                        "sources.yaml:3: sources.payments.method: expected one of GET, POST, found 'DELETE'"),
                argumentSet(
                        "a post without a body",
                        http("https://b/{subject.id}", "method: POST"),
                        "sources.yaml:2: sources.payments: posts, and needs a body"),
                argumentSet(
                        "a body that is not sent",
                        http("https://b/{subject.id}", "body: '{}'"),
                        "sources.yaml:2: sources.payments: has a body, which only 'method: POST' sends"),
                argumentSet(
                        "a body about nobody",
                        http("https://b/search", "method: POST, body: '{ \"a\": 1 }'"),
                        "sources.yaml:3: sources.payments.body: must say whose data, for example by '{subject.id}'"),
                argumentSet(
                        "a body with an unknown field of the subject",
                        http("https://b/search", "method: POST, body: '{ \"a\": \"{subject.name}\" }'"),
                        "sources.yaml:3: sources.payments.body: expected {subject.id}, {subject.email} or {subject.identities.NAME}, found '{subject.name}'"),
                argumentSet(
                        "a body in which a subject would not be a text",
                        http("https://b/search", "method: POST, body: '{ \"a\": {subject.id} }'"),
                        "sources.yaml:3: sources.payments.body: expected JSON, with {subject.id} and the like only within quotation marks"),
                argumentSet(
                        "a secret among the headers",
                        http("https://b/{subject.id}", "headers: { authorization: Bearer correct-horse }"),
                        "sources.yaml:3: sources.payments.headers.authorization: is not for the file to set; who asks is said under auth"),
                argumentSet(
                        "a header that is two",
                        http("https://b/{subject.id}", "headers: { X-A: \"b\\nX-C: d\" }"),
                        "sources.yaml:3: sources.payments.headers.X-A: expected a header's name and ASCII text on one line"),
                argumentSet(
                        "a secret that is two headers",
                        http("https://b/{subject.id}", "bearer_env: BROKEN"),
                        "sources.yaml:2: sources.payments: what bearer_env or bearer_file leads to has line breaks or other characters that HTTP cannot carry"),
                argumentSet(
                        "two secrets",
                        http("https://b/{subject.id}", "bearer_env: BILLING_TOKEN, bearer_file: /run/secrets/billing"),
                        "sources.yaml:3: sources.payments.bearer_file: is one too many: write bearer_env or bearer_file, not both"),
                argumentSet(
                        "a file without a secret",
                        http("https://b/{subject.id}", "bearer_file: /run/secrets/other"),
                        "sources.yaml:3: sources.payments.bearer_file: names no file that can be read and is not empty; write the secret into one and its path here"),
                argumentSet(
                        "two who ask",
                        http("https://b/{subject.id}", "bearer_env: BILLING_TOKEN, auth: { type: none }"),
                        "sources.yaml:2: sources.payments: has both auth and bearer_env or bearer_file; keep one of them"),
                argumentSet(
                        "another way to say who asks",
                        http("https://b/{subject.id}", "auth: { type: digest }"),
                        "sources.yaml:3: sources.payments.auth.type: expected one of none, basic, bearer, header, query, oauth2, found 'digest'"),
                argumentSet(
                        "a token without a token",
                        http("https://b/{subject.id}", "auth: { type: bearer, token: correct-horse }"),
                        """
                        sources.yaml:3: sources.payments.auth.token: is not known here; known is type, token_env, token_file
                        sources.yaml:3: sources.payments.auth: needs token_env, the name of an environment variable, or token_file, a path
                        """),
                argumentSet(
                        "client credentials without any",
                        http("https://b/{subject.id}", "auth: { type: oauth2 }"),
                        """
                        sources.yaml:3: sources.payments.auth.token_url: is missing; write for example 'token_url: "https://login.internal/oauth2/token"'
                        sources.yaml:3: sources.payments.auth.client_id: is missing; write for example 'client_id: lethe'
                        sources.yaml:3: sources.payments.auth: needs client_secret_env, the name of an environment variable, or client_secret_file, a path
                        """),
                argumentSet(
                        "tokens from a private address",
                        http(
                                "https://b/{subject.id}",
                                "auth: { type: oauth2, token_url: \"http://169.254.169.254/token\", client_id: a, client_secret_env: BILLING_TOKEN }"),
                        "sources.yaml:2: sources.payments: auth.token_url: has a private address; write 'private: true' if that is meant"),
                argumentSet(
                        "another kind of paging",
                        http("https://b/{subject.id}", "paging: { by: scent }"),
                        "sources.yaml:3: sources.payments.paging.by: expected one of link, cursor, page, found 'scent'"),
                argumentSet(
                        "a cursor that is nowhere",
                        http("https://b/{subject.id}", "records: /items, paging: { by: cursor }"),
                        """
                        sources.yaml:3: sources.payments.paging.at: is missing; write for example 'at: /next'
                        sources.yaml:3: sources.payments.paging.parameter: is missing; write for example 'parameter: cursor'
                        """),
                argumentSet(
                        "a cursor among the records",
                        http("https://b/{subject.id}", "paging: { by: cursor, at: /next, parameter: c }"),
                        "sources.yaml:3: sources.payments.paging: 'at' lies within the records; say with 'records' where they are, such as 'records: /items'"),
                argumentSet(
                        "too many pages",
                        http("https://b/{subject.id}", "paging: { by: link, pages: 1000000 }"),
                        "sources.yaml:3: sources.payments.paging.pages: expected a whole number from 1 to 100000, found '1000000'"),
                argumentSet(
                        "a host that is a URL",
                        http("https://b/{subject.id}", "hosts: [ \"https://c/\" ]"),
                        "sources.yaml:3: sources.payments.hosts: expected the name of a host, such as api.example.com or api.example.com:8443"),
                argumentSet(
                        "a host that is none",
                        http("https://b/{subject.id}", "hosts: \"[::::]\""),
                        "sources.yaml:3: sources.payments.hosts: expected the name of a host, such as api.example.com or api.example.com:8443"),
                argumentSet(
                        "a source that waits for itself",
                        """
                        sources:
                          a: { via: http, url: "https://b/{subject.identities.x}", explain: A,
                               identities: { x: x_number } }
                        """,
                        "sources.yaml:2: sources.a: asks by an identity that it yields itself; ask by another one"),
                argumentSet(
                        "sources that wait for each other",
                        """
                        sources:
                          first: { via: http, url: "https://b/{subject.identities.y}", explain: F, identities: { w: w_number } }
                          a: { via: http, url: "https://b/{subject.identities.z}", explain: A, identities: { x: x_number } }
                          b: { via: http, url: "https://b/{subject.identities.x}", explain: B, identities: { y: y_number } }
                          c: { via: http, url: "https://b/{subject.identities.y}", explain: C, identities: { z: z_number } }
                        """,
                        "sources.yaml:3: sources.a: waits for itself: each of a, c, b asks by an identity that another of them yields; let one ask by another"));
    }

    @Test
    void sourcesMayWaitForOthersAndForWhatOnlyARequestYields() {
        assertThat(problemsOf("""
                sources:
                  a: { via: http, url: "https://b/{subject.identities.only-known-by-frontends}", explain: A, identities: { x: x_number } }
                  b: { via: http, url: "https://b/{subject.identities.x}", explain: B, identities: { y: y_number, x: other } }
                """)).startsWith("sources.yaml:3: sources.b: asks by an identity that it yields itself");
        assertThat(problemsOf("""
                sources:
                  c: { via: http, url: "https://b/{subject.identities.x}/{subject.identities.y}", explain: C }
                  b: { via: http, url: "https://b/{subject.identities.x}", explain: B, identities: { y: y_number } }
                  a: { via: http, url: "https://b/{subject.identities.only-known-by-frontends}", explain: A, identities: { x: x_number } }
                """)).isEqualTo("nothing is wrong");
    }

    @Test
    void privateAddressesAreNoProblemWhereTheyAreMeant() {
        assertThat(problemsOf(http("http://127.0.0.1/{subject.id}", "private: true")))
                .isEqualTo("nothing is wrong");
        assertThat(SourcesFile.read("sources.yaml", http("http://127.0.0.1/{subject.id}"), SECRETS, true))
                .hasSize(1);
    }

    @Test
    void allProblemsAreToldAtOnceAndNoSecretWithThem() {
        String yaml = """
                sources:
                  profile: { via: sql, jdbc_url: "postgresql://db?password=%1$s", sql: "select 1", password_env: "%1$s", explain: A }
                  payments: { via: http, url: "https://%1$s:%1$s@b", bearer_env: "%1$s", explain: B, token: "%1$s" }
                  letters: { via: http, url: "https://b/{subject.id}", bearer_env: BILLING_TOKEN, records: x, explain: C }
                """.formatted(SECRET);

        assertThat(problemsOf(yaml).lines()).hasSize(8);
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
                catchThrowableOfType(InvalidFile.class, () -> SourcesFile.read("sources.yaml", yaml, SECRETS));
        return invalid == null ? "nothing is wrong" : invalid.getMessage();
    }
}
