package dev.lethe.cancellation;

import dev.lethe.files.InvalidFile;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Shows operators what is wrong with the plan, and no stack trace. */
class PlanFailureAnalyzer extends AbstractFailureAnalyzer<InvalidFile> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, InvalidFile cause) {
        return new FailureAnalysis(
                "There is no valid plan of participants:\n\n" + cause.getMessage(),
                "Correct this and start again; nothing was done yet.",
                cause);
    }
}
