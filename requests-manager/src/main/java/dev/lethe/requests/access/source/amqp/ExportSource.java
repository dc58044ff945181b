package dev.lethe.requests.access.source.amqp;

import dev.lethe.files.YamlSection.Value;
import dev.lethe.messages.Subject;
import dev.lethe.messages.participant.ExportedDocument;
import dev.lethe.requests.access.source.About;
import dev.lethe.requests.access.source.Records;
import dev.lethe.requests.access.source.Source;
import dev.lethe.requests.access.source.SourceFailure;
import dev.lethe.requests.access.source.SourceSection;
import dev.lethe.requests.access.source.http.Documents;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A service that hands out what it holds when it is asked with {@code participant.export}. It may take days to answer, so nobody waits
 * for it here: what is read is an answer that has come.
 */
public final class ExportSource implements Source, AutoCloseable {

    private static final List<String> KEYS = Stream.concat(Stream.of("participant", "wait"), Documents.KEYS.stream())
            .toList();
    private static final Pattern PARTICIPANT = Pattern.compile("[a-z][a-z0-9-]{0,63}");
    private static final Duration USUAL_WAIT = Duration.ofDays(7);
    private static final Duration SHORTEST_WAIT = Duration.ofSeconds(1);
    private static final Duration LONGEST_WAIT = Duration.ofDays(90);

    /** Numbers as they are held, not the nearest that a double can say. */
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private final About about;
    private final String participant;
    private final Duration wait;
    private final Documents byUrl;
    private final List<ExportedDocument> documents;

    private ExportSource(
            About about, String participant, Duration wait, Documents byUrl, List<ExportedDocument> documents) {
        this.about = about;
        this.participant = participant;
        this.wait = wait;
        this.byUrl = byUrl;
        this.documents = documents;
    }

    /** A source as the file has it; empty if something is wrong with it, which is noted. */
    public static Optional<Source> read(SourceSection section) {
        section.allowOnly(KEYS);
        About about = section.about();
        Optional<Value> participant = section.yaml().required("participant", "viewing-history");
        participant
                .filter(name -> !PARTICIPANT.matcher(name.text()).matches())
                .ifPresent(name -> section.problem(
                        name,
                        "expected a participant's name: a lower case letter, then lower case letters, digits and '-'"));
        if (!about.identities().isEmpty()) {
            section.problem("a participant is asked last and cannot yield identities; remove 'identities'");
        }
        Duration wait = section.duration("wait", USUAL_WAIT, SHORTEST_WAIT, LONGEST_WAIT);
        Documents byUrl = Documents.read(section, about.name(), about.parallel());
        return section.hasProblems()
                ? Optional.empty()
                : Optional.of(new ExportSource(about, participant.orElseThrow().text(), wait, byUrl, List.of()));
    }

    /** The same with what the participant has answered. */
    public ExportSource answered(List<ExportedDocument> answer) {
        return new ExportSource(about, participant, wait, byUrl, answer);
    }

    public String participant() {
        return participant;
    }

    /** How long a report waits for the answer. */
    public Duration patience() {
        return wait;
    }

    @Override
    public About about() {
        return about;
    }

    /** The whole subject is handed over; what of it the participant asks by is its own affair. */
    @Override
    public Set<String> asksBy() {
        return Set.of();
    }

    @Override
    public void read(Subject subject, Records records) throws SourceFailure, InterruptedException {
        for (ExportedDocument document : documents) {
            if (document.url() != null) {
                byUrl.fetch(document.url(), document.name(), document.mediaType(), records);
            } else {
                read(document, Objects.requireNonNull(document.content()), records);
            }
        }
    }

    private static void read(ExportedDocument document, String content, Records records) {
        Optional<JsonNode> json =
                document.mediaType().startsWith("application/json") ? recordsIn(content) : Optional.empty();
        if (json.isPresent()) {
            json.get().forEach(each -> records.record(record(each)));
        } else {
            records.document(
                    document.name(),
                    document.mediaType(),
                    new ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8)));
        }
    }

    /** A list of objects, or one, is as good as rows; every other document stays as it is. */
    private static Optional<JsonNode> recordsIn(String content) {
        try {
            JsonNode json = JSON.readTree(content);
            if (json.isObject()) {
                return Optional.of(JSON.createArrayNode().add(json));
            }
            boolean rows = json.isArray() && json.valueStream().allMatch(JsonNode::isObject);
            return rows ? Optional.of(json) : Optional.empty();
        } catch (JacksonException notJson) {
            return Optional.empty();
        }
    }

    private static Map<String, @Nullable Object> record(JsonNode object) {
        return JSON.convertValue(object, new TypeReference<LinkedHashMap<String, @Nullable Object>>() {});
    }

    @Override
    public void close() throws IOException {
        byUrl.close();
    }
}
