package dev.lethe.requests.access.source.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.lethe.messages.Subject;
import dev.lethe.requests.access.source.Collected;
import dev.lethe.requests.access.source.Secrets;
import dev.lethe.requests.access.source.SourceFailure;
import dev.lethe.requests.access.source.file.SourcesFile;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Sources as a file would have them, whose secrets are all the same. */
final class HttpSources {

    static final String SECRET = "s3cr3t:with/odd+signs";
    static final Subject ADA = new Subject("ada-4711", "ada@example.com", Map.of("crm", "K 12"));

    private static final Secrets SECRETS = new Secrets() {
        @Override
        public String ofEnvironment(String variable) {
            return SECRET;
        }

        @Override
        public @Nullable String ofFile(String path) {
            return null;
        }
    };

    private HttpSources() {}

    /** @param more further keys and values, such as {@code records: /items} */
    static HttpSource source(String url, String... more) {
        String yaml = """
                sources:
                  payments:
                    via: http
                    explain: What you paid
                    private: true
                    url: "%s"
                """.formatted(url)
                + String.join(
                        "",
                        java.util.Arrays.stream(more)
                                .map(line -> "    " + line + "\n")
                                .toList());
        return (HttpSource) SourcesFile.read("sources.yaml", yaml, SECRETS).getFirst();
    }

    static Collected read(HttpSource source, Subject subject) throws Exception {
        var collected = new Collected();
        try (source) {
            source.read(subject, collected);
        }
        return collected;
    }

    /** The failure, in which nobody is named, in no form that may reach a log. */
    static SourceFailure failure(HttpSource source, Subject subject) throws Exception {
        try (source) {
            SourceFailure failure =
                    catchThrowableOfType(SourceFailure.class, () -> source.read(subject, new Collected()));
            assertThat(failure).as("a failure").isNotNull();
            assertThat(failure).hasNoCause();
            assertThat(failure.reason() + failure.getMessage()).doesNotContain("ada", "4711", "s3cr3t", "127.0.0.1");
            return failure;
        }
    }
}
