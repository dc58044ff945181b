package dev.lethe.cancellation.erasure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Random plans, random answers in random order, each as often as it likes. */
class ErasurePropertyTest {

    private final Set<String> asked = new HashSet<>();
    private final Set<String> done = new HashSet<>();
    private boolean noticed;
    private boolean completed;

    static IntStream seeds() {
        return IntStream.range(0, 500);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void endsOnceEverybodyHasAnsweredAndNotBefore(int seed) {
        var random = new Random(seed);
        List<String> names = IntStream.rangeClosed(1, 1 + random.nextInt(6))
                .mapToObj(i -> "p" + i)
                .toList();
        Story story = Story.of(plan(names, random));
        follow(story.start(), names);

        for (int step = 0; !completed; step++) {
            assertThat(step).as("steps until everybody has answered").isLessThan(10_000);
            String name = names.get(random.nextInt(names.size()));
            boolean known = asked.contains(name);
            Erasure before = story.erasure();
            switch (random.nextInt(4)) {
                case 0 -> story.fails(name, true);
                case 1 -> story.retains(name);
                default -> story.erased(name);
            }
            if (!known) {
                assertThat(story.said()).containsExactly("refused: not_asked");
            }
            if (done.contains(name)) {
                assertThat(story.erasure())
                        .as("after an answer that is not the first")
                        .isEqualTo(before);
            }
            follow(story, names);
        }
        assertThat(done).containsExactlyInAnyOrderElementsOf(names);
        assertThat(noticed).isTrue();
    }

    /** Each waits at most for those before it, so that there is no cycle; the first waits for nobody. */
    private static String[] plan(List<String> names, Random random) {
        var plan = new ArrayList<String>();
        for (int i = 0; i < names.size(); i++) {
            String after = i == 0
                    ? ""
                    : switch (random.nextInt(4)) {
                        case 0 -> " after notice";
                        case 1 -> " after " + names.get(random.nextInt(i));
                        case 2 -> " after " + names.get(random.nextInt(i)) + ",notice";
                        default -> "";
                    };
            plan.add(names.get(i) + after + (random.nextInt(3) == 0 ? " delay PT1M" : ""));
        }
        return plan.toArray(String[]::new);
    }

    private void follow(Story story, List<String> names) {
        for (String said : story.said()) {
            String[] words = said.split("[ ,]");
            if (said.startsWith("data of")) {
                assertThat(noticed).as("told before").isFalse();
                assertThat(names)
                        .filteredOn(name -> !Story.taskOf(story.erasure(), name).behindNotice())
                        .allMatch(done::contains);
                noticed = true;
            } else if (said.startsWith("ask") && said.contains("attempt 1")) {
                Task task = Story.taskOf(story.erasure(), words[1]);
                assertThat(asked.add(words[1])).as("first time that " + said).isTrue();
                assertThat(task.after()).allMatch(name -> name.equals("notice") ? noticed : done.contains(name));
            } else if (said.startsWith("COMPLETED")) {
                assertThat(completed).as("completed before").isFalse();
                assertThat(done).containsExactlyInAnyOrderElementsOf(names);
                completed = true;
            } else if (names.contains(words[0])) {
                assertThat(done.add(words[0])).as("first time that " + said).isTrue();
            }
        }
    }
}
