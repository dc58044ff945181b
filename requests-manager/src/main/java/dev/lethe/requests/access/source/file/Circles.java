package dev.lethe.requests.access.source.file;

import dev.lethe.files.UserFile;
import dev.lethe.requests.access.source.file.SourcesFile.Configured;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Sources that wait for each other: each asks by an identity that the next one yields, and the last by one of the first. None of them
 * could ever be read. An identity that no source yields is no such thing: it comes with the request.
 */
final class Circles {

    private static final String IDENTITY = "subject.identities.";

    private Circles() {}

    /** Notes each circle once, at the first of its sources. */
    static void note(List<Configured> sources, UserFile file) {
        Set<Configured> told = new HashSet<>();
        for (Configured source : sources) {
            if (told.contains(source)) {
                continue;
            }
            circleFrom(source, source, sources, new HashSet<>()).ifPresent(circle -> {
                told.addAll(circle);
                file.problem(source.line(), source.key(), inWords(circle));
            });
        }
    }

    /** From {@code at} back to {@code start}, by those who wait for each other; empty if there is no such way. */
    private static Optional<List<Configured>> circleFrom(
            Configured start, Configured at, List<Configured> sources, Set<Configured> visited) {
        visited.add(at);
        for (Configured waitedFor : sources) {
            if (!waitsFor(at, waitedFor)) {
                continue;
            }
            if (waitedFor.equals(start)) {
                return Optional.of(List.of(at));
            }
            if (!visited.contains(waitedFor)) {
                var rest = circleFrom(start, waitedFor, sources, visited);
                if (rest.isPresent()) {
                    var circle = new ArrayList<>(List.of(at));
                    circle.addAll(rest.get());
                    return Optional.of(circle);
                }
            }
        }
        return Optional.empty();
    }

    private static boolean waitsFor(Configured one, Configured other) {
        return other.source().about().identities().keySet().stream()
                .anyMatch(identity -> one.source().asksBy().contains(IDENTITY + identity));
    }

    private static String inWords(List<Configured> circle) {
        if (circle.size() == 1) {
            return "asks by an identity that it yields itself; ask by another one";
        }
        return "waits for itself: each of %s asks by an identity that another of them yields; let one ask by another"
                .formatted(circle.stream()
                        .map(source -> source.source().about().name())
                        .collect(Collectors.joining(", ")));
    }
}
