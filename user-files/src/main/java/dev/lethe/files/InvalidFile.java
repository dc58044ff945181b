package dev.lethe.files;

import java.util.List;
import java.util.stream.Collectors;

/** A file that cannot be used; the message has everything that is wrong with it, one line each. */
public final class InvalidFile extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Something wrong with a file.
     *
     * @param line counts from 1; 0 if it is not about one
     * @param key where in the file, such as {@code participants.billing.after}; empty if it is about all of it
     * @param what what was expected, what was found, what to write instead
     */
    public record Problem(int line, String key, String what) {
        private String in(String file) {
            return file + (line > 0 ? ":" + line : "") + ": " + (key.isEmpty() ? "" : key + ": ") + what;
        }
    }

    @SuppressWarnings("serial") // the list is a serialisable one
    private final List<Problem> problems;

    InvalidFile(String file, List<Problem> problems) {
        super(problems.stream().map(problem -> problem.in(file)).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    public List<Problem> problems() {
        return problems;
    }
}
