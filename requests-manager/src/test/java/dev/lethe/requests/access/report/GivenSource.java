package dev.lethe.requests.access.report;

import dev.lethe.messages.Subject;
import dev.lethe.requests.access.source.About;
import dev.lethe.requests.access.source.Records;
import dev.lethe.requests.access.source.Source;
import dev.lethe.requests.access.source.SourceFailure;
import java.util.Map;
import java.util.Set;

/** A source that gives what a test says. */
record GivenSource(About about, Set<String> asksBy, Reading reading) implements Source {

    @FunctionalInterface
    interface Reading {
        void read(Subject subject, Records records) throws SourceFailure, InterruptedException;
    }

    /** One that anybody can be asked for. */
    static GivenSource named(String name, Reading reading) {
        return new GivenSource(new About(name, "All of " + name, 4, Map.of()), Set.of("subject.id"), reading);
    }

    GivenSource explainedAs(String explanation) {
        return new GivenSource(
                new About(about.name(), explanation, about.parallel(), about.identities()), asksBy, reading);
    }

    GivenSource yielding(Map<String, String> identities) {
        return new GivenSource(
                new About(about.name(), about.explanation(), about.parallel(), identities), asksBy, reading);
    }

    GivenSource askingBy(String... fields) {
        return new GivenSource(about, Set.of(fields), reading);
    }

    GivenSource parallel(int most) {
        return new GivenSource(new About(about.name(), about.explanation(), most, about.identities()), asksBy, reading);
    }

    @Override
    public void read(Subject subject, Records records) throws SourceFailure, InterruptedException {
        reading.read(subject, records);
    }
}
