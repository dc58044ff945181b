package dev.lethe.demo;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The words after {@code ./lethe COMMAND}. */
final class Arguments {

    /** What the user typed cannot be; the message says what can. */
    static final class Wrong extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Wrong(String message) {
            super(message);
        }
    }

    private final Map<String, String> values = new HashMap<>();

    /**
     * @param flags options without a value
     * @param options options with one
     * @throws Wrong for any other word
     */
    Arguments(List<String> words, Set<String> flags, Set<String> options) {
        Deque<String> left = new ArrayDeque<>(words);
        while (!left.isEmpty()) {
            String word = left.pop();
            if (flags.contains(word)) {
                values.put(word, "");
            } else if (!options.contains(word)) {
                throw new Wrong("'%s' is not known here; './lethe help' tells what is".formatted(word));
            } else if (left.isEmpty()) {
                throw new Wrong("%s needs a value; './lethe help' tells which".formatted(word));
            } else {
                values.put(word, left.pop());
            }
        }
    }

    boolean has(String flag) {
        return values.containsKey(flag);
    }

    Optional<String> value(String option) {
        return Optional.ofNullable(values.get(option));
    }

    int number(String option, int otherwise, int from, int to) {
        String text = values.get(option);
        if (text == null) {
            return otherwise;
        }
        try {
            int number = Integer.parseInt(text);
            if (number >= from && number <= to) {
                return number;
            }
        } catch (NumberFormatException notOne) {
            // told below, together with numbers out of range
        }
        throw new Wrong("%s must be a number from %d to %d, found '%s'".formatted(option, from, to, text));
    }
}
