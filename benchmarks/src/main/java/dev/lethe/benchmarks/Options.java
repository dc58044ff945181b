package dev.lethe.benchmarks;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The words after {@code ./lethe bench NAME}. */
public final class Options {

    private final Map<String, String> values = new HashMap<>();

    /**
     * @param flags options without a value
     * @param valued options with one
     * @throws WrongUse for any other word
     */
    public Options(List<String> words, Set<String> flags, Set<String> valued) {
        Deque<String> left = new ArrayDeque<>(words);
        while (!left.isEmpty()) {
            String word = left.pop();
            if (flags.contains(word)) {
                values.put(word, "");
            } else if (!valued.contains(word)) {
                throw new WrongUse("'%s' is not known here; './lethe bench --help' tells what is".formatted(word));
            } else if (left.isEmpty()) {
                throw new WrongUse("%s needs a value; './lethe bench --help' tells which".formatted(word));
            } else {
                values.put(word, left.pop());
            }
        }
    }

    public boolean has(String flag) {
        return values.containsKey(flag);
    }

    public Optional<String> value(String option) {
        return Optional.ofNullable(values.get(option));
    }

    /** @throws WrongUse if it is no number, or out of range */
    public Optional<Double> number(String option, double from, double to) {
        return value(option).map(text -> {
            try {
                double number = Double.parseDouble(text);
                if (number >= from && number <= to) {
                    return number;
                }
            } catch (NumberFormatException notOne) {
                // told below, together with numbers out of range
            }
            throw new WrongUse("%s must be a number from %s to %s, found '%s'".formatted(option, from, to, text));
        });
    }

    /** A whole number. */
    public Optional<Integer> whole(String option, int from, int to) {
        return number(option, from, to).map(number -> {
            if (number != Math.rint(number)) {
                throw new WrongUse("%s must be a whole number, found %s".formatted(option, number));
            }
            return number.intValue();
        });
    }
}
