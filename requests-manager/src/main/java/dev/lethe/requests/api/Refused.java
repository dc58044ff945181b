package dev.lethe.requests.api;

/** Why something is not done, for who asked for it. */
final class Refused extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient Problem problem;

    Refused(Problem problem) {
        super(problem.reason());
        this.problem = problem;
    }

    Problem problem() {
        return problem;
    }
}
