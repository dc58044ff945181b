package dev.lethe.benchmarks.access;

/** One row of the table or a few that belong together. */
interface Scenario {

    /** For {@code --only}, and what its figures begin with. */
    String name();

    void run(Stage stage) throws Exception;
}
