package dev.lethe.requests.access.source.elastic;

import co.elastic.clients.elasticsearch._types.ExpandWildcard;
import co.elastic.clients.elasticsearch._types.mapping.FieldMapping;
import co.elastic.clients.elasticsearch._types.mapping.KeywordProperty;
import co.elastic.clients.elasticsearch._types.mapping.Property;
import dev.lethe.requests.access.source.SourceFailure;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Whether a field finds one person and nobody else, in every index that has it. A text that is taken apart into words would find whoever
 * shares one; a number written in another way, a network of addresses, a value that stands for none would find others too; and what an
 * index does not look into would not be found at all.
 */
final class ExactField {

    /** As Elasticsearch would write it: "042" and "42.0" would find number 42. */
    private static final Pattern WHOLE_NUMBER = Pattern.compile("0|-?[1-9][0-9]{0,19}");

    private final Cluster cluster;
    private final List<String> indices;
    private final String field;
    private final String subject;

    ExactField(Cluster cluster, ElasticSettings settings) {
        this.cluster = cluster;
        this.indices = settings.indices();
        this.field = settings.field();
        this.subject = settings.subject();
    }

    void check(String value) throws SourceFailure, InterruptedException {
        var mappings = cluster.ask(client -> client.indices().getFieldMapping(get -> get.index(indices)
                .expandWildcards(ExpandWildcard.Open, ExpandWildcard.Closed)
                .fields(field)));
        boolean found = false;
        for (var index : mappings.result().values()) {
            for (FieldMapping mapping : index.mappings().values()) {
                for (Property property : mapping.mapping().values()) {
                    check(property, value);
                    found = true;
                }
            }
        }
        if (!found) {
            throw refused("is in no index of %s".formatted(String.join(", ", indices)));
        }
        checkSurroundings();
    }

    private void check(Property property, String value) throws SourceFailure {
        switch (property._kind()) {
            case Keyword -> checkKeyword(property.keyword(), value);
            case ConstantKeyword -> {}
            case Long -> checkNumber(property.long_().nullValue(), value);
            case Integer -> checkNumber(property.integer().nullValue(), value);
            case Short -> checkNumber(property.short_().nullValue(), value);
            case Byte -> checkNumber(property.byte_().nullValue(), value);
            case UnsignedLong -> checkNumber(property.unsignedLong().nullValue(), value);
            case Ip -> {
                if (value.indexOf('/') >= 0) {
                    throw refused("holds IP addresses, and %s is a network of them".formatted(subject));
                }
                checkNullValue(property.ip().nullValue(), value);
            }
            default ->
                throw refused(
                        "is of type %s, which may find other people's data; expected keyword, constant_keyword, a whole number or ip%s"
                                .formatted(
                                        property._kind().jsonValue(),
                                        property.isText() ? ", perhaps as '%s.keyword'".formatted(field) : ""));
        }
    }

    private void checkKeyword(KeywordProperty keyword, String value) throws SourceFailure {
        if (keyword.normalizer() != null) {
            throw refused("has a normalizer, by which it finds people whose names only look alike");
        }
        Integer longest = keyword.ignoreAbove();
        if (longest != null && value.length() > longest) {
            throw refused("leaves out what is longer than %d characters (ignore_above), and %s is"
                    .formatted(longest, subject));
        }
        checkNullValue(keyword.nullValue(), value);
    }

    private void checkNumber(@Nullable Number nullValue, String value) throws SourceFailure {
        if (!WHOLE_NUMBER.matcher(value).matches()) {
            throw refused("holds whole numbers, and %s is not written as one".formatted(subject));
        }
        checkNullValue(Objects.toString(nullValue, null), value);
    }

    private void checkNullValue(@Nullable String nullValue, String value) throws SourceFailure {
        if (value.equals(nullValue)) {
            throw refused("has the value of %s where a document has none (null_value)".formatted(subject));
        }
    }

    /** Within nested objects a plain search finds nothing, whatever is there. */
    private void checkSurroundings() throws SourceFailure, InterruptedException {
        if (field.indexOf('.') < 0) {
            return;
        }
        // Told of what surrounds a field only when asked for the field itself
        var surroundings = cluster.ask(client -> client.fieldCaps(caps ->
                        caps.index(indices).expandWildcards(ExpandWildcard.Open).fields(field)))
                .fields();
        for (var each : surroundings.entrySet()) {
            if (field.startsWith(each.getKey() + ".") && each.getValue().containsKey("nested")) {
                throw refused(
                        "lies in '%s', whose type is nested: searches do not look into it".formatted(each.getKey()));
            }
        }
    }

    private SourceFailure refused(String what) {
        return cluster.failure("field '%s' %s".formatted(field, what));
    }
}
