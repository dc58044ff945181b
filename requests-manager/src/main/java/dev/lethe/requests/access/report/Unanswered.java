package dev.lethe.requests.access.report;

import dev.lethe.messages.Subject;
import dev.lethe.requests.access.source.About;
import dev.lethe.requests.access.source.Records;
import dev.lethe.requests.access.source.Source;
import java.util.Set;

/** A source whose answer did not come in time. The report is made without it, and says so. */
record Unanswered(About about) implements Source {

    @Override
    public Set<String> asksBy() {
        return Set.of();
    }

    @Override
    public void read(Subject subject, Records records) {
        throw new UnsupportedOperationException("there is nothing to be read; this is our bug");
    }
}
