package dev.lethe.benchmarks;

/** What the user typed cannot be; the message says what can. */
public final class WrongUse extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public WrongUse(String message) {
        super(message);
    }
}
