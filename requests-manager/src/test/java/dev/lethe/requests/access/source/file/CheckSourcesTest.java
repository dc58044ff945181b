package dev.lethe.requests.access.source.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckSourcesTest {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    private Path folder;

    @Test
    void whatWasUnderstoodIsATable() throws IOException {
        Path file = file("""
                sources:
                  profile:  { via: sql, jdbc_url: "jdbc:postgresql://users.internal/users", explain: Your account,
                              sql: "select email, number from users where id = :subject.id", identities: { customer: number, crm: number } }
                  payments: { via: http, explain: What you paid, parallel: 16,
                              url: "https://billing.internal/{subject.identities.customer}?mail={subject.email}" }
                """);

        assertThat(check(file.toString())).isZero();
        assertThat(out.toString(UTF_8)).isEqualToNormalizingNewlines("""
                NAME      KIND  ASKS BY                                     PARALLEL  YIELDS
                profile   sql   subject.id                                  4         crm, customer
                payments  http  subject.email, subject.identities.customer  16        -
                """);
        assertThat(err.toString(UTF_8)).isEmpty();
    }

    @Test
    void whatIsWrongIsAllToldWithFileLineAndKey() throws IOException {
        Path file = file("""
                sources:
                  profile:  { via: sql, explain: Your account, sql: "select 1",
                              password_env: NO_SUCH_VARIABLE }
                  payments: { via: smoke, explain: What you paid }
                """);

        assertThat(check(file.toString())).isEqualTo(2);
        assertThat(err.toString(UTF_8).lines())
                .hasSize(4)
                .allMatch(line -> line.startsWith(file + ":"))
                .anyMatch(line -> line.contains(":3: sources.profile.password_env: names no environment variable"))
                .anyMatch(line -> line.contains(":4: sources.payments.via: expected one of"));
        assertThat(out.toString(UTF_8)).isEmpty();
    }

    @Test
    void secretsNeedNotBeThereIfOneSaysSo() throws IOException {
        Path file = file("""
                sources:
                  payments: { via: http, explain: Paid, url: "https://b/{subject.id}", bearer_env: NO_SUCH_VARIABLE }
                  letters: { via: http, explain: Letters, url: "https://b/{subject.id}", bearer_file: /no/such/file }
                """);

        assertThat(check(file.toString())).isEqualTo(2);
        assertThat(check("--no-secrets", file.toString())).isZero();
    }

    @Test
    void privateAddressesAreFineIfOneSaysSo() throws IOException {
        Path file = file("sources: { a: { via: http, explain: A, url: \"http://10.0.0.1/{subject.id}\" } }");

        assertThat(check(file.toString())).isEqualTo(2);
        assertThat(check(file.toString(), "--allow-private")).isZero();
    }

    @Test
    void helpIsHelp() {
        assertThat(check("--help")).isZero();
        assertThat(out.toString(UTF_8)).contains("FILE", "--no-secrets", "--allow-private");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "--nonsense a", "/no/such/file", "."})
    void anythingElseIsToldApart(String words) {
        assertThat(check(words.isEmpty() ? new String[0] : words.split(" "))).isEqualTo(2);
        assertThat(err.toString(UTF_8)).startsWith("check-sources: ");
        assertThat(out.toString(UTF_8)).isEmpty();
    }

    private Path file(String yaml) throws IOException {
        return Files.writeString(folder.resolve("sources.yaml"), yaml);
    }

    private int check(String... arguments) {
        return CheckSources.run(
                List.of(arguments), new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8));
    }
}
