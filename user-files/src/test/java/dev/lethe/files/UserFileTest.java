package dev.lethe.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class UserFileTest {

    @Test
    void tellsEveryProblemInTheOrderOfLines() {
        UserFile file = UserFile.named("things.yaml");
        YamlSection things = file.parse("""
                        things:
                          first: { size: 1, colour: red }
                          Second: { size: 2 }
                          third: nothing
                          first: { size: 3 }
                        """).section("things", "'{ a: b }'").orElseThrow();
        things.namedSections("'{ size: 1 }'").forEach((name, thing) -> {
            thing.allowOnly(List.of("size", "shape"));
            thing.required("shape", "round");
        });
        assertThatThrownBy(file::check).isInstanceOf(InvalidFile.class).hasMessage("""
                        things.yaml:2: things.first.colour: is not known here; known is size, shape
                        things.yaml:2: things.first.shape: is missing; write for example 'shape: round'
                        things.yaml:3: things.Second: a name is a lower case letter, then lower case letters, digits and '-', at most 64 of them
                        things.yaml:3: things.Second.shape: is missing; write for example 'shape: round'
                        things.yaml:4: things.third: expected a map, such as '{ size: 1 }'; found 'nothing'
                        things.yaml:5: things.first: is there twice, first in line 2; keep one\
                        """);
    }

    @Test
    void tellsWhereItIsNotYaml() {
        UserFile file = UserFile.named("broken.yaml");
        file.parse("a: [1, 2\nb: 3");
        assertThatThrownBy(file::check).hasMessageStartingWith("broken.yaml:2: not YAML: ");
    }

    @Test
    void readsWordsAndListsOfWords() {
        UserFile file = UserFile.named("good.yaml");
        YamlSection root = file.parse("one: a\nmany: [b, c]\nnone:\n");
        assertThat(root.values("one")).extracting(YamlSection.Value::text).containsExactly("a");
        assertThat(root.values("many")).extracting(YamlSection.Value::text).containsExactly("b", "c");
        assertThat(root.values("missing")).isEmpty();
        file.check();
        assertThat(root.value("none")).isEmpty();
        assertThatThrownBy(file::check).hasMessage("good.yaml:3: none: expected a word, found nothing");
    }
}
