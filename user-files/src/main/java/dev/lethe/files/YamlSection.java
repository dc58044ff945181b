package dev.lethe.files;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/** A map in a file, with where it stands. What it does not find as expected it notes as a problem of the file. */
public final class YamlSection {

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,63}");

    /** A word or number in the file. */
    public record Value(String text, int line, String key) {}

    private final UserFile file;
    private final String key;
    private final MappingNode map;
    private final Map<String, Node> fields = new LinkedHashMap<>();
    private final Map<String, Integer> lines = new LinkedHashMap<>();

    YamlSection(UserFile file, String key, MappingNode map) {
        this.file = file;
        this.key = key;
        this.map = map;
        for (NodeTuple tuple : map.getValue()) {
            String name = text(tuple.getKeyNode());
            int line = line(tuple.getKeyNode());
            Integer before = lines.putIfAbsent(name, line);
            if (before == null) {
                fields.put(name, tuple.getValueNode());
            } else {
                file.problem(line, keyOf(name), "is there twice, first in line %d; keep one".formatted(before));
            }
        }
    }

    public String key() {
        return key;
    }

    /** The line where it is named, counted from 1. */
    public int lineOf(String name) {
        return lines.getOrDefault(name, line());
    }

    public int line() {
        return map.getStartMark() == null ? 0 : line(map);
    }

    /** Notes every key that is none of these. */
    public void allowOnly(List<String> known) {
        lines.forEach((name, line) -> {
            if (!known.contains(name)) {
                file.problem(line, keyOf(name), "is not known here; known is " + String.join(", ", known));
            }
        });
    }

    /** The map under {@code name}; noted as a problem if there is none. */
    public Optional<YamlSection> section(String name, String example) {
        return asSection(name, example);
    }

    /** All that is in this map, each of which must be a map with a name of lower case letters, digits and hyphens. */
    public Map<String, YamlSection> namedSections(String example) {
        var sections = new LinkedHashMap<String, YamlSection>();
        for (String name : fields.keySet()) {
            if (!NAME.matcher(name).matches()) {
                file.problem(
                        lineOf(name),
                        keyOf(name),
                        "a name is a lower case letter, then lower case letters, digits and '-', at most 64 of them");
            }
            asSection(name, example).ifPresent(section -> sections.put(name, section));
        }
        return sections;
    }

    private Optional<YamlSection> asSection(String name, String example) {
        Node node = fields.get(name);
        if (node instanceof MappingNode found && !found.getValue().isEmpty()) {
            return Optional.of(new YamlSection(file, keyOf(name), found));
        }
        file.problem(
                lineOf(name), keyOf(name), "expected a map, such as %s; found %s".formatted(example, inWords(node)));
        return Optional.empty();
    }

    /** The word under {@code name}, if there is one. */
    public Optional<Value> value(String name) {
        Node node = fields.get(name);
        if (node == null) {
            return Optional.empty();
        }
        if (text(node).isBlank()) {
            file.problem(lineOf(name), keyOf(name), "expected a word, found " + inWords(node));
            return Optional.empty();
        }
        return Optional.of(new Value(text(node).strip(), line(node), keyOf(name)));
    }

    public boolean has(String name) {
        return fields.containsKey(name);
    }

    /** All that is in this map, each of which must be a word. */
    public Map<String, Value> values() {
        var values = new LinkedHashMap<String, Value>();
        fields.keySet().forEach(name -> value(name).ifPresent(value -> values.put(name, value)));
        return values;
    }

    /** The word under {@code name}; noted as missing if there is none, with {@code example} of what to write. */
    public Optional<Value> required(String name, String example) {
        if (!fields.containsKey(name)) {
            file.problem(line(), keyOf(name), "is missing; write for example '%s: %s'".formatted(name, example));
        }
        return value(name);
    }

    /** The word, or the list of words, under {@code name}. */
    public List<Value> values(String name) {
        Node node = fields.get(name);
        List<Node> nodes =
                node instanceof SequenceNode list ? list.getValue() : node == null ? List.of() : List.of(node);
        var values = new ArrayList<Value>();
        for (Node each : nodes) {
            if (text(each).isBlank()) {
                file.problem(line(each), keyOf(name), "expected a word or a list of words, found " + inWords(each));
            } else {
                values.add(new Value(text(each).strip(), line(each), keyOf(name)));
            }
        }
        return values;
    }

    private String keyOf(String name) {
        return key.isEmpty() ? name : key + "." + name;
    }

    private static String text(@Nullable Node node) {
        return node instanceof ScalarNode scalar && !Tag.NULL.equals(scalar.getTag()) ? scalar.getValue() : "";
    }

    private static int line(Node node) {
        return node.getStartMark().getLine() + 1;
    }

    static String inWords(@Nullable Node node) {
        return switch (node) {
            case MappingNode map -> map.getValue().isEmpty() ? "an empty map" : "a map";
            case SequenceNode list -> "a list";
            case ScalarNode scalar when !text(scalar).isBlank() -> "'" + scalar.getValue() + "'";
            case null, default -> "nothing";
        };
    }
}
