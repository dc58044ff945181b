package dev.lethe.requests.access.source.elastic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.lethe.files.InvalidFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ElasticSettingsTest {

    @Test
    void allThatCanBeSaid() throws Exception {
        try (var source = (ElasticSource) Given.source("""
                sources:
                  visits:
                    via: elasticsearch
                    url: ["https://one.internal:9200/logs", "https://two.internal:9200/logs/"]
                    index: [web-*, audit]
                    field: user.id
                    subject: subject.identities.crm
                    take: ["@timestamp", source.*]
                    user: reader
                    password_env: SECRET
                    page: 500
                    timeout: 10s
                    parallel: 2
                    identities: { customer: user.customer }
                    explain: Your visits
                """)) {
            ElasticSettings settings = source.settings();

            assertThat(source.about().name()).isEqualTo("visits");
            assertThat(source.about().parallel()).isEqualTo(2);
            assertThat(source.about().identities()).containsEntry("customer", "user.customer");
            assertThat(source.asksBy()).containsExactly("subject.identities.crm");
            assertThat(settings.hosts()).hasToString("[https://one.internal:9200, https://two.internal:9200]");
            assertThat(settings.path()).isEqualTo("/logs");
            assertThat(settings.indices()).containsExactly("web-*", "audit");
            assertThat(settings.field()).isEqualTo("user.id");
            assertThat(settings.take()).containsExactly("@timestamp", "source.*");
            assertThat(settings.page()).isEqualTo(500);
            assertThat(settings.timeout()).hasSeconds(10);
            assertThat(settings).asString().doesNotContain("s3cr3t", "Basic", "cmVh");
        }
    }

    @Test
    void whatIsNotSaidIsUsual() throws Exception {
        try (var source = Given.source("http://127.0.0.1:9200", "index: web-*", "field: user.id")) {
            assertThat(source.asksBy()).containsExactly("subject.id");
            assertThat(source.settings().page()).isEqualTo(1_000);
            assertThat(source.settings().timeout()).hasSeconds(30);
            assertThat(source.settings().take()).isEmpty();
            assertThat(source.settings().headers()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            url: ftp://logs                           | url: expected an http or https URL with a host, such as https://logs.internal:9200
            url: logs.internal:9200                   | url: expected an http or https URL with a host, such as https://logs.internal:9200
            url: "https://u:s3cr3t@logs"              | url: must not have a user or password; write user and password_env beside it
            url: "https://logs?q=1"                   | url: must end before '?' and '#'
            url: "https://lo gs"                      | url: expected a URL, such as https://logs.internal:9200
            url: ["https://a/x", "https://b/y"]       | url: must have the same path as the first: they are nodes of one cluster
            url: []                                   | url: expected at least one, such as https://logs.internal:9200
            index: "other:web-*"                      | index: expected the name of an index, data stream or alias, or a pattern such as web-*
            index: "web-*,-web-1"                     | index: expected the name of an index, data stream or alias, or a pattern such as web-*
            index: _all                               | index: expected the name of an index, data stream or alias, or a pattern such as web-*
            index: "<web-{now/d}>"                    | index: expected the name of an index, data stream or alias, or a pattern such as web-*
            index: "web/_doc"                         | index: expected the name of an index, data stream or alias, or a pattern such as web-*
            index: []                                 | index: expected at least one, such as web-*
            field: "*"                                | field: expected the name of one field, such as user.id
            field: "a,b"                              | field: expected the name of one field, such as user.id
            take: "a b"                               | take: expected the name of a field, or a pattern such as source.*
            subject: "{subject.id}"                   | subject: expected subject.id, subject.email or subject.identities.NAME
            subject: subject.name                     | subject: expected subject.id, subject.email or subject.identities.NAME
            page: 0                                   | page: expected a whole number from 1 to 10000, found '0'
            timeout: 1ms                              | timeout: expected a duration such as 30s or 5m, from 1s to 10m, found '1ms'
            user: reader                              | needs user and password_env (or password_file), or neither
            password_env: SECRET                      | needs user and password_env (or password_file), or neither
            password_env: MISSING                     | password_env: names no environment variable that is set
            api_key_env: MISSING                      | api_key_env: names no environment variable that is set
            ca: /no/such/file                         | ca: expected the path of a PEM file with the certificates to trust
            query: "user.id:x"                        | query: is not known here; known is
            """)
    void whatIsWrongIsToldByLineAndKey(String line, String problem) {
        String key = line.substring(0, line.indexOf(':'));
        var lines = new StringBuilder("sources:\n  visits:\n    via: elasticsearch\n    explain: Your visits\n");
        for (String usual : new String[] {"url: https://logs.internal:9200", "index: web-*", "field: user.id"}) {
            if (!usual.startsWith(key + ":")) {
                lines.append("    ").append(usual).append('\n');
            }
        }
        lines.append("    ").append(line).append('\n');

        InvalidFile invalid = catchThrowableOfType(InvalidFile.class, () -> Given.source(lines.toString()));

        assertThat(invalid).isNotNull();
        assertThat(invalid.getMessage())
                .startsWith("sources.yaml:")
                .contains("sources.visits")
                .contains(problem)
                .doesNotContain("s3cr3t");
    }

    @Test
    void whatIsMissingIsTold() {
        InvalidFile invalid = catchThrowableOfType(
                InvalidFile.class,
                () -> Given.source("sources: { visits: { via: elasticsearch, explain: Your visits } }"));

        assertThat(invalid)
                .hasMessageContaining("sources.visits.url: is missing; write for example")
                .hasMessageContaining("sources.visits.index: is missing; write for example")
                .hasMessageContaining("sources.visits.field: is missing; write for example");
    }

    @Test
    void twoWaysToSayWhoAsksAreOneTooMany() {
        InvalidFile invalid = catchThrowableOfType(
                InvalidFile.class,
                () -> Given.source(
                        "https://logs.internal:9200",
                        "index: web-*",
                        "field: user.id",
                        "user: reader",
                        "password_env: SECRET",
                        "api_key_env: SECRET"));

        assertThat(invalid).hasMessageContaining("has an API key and a user or password; keep one of them");
    }

    @Test
    void anAuthorityOfOnesOwnIsForHttpsAndMustBeCertificates(@TempDir Path folder) throws Exception {
        Path notOne = Files.writeString(folder.resolve("ca.pem"), "not a certificate");
        InvalidFile invalid = catchThrowableOfType(
                InvalidFile.class,
                () -> Given.source("http://logs.internal:9200", "index: web-*", "field: user.id", "ca: " + notOne));

        assertThat(invalid)
                .hasMessageContaining("is of use to https only")
                .hasMessageContaining("expected the path of a PEM file");
    }
}
