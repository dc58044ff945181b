package dev.lethe.requests.access.source.elastic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.lethe.messages.Subject;
import dev.lethe.requests.access.source.Records;
import dev.lethe.requests.access.source.Secrets;
import dev.lethe.requests.access.source.Source;
import dev.lethe.requests.access.source.SourceFailure;
import dev.lethe.requests.access.source.file.SourcesFile;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A source as sources.yaml has it, and what it gives. */
final class Given {

    static final Subject ADA = new Subject("ada-4711", "ada@example.com", Map.of("crm", "42"));

    private static final Secrets SECRETS = new Secrets() {
        @Override
        public @Nullable String ofEnvironment(String variable) {
            return variable.equals("SECRET") ? "s3cr3t" : null;
        }

        @Override
        public @Nullable String ofFile(String path) {
            return null;
        }
    };

    private Given() {}

    /** @param more keys and values, such as {@code "page: 100"} */
    static ElasticSource source(String url, String... more) {
        return (ElasticSource) source("""
                sources:
                  visits:
                    via: elasticsearch
                    url: %s
                    private: true
                    explain: Your visits
                    %s
                """.formatted(url, String.join("\n    ", more)));
    }

    static Source source(String yaml) {
        return SourcesFile.read("sources.yaml", yaml, SECRETS).getFirst();
    }

    static List<Map<String, @Nullable Object>> read(ElasticSource source, Subject subject)
            throws SourceFailure, InterruptedException {
        var found = new ArrayList<Map<String, @Nullable Object>>();
        source.read(subject, records(found::add));
        return found;
    }

    /** The reason of the failure, in which nobody is named, in no form that may reach a log. */
    static String failure(ElasticSource source, Subject subject) {
        return failure(source, subject, record -> {});
    }

    static String failure(ElasticSource source, Subject subject, Consumer<Map<String, @Nullable Object>> each) {
        SourceFailure failure = catchThrowableOfType(SourceFailure.class, () -> source.read(subject, records(each)));
        assertThat(failure).as("a failure").isNotNull();
        assertThat(failure).hasNoCause();
        assertThat(failure.reason() + failure.getMessage())
                .startsWith("source visits: ")
                .doesNotContain(subject.id(), "ada", "s3cr3t", "127.0.0.1");
        return failure.reason();
    }

    static Records records(Consumer<Map<String, @Nullable Object>> each) {
        return new Records() {
            @Override
            public void record(Map<String, @Nullable Object> record) {
                each.accept(record);
            }

            @Override
            public void document(String title, String mediaType, InputStream content) {
                throw new AssertionError("Elasticsearch has no files");
            }
        };
    }
}
