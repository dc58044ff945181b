package dev.lethe.files;

import dev.lethe.files.InvalidFile.Problem;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.Tag;

/** A YAML file that is being read. Collects problems, so that its author sees all of them at once. */
public final class UserFile {

    private final String name;
    private final List<Problem> problems = new ArrayList<>();

    private UserFile(String name) {
        this.name = name;
    }

    /** @param name how messages call the file */
    public static UserFile named(String name) {
        return new UserFile(name);
    }

    /** The top of the file, which is a map; an empty one if it cannot be read, with the problem noted. */
    public YamlSection parse(String yaml) {
        try {
            Node root = new Yaml(new LoaderOptions()).compose(new StringReader(yaml));
            if (root instanceof MappingNode map) {
                return new YamlSection(this, "", map);
            }
            problem(0, "", "expected a map of keys and values, found " + YamlSection.inWords(root));
        } catch (MarkedYAMLException e) {
            int line = e.getProblemMark() == null ? 0 : e.getProblemMark().getLine() + 1;
            problem(line, "", "not YAML: " + String.valueOf(e.getProblem()).strip());
        } catch (YAMLException e) {
            problem(0, "", "not YAML: " + String.valueOf(e.getMessage()).strip());
        }
        return new YamlSection(
                this, "", new MappingNode(Tag.MAP, List.of(), org.yaml.snakeyaml.DumperOptions.FlowStyle.AUTO));
    }

    /** Notes something that is wrong; say what was expected, what was found, and what to write instead. */
    public void problem(int line, String key, String what) {
        problems.add(new Problem(line, key, what));
    }

    public boolean hasProblems() {
        return !problems.isEmpty();
    }

    /** @throws InvalidFile with every problem noted, in the order of lines; does nothing if there is none */
    public void check() {
        if (hasProblems()) {
            throw new InvalidFile(
                    name,
                    problems.stream()
                            .sorted(Comparator.comparingInt(Problem::line))
                            .toList());
        }
    }
}
